"""Auto stop ends a job that has run for the hours it was given, also while it is paused."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.execution import reconciler
from jobs.execution.states import JobStatus
from jobs.models import TrainingJob

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def running_since(make_job):
    def make(hours: float, **columns) -> TrainingJob:
        job = make_job("never_ends.py", auto_stop_hours=2)
        started = timezone.now() - timedelta(hours=hours)
        TrainingJob.objects.filter(pk=job.pk).update(status=JobStatus.RUNNING, started=started, **columns)
        return job

    return make


@pytest.mark.parametrize("paused", [False, True])
def test_a_job_past_its_hours_is_terminated_with_the_reason(running_since, paused):
    job = running_since(2.1, paused=paused)
    reconciler.tick()
    job.refresh_from_db()
    assert (job.status, job.reason) == (JobStatus.TERMINATED, "Auto stop after 2 h.")
    assert job.events.filter(kind="stopped by auto stop").count() == 1


def test_a_job_within_its_hours_goes_on(running_since):
    job = running_since(1.9)
    reconciler.tick()
    job.refresh_from_db()
    assert job.status == JobStatus.RUNNING
