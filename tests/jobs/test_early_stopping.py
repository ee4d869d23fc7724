"""A trial that cannot win any more is stopped by the job's early stopping rule, and keeps its value."""

import pytest

from jobs.execution.states import JobStatus, TrialStatus
from jobs.results.history import history

pytestmark = pytest.mark.django_db(transaction=True)

HOPELESS_WHEN_SLOW = """
import argparse, pathlib, time
parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float)
parser.add_argument("--base", type=float)
arguments = parser.parse_args()
bad = arguments.learning_rate > 0.5
for step in range(1, 200 if bad else 80):
    print(f"step={step} loss={10 if bad else 1 / step}", flush=True)
    time.sleep(0.1 if bad else 0.005)
"""


@pytest.mark.parametrize("rule", ["median", "asha"])
def test_a_hopeless_trial_is_stopped_and_keeps_its_value(make_job, work, rule):
    job = make_job(
        HOPELESS_WHEN_SLOW, num_samples=4, early_stopping=rule, submit=False, pattern=r"loss=(\S+)"
    )
    for number, rate in enumerate((0.1, 0.2, 0.3, 0.9), start=1):
        job.trials.create(number=number, parameters={"learning_rate": rate})
    type(job).objects.filter(pk=job.pk).update(created_trials=4, status=JobStatus.PENDING)
    work()
    job.refresh_from_db()
    assert job.status == JobStatus.COMPLETED
    statuses = list(job.trials.order_by("number").values_list("status", flat=True))
    assert statuses == [TrialStatus.COMPLETED] * 3 + [TrialStatus.STOPPED]
    hopeless = job.trials.get(number=4)
    assert hopeless.reason.startswith("Stopped early: ") and hopeless.value == 10
    told = {observation.params["learning_rate"]: observation.value for observation in history(job)}
    assert len(told) == 4 and told[0.9] == 10, "The sampler is not told what the stopped trial reached."
    assert hopeless.point_count < 100
