"""What the list shows of each job, to whom, and at what cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs.models import TrainingJob


def test_a_row_shows_progress_and_the_best_value(page, make_job):
    make_job(
        "digits-7",
        status="Running",
        created_trials=6,
        completed_trials=3,
        failed_trials=1,
        best_value=0.91234567,
    )
    html = page.get("/jobs/").content.decode()
    assert "digits-7" in html
    assert 'data-status="Running"' in html
    assert "4/10 trials, 1 failed" in html
    assert "0.91235" in html
    assert 'data-copy="0.91234567"' in html


def test_an_end_shows_its_reason(page, make_job):
    make_job(status="Failed", reason="exit code 1: last line boom")
    assert "exit code 1: last line boom" in page.get("/jobs/").content.decode()


def test_the_list_without_jobs_teaches_the_next_step(page):
    html = page.get("/jobs/").content.decode()
    assert "No training jobs yet" in html
    assert 'href="/jobs/create/"' in html


def test_a_search_without_hits_says_so(page, make_job):
    make_job()
    assert "No training job fits" in page.get("/jobs/?q=zzz").content.decode()


def test_the_remaining_quota_is_shown(page, make_job, settings):
    settings.JOB_QUOTA = 1_500
    make_job()
    assert "1,499 more jobs" in page.get("/jobs/").content.decode()


def test_jobs_of_strangers_are_not_shown(page, make_job, ben):
    make_job("hidden-job", owner=ben)
    assert "hidden-job" not in page.get("/jobs/").content.decode()


@pytest.mark.parametrize(
    ("status", "stoppable", "deletable"),
    [("Creating", 1, 1), ("Pending", 1, 1), ("Running", 1, 1), ("Terminating", 0, 0), ("Completed", 0, 1),
     ("Failed", 0, 1), ("Terminated", 0, 1), ("Abnormal", 0, 1)],
)  # fmt: skip
def test_operations_are_offered_by_status(page, make_job, status, stoppable, deletable):
    make_job(status=status)
    html = page.get("/jobs/").content.decode()
    stop = html.split('aria-label="Stop job"')[1].split(">")[0]
    delete = html.split('aria-label="Delete job"')[1].split(">")[0]
    assert ("disabled" in stop) == (not stoppable)
    assert ("disabled" in delete) == (not deletable)


def test_the_number_of_queries_does_not_grow_with_the_rows(page, make_job, algorithm, ben):
    def count(address="/jobs/"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert page.get(address).status_code == 200
        return len(queries)

    make_job(algorithm=algorithm)
    one = count()
    for number in range(20):
        make_job(f"job-{number}", algorithm=algorithm, status=["Running", "Completed"][number % 2])
    assert count() == one
    assert one <= 8
    ids = "&".join(f"job={pk}:Running" for pk in TrainingJob.objects.values_list("pk", flat=True))
    assert count(f"/jobs/rows/?{ids}") <= 4


def test_pages_hold_25_jobs(page, make_job):
    for number in range(26):
        make_job(f"number-{number:02}", created=timezone.now() - timedelta(minutes=number))
    first = page.get("/jobs/").content.decode()
    second = page.get("/jobs/?page=2").content.decode()
    assert "number-24" in first
    assert "number-25" not in first
    assert "number-25" in second
    assert page.get("/jobs/?page=nonsense").status_code == 200
