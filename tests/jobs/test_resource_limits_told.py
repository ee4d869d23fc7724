"""What the console does not enforce of a specification is said on the job's page."""

import pytest

from jobs.models import Flavor

pytestmark = pytest.mark.django_db(transaction=True)

SEES = """
import os
print("sees", os.environ.get("CUDA_VISIBLE_DEVICES"), os.environ["MA_NUM_GPUS"])
print("loss=1")
"""


@pytest.mark.parametrize(("gpus", "told"), [(0, False), (2, True)])
def test_gpus_that_are_not_assigned_are_told_to_be_advisory(make_job, client, ana, gpus, told):
    flavor = Flavor.objects.create(name="machine", gpu_count=gpus)
    job = make_job(SEES, submit=False, flavor=flavor)
    client.force_login(ana)
    text = client.get(job.get_absolute_url()).content.decode()
    assert ("The number of GPUs is advisory" in text) == told


def test_a_trial_sees_the_gpus_its_worker_sees(make_job, work, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5")
    job = make_job(SEES, num_samples=1, flavor=Flavor.objects.create(name="machine", gpu_count=1))
    work()
    assert "sees 3,5 0" in job.trials.get().log_path.read_text()
