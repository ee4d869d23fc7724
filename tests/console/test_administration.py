"""The admin site: in the console's clothes, behind the console's sign-in."""

import pytest
from django.urls import reverse


@pytest.fixture
def staff_page(client, make_user):
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    return client.get(reverse("admin:index")).content.decode()


def test_the_admin_site_has_the_products_name_and_a_way_back(staff_page):
    assert "Argmax administration" in staff_page
    assert f'href="{reverse("home")}"' in staff_page


def test_every_admin_page_leads_to_the_queues(staff_page):
    assert f'href="{reverse("django_rq:home")}"' in staff_page
    assert reverse("django_rq:home") == "/admin/queues/"


def test_strangers_are_sent_to_the_consoles_sign_in(client, db):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == f"{reverse('login')}?next=%2Fadmin%2F"


def test_people_without_staff_rights_get_403_and_no_endless_redirect(signed_in):
    response = signed_in.get("/admin/", follow=True)
    assert response.status_code == 403
    assert "You may not see this page" in response.content.decode()


def test_only_staff_have_administration_in_their_menu(signed_in, client, make_user):
    assert 'href="/admin/"' not in signed_in.get("/").content.decode()
    client.force_login(make_user("chief", is_staff=True))
    assert 'href="/admin/"' in client.get("/").content.decode()
