"""The admin site: in the console's clothes, behind the console's sign-in."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from storage.models import Bucket


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


def test_without_a_queue_server_the_queues_page_says_so(client, make_user, settings, tmp_path):
    settings.RQ_QUEUES = {name: {"URL": f"unix://{tmp_path}/none"} for name in settings.RQ_QUEUES}
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    response = client.get("/admin/queues/")
    text = response.content.decode()
    assert response.status_code == 503
    assert "The queue server cannot be reached" in text
    assert "Jobs and results are safe" in text
    assert client.get("/admin/").status_code == 200


def test_a_person_who_owns_something_is_not_deleted_and_the_page_says_why(client, make_user, make_job, ana):
    Bucket.objects.create(name="data-of-ana", owner=ana)
    make_job(name="digits")
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    address = reverse("admin:auth_user_delete", args=[ana.pk])
    text = client.get(address).content.decode()
    assert "ana: bucket data-of-ana. Give it another owner, or delete it under Object Storage." in text
    assert "ana: training job digits. Give it another owner" in text
    assert "untick “Active”" in text
    client.post(address, {"post": "yes"})
    assert get_user_model().objects.filter(pk=ana.pk).exists()


def test_a_person_who_owns_nothing_is_deleted(client, make_user):
    ben = make_user("ben")
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    client.post(reverse("admin:auth_user_delete", args=[ben.pk]), {"post": "yes"})
    assert not get_user_model().objects.filter(pk=ben.pk).exists()
