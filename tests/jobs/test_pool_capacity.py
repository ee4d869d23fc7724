"""The capacity of a resource pool is what its workers can run at once."""

import pytest

from jobs.models import ResourcePool


@pytest.fixture
def pools_page(client, django_user_model):
    """What the administration's list of pools says."""
    client.force_login(django_user_model.objects.create_superuser("root"))
    return lambda: client.get("/admin/jobs/resourcepool/").content.decode()


@pytest.mark.stack
@pytest.mark.django_db(transaction=True)
def test_two_workers_are_a_capacity_of_two(workers, pools_page, eventually):
    ResourcePool.objects.get_or_create(name="empty")
    eventually(lambda: "2 trials at once" in pools_page())
    assert "no worker serves it" in pools_page()


@pytest.mark.django_db
def test_without_a_queue_server_the_capacity_is_unknown(settings, tmp_path, pools_page):
    settings.RQ_QUEUES = {name: {"URL": f"unix://{tmp_path}/none"} for name in settings.RQ_QUEUES}
    assert "unknown: the queue server is away" in pools_page()
