"""A trial gets as many GPUs as its specification says, and no other trial of the machine gets them meanwhile."""

import threading

import pytest
from django.db import connection

from jobs.execution import slots
from jobs.execution.slots import Slot
from jobs.execution.states import JobStatus, TrialStatus
from jobs.models import Flavor
from search import Float, SearchSpace

pytestmark = pytest.mark.django_db(transaction=True)

SEES = """
import os, pathlib, time
print("sees", os.environ.get("CUDA_VISIBLE_DEVICES", "unset"), "of", os.environ["MA_NUM_GPUS"], flush=True)
print("loss=1", flush=True)
while {gate!r} and not pathlib.Path({gate!r}).exists():
    time.sleep(0.02)
"""


@pytest.fixture
def two_gpus(settings, tmp_path, monkeypatch):
    settings.GPU_DEVICES = "0,1"
    settings.GPU_LOCKS_DIR = tmp_path / "locks"
    monkeypatch.setattr(slots, "LOOK_SECONDS", 0.02)


def flavor(count):
    return Flavor.objects.create(name=f"with-{count}", resource_type="GPU", gpu_count=count)


def test_trials_at_once_see_different_devices(make_job, two_gpus, tmp_path, eventually):
    gate = tmp_path / "gate"
    space = SearchSpace({"learning_rate": Float(0, 1)}).to_json()
    job = make_job(
        SEES.format(gate=str(gate)), flavor=flavor(1), num_samples=3, max_concurrent=3, search_space=space
    )

    def slot():
        Slot("default").work()
        connection.close()

    threads = [threading.Thread(target=slot) for _ in range(3)]
    for thread in threads:
        thread.start()
    eventually(lambda: job.trials.filter(point_count=1).count() == 2)
    running = job.trials.filter(status=TrialStatus.RUNNING)
    assert sorted(running.values_list("gpus", flat=True)) == ["0", "1"]
    waiting = eventually(lambda: job.trials.exclude(status=TrialStatus.RUNNING).exclude(reason="").first())
    assert waiting.status == TrialStatus.PENDING
    assert waiting.reason == "Waits for 1 free GPU of a machine of its resource pool."
    gate.touch()
    for thread in threads:
        thread.join()
    job.refresh_from_db()
    assert (job.status, job.completed_trials) == (JobStatus.COMPLETED, 3)
    for trial in job.trials.all():
        log = trial.log_path.read_text()
        assert f"sees {trial.gpus} of 1" in log
        assert f"GPUs of this trial: {trial.gpus}." in log


def test_a_specification_without_gpus_hides_them(make_job, work, two_gpus):
    job = make_job(SEES.format(gate=""), flavor=flavor(0), num_samples=1)
    work()
    assert "sees  of 0" in job.trials.get().log_path.read_text()


def test_a_job_without_specification_may_use_the_whole_machine(make_job, work, two_gpus, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    job = make_job(SEES.format(gate=""), num_samples=1)
    work()
    assert "sees 0,1 of 2" in job.trials.get().log_path.read_text()


def test_more_gpus_than_the_machine_has_fail_the_trial_with_the_remedy(make_job, work, two_gpus):
    job = make_job(SEES.format(gate=""), flavor=flavor(4), num_samples=1)
    work()
    reason = job.trials.get().reason
    assert "Specification with-4 asks for 4 GPUs, but this machine has 2." in reason
    assert "Choose another specification or resource pool." in reason


def test_without_any_gpu_the_number_is_advisory_and_the_log_says_so(make_job, work, settings, monkeypatch):
    settings.GPU_DEVICES = ""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    job = make_job(SEES.format(gate=""), flavor=flavor(2), num_samples=1)
    work()
    trial = job.trials.get()
    assert (trial.status, trial.gpus) == (TrialStatus.COMPLETED, "")
    assert "The 2 GPUs of the specification are advisory: this machine has none" in trial.log_path.read_text()


def test_a_trial_that_needs_no_gpu_is_run_while_another_waits_for_one(make_job, two_gpus, settings, work):
    settings.GPU_DEVICES = "0"
    from runtime import gpus

    held = gpus.hold(1, ["0"], settings.GPU_LOCKS_DIR)
    waits = make_job(SEES.format(gate=""), flavor=flavor(1), num_samples=1, priority=2)
    runs = make_job(SEES.format(gate=""), num_samples=1, name="other")
    slot = Slot("default")

    def until_run():
        while not runs.trials.filter(status=TrialStatus.COMPLETED).exists():
            pass
        slot.interrupt()
        connection.close()

    thread = threading.Thread(target=until_run)
    thread.start()
    assert slot.work() == 1
    thread.join()
    assert waits.trials.get().status == TrialStatus.PENDING
    held.release()
    assert work() == 1
