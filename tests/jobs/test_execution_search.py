"""A search runs all its trials, each once, and knows the best."""

import pytest

from jobs.execution.states import JobStatus, TrialStatus
from jobs.results import points

pytestmark = pytest.mark.django_db(transaction=True)

QUADRATIC = """
import argparse, math
parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float)
rate = parser.parse_args().learning_rate
for step in range(1, 4):
    print(f"step={step} loss={(math.log10(rate) + 2) ** 2 + 1 / step}")
"""


def test_every_trial_runs_once_and_the_job_completes(make_job, work):
    job = make_job(QUADRATIC, num_samples=5)
    assert work() == 5
    job.refresh_from_db()
    assert (job.status, job.created_trials, job.completed_trials) == (JobStatus.COMPLETED, 5, 5)
    assert job.started and job.ended
    assert list(job.trials.values_list("number", "attempt")) == [(n, 1) for n in range(1, 6)]
    assert len({trial.parameters["learning_rate"] for trial in job.trials.all()}) == 5


def test_the_best_trial_has_the_least_loss(make_job, work):
    job = make_job(QUADRATIC, num_samples=4)
    work()
    job.refresh_from_db()
    values = dict(job.trials.values_list("pk", "value"))
    assert job.best_value == min(values.values())
    assert values[job.best_trial_id] == job.best_value


def test_a_maximised_indicator_keeps_the_greatest_value(make_job, work):
    job = make_job(QUADRATIC, num_samples=3, direction="max")
    work()
    job.refresh_from_db()
    assert job.best_value == max(job.trials.values_list("value", flat=True))
    trial = job.trials.first()
    assert trial.value == points.read(trial)["value"].max()


def test_the_latest_value_is_the_objective_where_the_job_says_so(make_job, work):
    job = make_job(QUADRATIC, num_samples=1, direction="max", objective="latest")
    work()
    trial = job.trials.get()
    assert trial.value == points.read(trial)["value"][-1] < points.read(trial)["value"].max()


def test_points_know_their_step_and_their_line_in_the_log(make_job, work):
    job = make_job(QUADRATIC, num_samples=1)
    work()
    trial = job.trials.get()
    rows = points.read(trial)
    assert trial.point_batches.count() == 1
    assert rows["step"].tolist() == [1, 2, 3]
    log = trial.log_path.read_bytes()
    for row in rows:
        assert f"loss={row['value']}".encode() in log[row["offset"] :].split(b"\n")[0]
        assert f"loss={row['value']}".encode() in log.split(b"\n")[row["line"] - 1]


def test_the_script_gets_a_plain_jobs_values_and_runs_once(make_job, work):
    job = make_job(QUADRATIC, search=False, hyperparameters={"learning_rate": 0.01})
    assert work() == 1
    trial = job.trials.get()
    assert (trial.status, trial.value) == (TrialStatus.COMPLETED, pytest.approx(1 / 3))


def test_a_sampler_that_fails_ends_its_job_and_no_other(make_job, work):
    broken = make_job(QUADRATIC, search_algorithm="no_such_search")
    sound = make_job(QUADRATIC, num_samples=2)
    assert work() == 2
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.status, sound.status) == (JobStatus.ABNORMAL, JobStatus.COMPLETED)
    assert "no_such_search" in broken.reason
