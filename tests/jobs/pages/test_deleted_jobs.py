"""What stays readable of a training job that was deleted."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from jobs.execution import deletion, events
from jobs.models import DeletedJob


@pytest.fixture
def deleted(page, make_job):
    """A job that ana has deleted on the page, after it had completed with two trials."""
    job = make_job(
        "digits", status="Completed", created_trials=2, best_value=0.75, indicator_name="accuracy",
        outputs={"train_url": "obs://ana/models/"},
    )  # fmt: skip
    events.record(job, "created", "Training job created.")
    events.record(job, "completed", "Training job completed.", duration=3.0)
    pk = job.pk
    page.post(f"/jobs/{pk}/delete/")
    return pk


@pytest.mark.parametrize("rest", ["", "?tab=logs", "trials/1/", "logs/?q=x", "reread/"])
def test_every_address_of_it_says_that_it_is_gone(page, deleted, rest):
    response = page.get(f"/jobs/{deleted}/{rest}")
    text = response.content.decode()
    assert response.status_code == 410
    assert "digits was deleted" in text and "By ana" in text


def test_its_page_tells_what_it_was_what_went_what_stayed_and_what_had_happened(page, deleted):
    text = page.get(f"/jobs/{deleted}/").content.decode()
    assert "2 trials" in text and "0.75" in text and "obs://ana/models/" in text
    order = [
        text.index(words) for words in ("Deleted by ana.", "Training job completed.", "Training job created.")
    ]
    assert order == sorted(order)


def test_the_list_leads_to_the_deleted_jobs_which_are_searched(page, deleted):
    assert 'href="/jobs/deleted/"' in page.get("/jobs/").content.decode()
    for words in ("", "digits", "ana", str(deleted)):
        assert f"ID {deleted}" in page.get("/jobs/deleted/", {"q": words}).content.decode()
    assert "No deleted job fits." in page.get("/jobs/deleted/", {"q": "elsewhere"}).content.decode()


def test_only_those_who_could_see_the_job_learn_of_it(page, client, deleted, ana, ben):
    client.force_login(ben)
    assert client.get(f"/jobs/{deleted}/").status_code == 404
    assert "No job was deleted" in client.get("/jobs/deleted/").content.decode()
    team = Group.objects.create(name="team")
    ana.groups.add(team)
    ben.groups.add(team)
    assert client.get(f"/jobs/{deleted}/").status_code == 410


def test_the_number_of_queries_does_not_grow(
    page, deleted, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8) as counted:
        page.get("/jobs/deleted/")
    row = DeletedJob.objects.get()
    for number in range(30):
        row.pk, row.job_id = None, 10_000 + number
        row.save()
    with django_assert_num_queries(len(counted)):
        page.get("/jobs/deleted/")


def test_it_is_forgotten_after_the_days_that_are_set(page, deleted, settings):
    settings.DELETED_JOBS_DAYS = 30
    deletion.forget_old()
    assert DeletedJob.objects.count() == 1
    DeletedJob.objects.update(deleted=timezone.now() - timedelta(days=31))
    deletion.forget_old()
    assert page.get(f"/jobs/{deleted}/").status_code == 404
