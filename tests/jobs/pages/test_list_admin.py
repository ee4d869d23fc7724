"""The admin site lists everything about jobs; what ran is read-only there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobs.models import Event, Flavor, PointBatch, ResourceSample, Trial
from jobs.sealing import seal

MODELS = ["event", "flavor", "pointbatch", "resourcepool", "resourcesample", "trainingjob", "trial"]


@pytest.fixture
def filled_database(make_job):
    job = make_job("night-run", status="Running", sealed_environment=seal({"TOKEN": "hunter2"}))
    trial = Trial.objects.create(job=job, number=1, status="Running", value=0.5)
    PointBatch.objects.create(trial=trial, first=0, count=1, data=b"x")
    ResourceSample.objects.create(trial=trial, seconds=1.0)
    Event.objects.create(job=job, trial=trial, kind="started", message="Trial started.")
    Flavor.objects.create(name="small")
    return job


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_listed_and_searched(admin_client, filled_database, model):
    response = admin_client.get(reverse(f"admin:jobs_{model}_changelist"), {"q": "night"})
    assert response.status_code == 200


def test_a_jobs_run_time_fields_cannot_be_changed(admin_client, filled_database):
    address = reverse("admin:jobs_trainingjob_change", args=[filled_database.pk])
    html = admin_client.get(address).content.decode()
    assert 'name="priority"' in html
    assert 'name="status"' not in html
    assert "hunter2" not in html
    with CaptureQueriesContext(connection) as queries:
        assert admin_client.post(address, {
            "name": "night-run", "description": "", "owner": filled_database.owner_id, "priority": 2,
            "max_concurrent": 4, "status": "Completed",
        }).status_code == 302  # fmt: skip
    updates = [one["sql"] for one in queries if one["sql"].startswith('UPDATE "jobs_trainingjob"')]
    assert len(updates) == 1
    assert '"status"' not in updates[0], "a worker may have moved it meanwhile"
    filled_database.refresh_from_db()
    assert (filled_database.priority, filled_database.max_concurrent) == (2, 4)
    assert filled_database.status == "Running"


def test_a_pool_keeps_the_name_its_workers_know(admin_client, filled_database):
    pool = filled_database.pool
    address = reverse("admin:jobs_resourcepool_change", args=[pool.pk])
    assert admin_client.post(address, {"name": "other", "kind": "public"}).status_code == 302
    pool.refresh_from_db()
    assert (pool.name, pool.active) == ("default", False)


@pytest.mark.parametrize("model", ["event", "pointbatch", "resourcesample", "trial"])
def test_records_of_runs_can_neither_be_added_nor_deleted(admin_client, filled_database, model):
    assert admin_client.get(reverse(f"admin:jobs_{model}_add")).status_code == 403
    row = filled_database._meta.apps.get_model("jobs", model).objects.first()
    assert admin_client.post(reverse(f"admin:jobs_{model}_delete", args=[row.pk])).status_code == 403
