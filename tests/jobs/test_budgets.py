"""A search ends early when one of its budgets is used up."""

import pytest

from jobs.execution import steering
from jobs.execution.states import JobStatus, TrialStatus

pytestmark = pytest.mark.django_db(transaction=True)

COUNTS = """
import pathlib
counter = pathlib.Path({counter!r})
number = int(counter.read_text()) + 1 if counter.exists() else 1
counter.write_text(str(number))
values = {values!r}
print(f"loss={{values[number - 1]}}")
"""
FAILS = "import sys\nsys.exit(4)\n"


@pytest.fixture
def printing(tmp_path):
    """`printing(values)` is a script whose nth run prints the nth of these values."""
    return lambda *values: COUNTS.format(counter=str(tmp_path / "runs"), values=values)


def run(make_job, work, program, **columns):
    job = make_job(program, max_concurrent=1, num_samples=8, **columns)
    work()
    job.refresh_from_db()
    return job


def test_too_many_failures_end_the_search(make_job, work):
    job = run(make_job, work, FAILS, max_failed_trials=2)
    assert (job.status, job.created_trials, job.failed_trials) == (JobStatus.FAILED, 2, 2)
    assert job.reason.startswith("2 trials failed: the limit is 2.")


def test_failures_below_the_limit_do_not(make_job, work):
    job = run(make_job, work, FAILS, max_failed_trials=9)
    assert (job.created_trials, job.failed_trials) == (8, 8)


def test_a_target_reached_from_above_ends_a_search_for_the_least(make_job, work, printing):
    job = run(make_job, work, printing(5, 3, 2, 1, 1, 1, 1, 1), target_value=2.0)
    assert (job.status, job.created_trials, job.best_value) == (JobStatus.COMPLETED, 3, 2)
    assert job.reason == "The target value 2 was reached."


def test_a_target_reached_from_below_ends_a_search_for_the_greatest(make_job, work, printing):
    job = run(make_job, work, printing(1, 2, 4, 9, 9, 9, 9, 9), target_value=3.0, direction="max")
    assert (job.created_trials, job.best_value) == (3, 4)


def test_a_target_never_reached_lets_all_trials_run(make_job, work, printing):
    job = run(make_job, work, printing(*[5] * 8), target_value=2.0)
    assert (job.status, job.completed_trials, job.reason) == (JobStatus.COMPLETED, 8, "")


def test_a_target_of_zero_is_a_target(make_job, work, printing):
    job = run(make_job, work, printing(1, 0, 1, 1, 1, 1, 1, 1), target_value=0.0)
    assert job.created_trials == 2


def test_no_improvement_for_the_patience_ends_the_search(make_job, work, printing):
    job = run(make_job, work, printing(5, 4, 6, 7, 4, 1, 1, 1), patience_trials=3)
    assert (job.status, job.created_trials, job.best_value) == (JobStatus.COMPLETED, 5, 4)
    assert job.reason == "No improvement in 3 trials."


def test_every_improvement_renews_the_patience(make_job, work, printing):
    job = run(make_job, work, printing(5, 6, 4, 6, 3, 6, 2, 6), patience_trials=2)
    assert (job.created_trials, job.best_value) == (8, 2)


def test_trials_still_pending_are_dropped_when_a_budget_is_spent(make_job, work, printing):
    job = make_job(printing(1, 1, 1), num_samples=1, max_concurrent=1, target_value=1.0)
    for rate in (0.1, 0.2):
        steering.queue_configuration(job, {"learning_rate": rate}, job.owner)
    assert work() == 1
    job.refresh_from_db()
    assert (job.status, job.completed_trials, job.stopped_trials) == (JobStatus.COMPLETED, 1, 1)
    assert list(job.trials.order_by("number").values_list("status", flat=True)) == [
        TrialStatus.COMPLETED,
        TrialStatus.STOPPED,
    ]


def test_trials_added_to_a_search_that_has_reached_its_target_are_run(make_job, work, ana, printing):
    job = run(make_job, work, printing(5, 1, 1, 0.5, 1, 1, 1, 1), target_value=2.0)
    assert job.created_trials == 2
    steering.extend(job, 3, ana)
    assert work() == 3
    job.refresh_from_db()
    assert (job.status, job.reason, job.best_value) == (JobStatus.COMPLETED, "", 0.5)
    steering.queue_configuration(job, {"learning_rate": 0.25}, ana)
    assert work() == 1


def test_trials_added_after_the_patience_is_spent_have_a_patience_of_their_own(make_job, work, ana, printing):
    job = run(make_job, work, printing(1, 2, 3, 4, 5, 6, 7, 8), patience_trials=2)
    assert (job.created_trials, job.reason) == (3, "No improvement in 2 trials.")
    steering.extend(job, 5, ana)
    assert work() == 2
    job.refresh_from_db()
    assert (job.status, job.created_trials, job.reason) == (
        JobStatus.COMPLETED, 5, "No improvement in 2 trials.",
    )  # fmt: skip


def test_trials_added_after_too_many_failures_may_fail_as_often_again(make_job, work, ana):
    job = run(make_job, work, FAILS, max_failed_trials=2)
    steering.extend(job, 5, ana)
    assert work() == 2
    job.refresh_from_db()
    assert (job.status, job.failed_trials) == (JobStatus.FAILED, 4)
