"""What becomes of a trial whose worker is gone for good, as far as the job is concerned."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.execution import claims, lifecycle, reconciler
from jobs.execution.states import JobStatus, TrialStatus
from jobs.models import StopRequest, Trial

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lose(make_job):
    """`lose(trial columns, job columns)` is a search whose running trial has lost its worker, looked at once."""

    def make(columns, **job_columns):
        job = make_job("steps.py", **job_columns)
        trial = lifecycle.step(job)
        claim = claims.claim_next("default", "gone:1")
        assert claim.trial == trial
        expired = timezone.now() - timedelta(seconds=1)
        Trial.objects.filter(pk=trial.pk).update(lease=expired, **columns)
        reconciler.tick()
        trial.refresh_from_db()
        job.refresh_from_db()
        return job, trial

    return make


def test_a_value_that_was_to_be_kept_can_be_the_best(lose):
    job, trial = lose({"stop_request": StopRequest.KEEP, "value": 0.25})
    assert trial.status == TrialStatus.STOPPED
    assert (job.best_value, job.best_trial) == (0.25, trial)


def test_a_value_that_was_to_be_ignored_cannot(lose):
    job, trial = lose({"stop_request": StopRequest.IGNORE, "value": 0.25})
    assert (trial.status, job.best_value) == (TrialStatus.STOPPED, None)


def test_a_trial_lost_too_often_counts_as_a_failure_against_the_budget(lose):
    job, trial = lose({"losses": claims.MOST_LOSSES}, max_failed_trials=1)
    assert trial.status == TrialStatus.FAILED
    assert (job.status, job.created_trials) == (JobStatus.FAILED, 1)
    assert job.reason.startswith("1 trial failed: the limit is 1.")


def test_a_trial_lost_once_goes_back_to_wait(lose):
    job, trial = lose({}, max_failed_trials=1)
    assert (trial.status, trial.losses, job.status) == (TrialStatus.PENDING, 1, JobStatus.RUNNING)
