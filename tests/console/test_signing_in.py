"""Signing in and out, and changing one's password."""

import pytest
from django.urls import reverse

PASSWORD = "a-long-password"


def sign_in(client, **answers):
    return client.post(reverse("login"), {"username": "ana", "password": PASSWORD, **answers})


def test_a_stranger_is_sent_to_the_sign_in_and_from_there_to_the_page_asked_for(client, ana):
    asked = client.get(reverse("password_change"))
    assert asked.url == f"{reverse('login')}?next={reverse('password_change')}"
    page = client.get(asked.url).content.decode()
    assert f'name="next" value="{reverse("password_change")}"' in page
    assert sign_in(client, next=reverse("password_change")).url == reverse("password_change")


def test_the_page_asked_for_survives_a_wrong_password(client, ana):
    page = sign_in(client, password="wrong", next="/jobs/").content.decode()
    assert 'name="next" value="/jobs/"' in page
    assert 'value="ana"' in page


def test_another_site_cannot_be_the_page_asked_for(client, ana):
    assert sign_in(client, next="https://elsewhere.example/").url == reverse("home")


@pytest.mark.parametrize("answers", [{"password": "wrong"}, {"username": "nobody"}])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer_with_a_remedy(client, ana, answers):
    page = sign_in(client, **answers).content.decode()
    assert "User name or password is not right." in page
    assert "ask an administrator" in page


def test_the_password_is_never_sent_back(client, ana):
    assert "wrong-secret" not in sign_in(client, password="wrong-secret").content.decode()


def test_signing_out_takes_a_post(signed_in):
    assert signed_in.get(reverse("logout")).status_code == 405
    assert signed_in.post(reverse("logout")).url == reverse("login")
    assert signed_in.get("/").status_code == 302


def test_a_changed_password_counts_from_then_on_and_keeps_the_session(signed_in, client, ana):
    new = "another-long-password"
    answers = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    page = signed_in.post(reverse("password_change"), answers, follow=True)
    assert "Your password is changed." in page.content.decode()
    ana.refresh_from_db()
    assert ana.check_password(new)


def test_a_wrong_current_password_is_told_beside_the_field(signed_in, ana):
    answers = {"old_password": "wrong", "new_password1": "x1-long-enough", "new_password2": "x1-long-enough"}
    page = signed_in.post(reverse("password_change"), answers).content.decode()
    assert 'aria-describedby="id_old_password_error"' in page
    assert 'id="id_old_password_error"' in page
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


def test_a_weak_new_password_is_told_where_it_is_typed(signed_in, ana):
    answers = {"old_password": PASSWORD, "new_password1": "1234", "new_password2": "1234"}
    page = signed_in.post(reverse("password_change"), answers).content.decode()
    assert '<a href="#id_new_password1">New password</a>: This password is too short.' in page
    assert 'id="id_new_password2_error"' not in page


def test_a_form_from_another_session_is_refused_with_an_explanation(ana):
    from django.test import Client

    response = sign_in(Client(enforce_csrf_checks=True))
    assert response.status_code == 403
    assert "This form is out of date" in response.content.decode()
