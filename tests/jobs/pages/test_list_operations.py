"""Stop and delete, for one job and for many."""

import pytest
from django.contrib.auth.models import Group

from jobs.models import TrainingJob


def messages(response):
    return [str(message) for message in response.context["messages"]]


def test_stop_ends_a_pending_job_and_names_who_did_it(page, make_job):
    job = make_job(status="Pending")
    response = page.post(f"/jobs/{job.pk}/stop/", follow=True)
    job.refresh_from_db()
    assert job.status == "Terminated"
    assert "ana" in job.reason
    assert "being stopped" in messages(response)[0]


def test_stop_of_a_job_that_has_ended_says_why_not(page, make_job):
    job = make_job(status="Completed")
    assert "cannot be stopped" in messages(page.post(f"/jobs/{job.pk}/stop/", follow=True))[0]


def test_delete_takes_the_row_and_the_files(page, make_job, django_capture_on_commit_callbacks):
    job = make_job(status="Completed")
    job.directory.mkdir(parents=True)
    with django_capture_on_commit_callbacks(execute=True):
        page.post(f"/jobs/{job.pk}/delete/")
    assert not TrainingJob.objects.filter(pk=job.pk).exists()
    assert not job.directory.exists()


def test_a_job_that_is_being_stopped_cannot_be_deleted(page, make_job):
    job = make_job(status="Terminating")
    response = page.post(f"/jobs/{job.pk}/delete/", follow=True)
    assert TrainingJob.objects.filter(pk=job.pk).exists()
    assert "Delete it once" in messages(response)[0]


@pytest.mark.parametrize("operation", ["stop", "delete"])
def test_a_teammates_job_can_be_seen_but_not_changed(page, make_job, ana, ben, operation):
    team = Group.objects.create(name="team")
    ana.groups.add(team)
    ben.groups.add(team)
    job = make_job(owner=ben, status="Running")
    assert f"/jobs/{job.pk}/{operation}/" not in page.get("/jobs/").content.decode()
    assert page.post(f"/jobs/{job.pk}/{operation}/").status_code == 404
    page.post("/jobs/bulk/", {"operation": operation, "job": [job.pk]})
    job.refresh_from_db()
    assert job.status == "Running"


@pytest.mark.parametrize("operation", ["stop", "delete"])
def test_operations_are_posted(page, make_job, operation):
    job = make_job(status="Running")
    assert page.get(f"/jobs/{job.pk}/{operation}/").status_code == 405


def test_many_are_stopped_at_once_and_the_others_named(page, make_job):
    jobs = [make_job(f"job-{number}", status="Pending") for number in range(2)]
    done = make_job("finished", status="Completed")
    response = page.post(
        "/jobs/bulk/", {"operation": "stop", "job": [job.pk for job in [*jobs, done]]}, follow=True
    )
    assert TrainingJob.objects.filter(status="Terminated").count() == 2
    told = messages(response)
    assert "finished" in told[0]
    assert told[1].startswith("2 training jobs")


def test_many_are_deleted_at_once(page, make_job):
    jobs = [make_job(f"job-{number}", status="Completed") for number in range(3)]
    page.post("/jobs/bulk/", {"operation": "delete", "job": [job.pk for job in jobs[:2]]})
    assert list(TrainingJob.objects.all()) == jobs[2:]


def test_nothing_ticked_is_told(page):
    assert "Tick at least one" in messages(page.post("/jobs/bulk/", {"operation": "stop"}, follow=True))[0]


def test_the_reader_comes_back_to_the_page_they_were_on(page, make_job):
    job = make_job(status="Pending")
    back = page.post(f"/jobs/{job.pk}/stop/", {"next": "/jobs/?page=2&q=job"})
    assert back["Location"] == "/jobs/?page=2&q=job"
    elsewhere = page.post(f"/jobs/{job.pk}/stop/", {"next": "https://example.com/"})
    assert elsewhere["Location"] == "/jobs/"
