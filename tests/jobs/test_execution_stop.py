"""Stopping: the job, one trial, the worker."""

import pytest

from jobs.execution import lifecycle
from jobs.execution.slots import Slot
from jobs.execution.states import JobStatus, TrialStatus
from jobs.models import StopRequest, TrainingJob

pytestmark = pytest.mark.django_db(transaction=True)


def test_stopping_a_job_ends_its_script_and_makes_no_more_trials(make_job, work, ana, meanwhile):
    job = make_job("never_ends.py", num_samples=5)
    meanwhile(lambda trial: lifecycle.stop(TrainingJob.objects.get(pk=job.pk), ana))
    assert work() == 1
    job.refresh_from_db()
    assert (job.status, job.reason) == (JobStatus.TERMINATED, "Stopped by ana.")
    trial = job.trials.get()
    assert (trial.status, trial.reason) == (TrialStatus.STOPPED, "Stopped by ana.")


def test_a_script_that_ignores_sigterm_is_killed(make_job, work, ana, meanwhile):
    job = make_job("ignores_sigterm.py", search=False, hyperparameters={"learning_rate": 0.1})
    meanwhile(lambda trial: lifecycle.stop(TrainingJob.objects.get(pk=job.pk), ana))
    work()
    assert job.trials.get().status == TrialStatus.STOPPED


def test_a_pending_job_is_terminated_at_once(make_job, ana, work):
    job = make_job("never_ends.py")
    lifecycle.stop(job, ana)
    assert job.status == JobStatus.TERMINATED
    assert work() == 0
    with pytest.raises(lifecycle.NotPossible, match="terminated"):
        lifecycle.stop(job, ana)


def test_a_trial_stopped_early_keeps_its_value_and_the_search_goes_on(make_job, work, meanwhile):
    job = make_job("never_ends.py", num_samples=1)
    meanwhile(lambda trial: job.trials.update(stop_request=StopRequest.KEEP, reason="Stopped early by ana."))
    work()
    job.refresh_from_db()
    trial = job.trials.get()
    assert (trial.status, trial.reason) == (TrialStatus.STOPPED, "Stopped early by ana.")
    assert (job.status, job.best_trial) == (JobStatus.COMPLETED, trial)


def test_a_worker_that_shuts_down_gives_its_trial_back(make_job, meanwhile, work):
    job = make_job("never_ends.py", num_samples=1)
    slot = Slot("default")
    meanwhile(slot.interrupt)
    slot.work()
    trial = job.trials.get()
    assert (trial.status, trial.attempt, trial.losses) == (TrialStatus.PENDING, 1, 0)


def test_deleting_a_running_job_ends_its_script_and_removes_its_files(make_job, work, meanwhile):
    job = make_job("never_ends.py", num_samples=1)
    meanwhile(lambda trial: lifecycle.delete(TrainingJob.objects.get(pk=job.pk)))
    work()
    assert not TrainingJob.objects.exists()
    assert not job.directory.exists()
