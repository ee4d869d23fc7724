"""A worker that is killed in the middle costs an attempt, never a trial and never a second result."""

import os
import signal

import psutil
import pytest

from jobs.execution.states import JobStatus, TrialStatus

SLOW = """
import argparse, os, time
parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float)
rate = parser.parse_args().learning_rate
print("pid", os.getpid(), flush=True)
for step in range(1, 11):
    time.sleep(0.3)
    print(f"step={step} loss={rate / step}", flush=True)
"""


@pytest.fixture
def running_search(make_job, workers, eventually):
    """A search of four trials, two at a time, with its first values printed."""
    job = make_job(SLOW, num_samples=4, max_concurrent=2)
    eventually(lambda: job.trials.filter(status=TrialStatus.RUNNING, point_count__gt=1).exists())
    return job


def script_of(trial) -> int:
    words = trial.log_path.read_text().split()
    return int(words[words.index("pid") + 1])


def kill(trial, whom):
    """SIGKILL the work-horse that runs the trial, its parent, the worker, or the script itself."""
    horse = int(trial.worker.rpartition(":")[2])
    worker = psutil.Process(horse).ppid()
    os.kill({"work-horse": horse, "worker": worker, "script": script_of(trial)}[whom], signal.SIGKILL)


@pytest.mark.stack
@pytest.mark.parametrize("whom", ["work-horse", "worker"])
def test_the_trial_is_retried_and_the_search_has_the_right_number_of_trials(running_search, eventually, whom):
    job = running_search
    trial = job.trials.filter(status=TrialStatus.RUNNING, point_count__gt=1).first()
    script = script_of(trial)
    kill(trial, whom)
    eventually(lambda: not psutil.pid_exists(script))
    eventually(lambda: not type(job).objects.active().filter(pk=job.pk).exists())
    job.refresh_from_db()
    assert (job.status, job.completed_trials, job.trials.count()) == (JobStatus.COMPLETED, 4, 4)
    trial.refresh_from_db()
    assert (trial.attempt, trial.losses) == (2, 1)
    assert job.events.filter(kind="restarted", trial=trial, message__contains="retried 1 of 3").exists()
    for each in job.trials.all():
        assert each.point_count == 10


@pytest.mark.stack
def test_a_killed_script_is_a_failed_trial_with_the_signal_named(running_search, eventually):
    trial = running_search.trials.filter(status=TrialStatus.RUNNING, point_count__gt=1).first()
    kill(trial, "script")
    eventually(lambda: trial.job.trials.filter(pk=trial.pk, status=TrialStatus.FAILED).exists())
    trial.refresh_from_db()
    assert "SIGKILL" in trial.reason


@pytest.mark.stack
def test_a_worker_that_is_asked_to_end_gives_its_trial_back(running_search, workers, eventually):
    job = running_search
    trial = job.trials.filter(status=TrialStatus.RUNNING, point_count__gt=1).first()
    horse = psutil.Process(int(trial.worker.rpartition(":")[2]))
    worker = horse.parent()
    worker.terminate()
    worker.wait(timeout=120)
    trial.refresh_from_db()
    assert trial.losses == 0
    eventually(lambda: not type(job).objects.active().filter(pk=job.pk).exists())
    job.refresh_from_db()
    assert (job.status, job.completed_trials) == (JobStatus.COMPLETED, 4)
