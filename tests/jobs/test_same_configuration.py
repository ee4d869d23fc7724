"""A configuration that a search proposes twice is run once, and its result is reused."""

import threading

import pytest
from django.db import connection

from jobs.execution import lifecycle, rereading, steering
from jobs.execution.slots import Slot
from jobs.execution.states import JobStatus, TrialStatus
from jobs.models import TrainingJob, Trial
from search import Categorical, SearchSpace

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPT = """
import sys
value = sys.argv[1].partition("=")[2] if "=" in sys.argv[1] else sys.argv[2]
print(f"other={10 - float(value)} loss={value}")
"""


@pytest.fixture
def make_narrow_job(make_job):
    """A search over two values only, so that most trials are repetitions."""

    def make(**columns):
        space = SearchSpace({"learning_rate": Categorical([1.0, 2.0])}).to_json()
        return make_job(SCRIPT, **{"search_space": space, "num_samples": 6, "max_concurrent": 1, **columns})

    return make


def test_each_configuration_is_run_once_and_the_job_completes(make_narrow_job, work):
    job = make_narrow_job()
    assert work() == 2
    job.refresh_from_db()
    assert (job.status, job.created_trials, job.completed_trials) == (JobStatus.COMPLETED, 6, 6)
    assert (job.best_value, job.best_trial.attempt) == (1.0, 1)
    for trial in job.trials.all():
        assert trial.value == trial.parameters["learning_rate"]
        if trial.same_as:
            assert (trial.status, trial.attempt) == (TrialStatus.COMPLETED, 0)
            assert trial.reason == f"Same configuration as trial {trial.same_as.number}"
            assert trial.same_as.parameters == trial.parameters
            assert trial.same_as.attempt == 1
            assert trial.ended >= trial.same_as.ended


def test_repetitions_use_up_the_patience_of_the_job(make_narrow_job, work):
    job = make_narrow_job(num_samples=50, patience_trials=4)
    work()
    job.refresh_from_db()
    assert (job.status, job.closing) == (JobStatus.COMPLETED, "No improvement in 4 trials.")
    assert job.created_trials < 50
    assert job.created_trials == job.completed_trials


def test_a_failed_configuration_is_run_again(make_job, work):
    space = SearchSpace({"learning_rate": Categorical([1.0, 2.0])}).to_json()
    job = make_job("import sys\nsys.exit(1)\n", search_space=space, num_samples=4)
    assert work() == 4
    assert not job.trials.exclude(same_as=None).exists()


def test_a_trial_made_by_hand_is_run_though_its_configuration_is_known(make_narrow_job, work, ana):
    job = make_narrow_job()
    work()
    trial = steering.queue_configuration(job, {"learning_rate": 1.0}, ana)
    assert work() == 1
    trial.refresh_from_db()
    assert (trial.attempt, trial.same_as, trial.value) == (1, None, 1.0)


def test_an_extended_search_ends_when_all_that_is_left_is_known(make_narrow_job, work, ana):
    job = make_narrow_job()
    work()
    steering.extend(job, 3, ana)
    assert work() == 0
    job.refresh_from_db()
    assert (job.status, job.completed_trials) == (JobStatus.COMPLETED, 9)


def test_a_value_of_another_type_is_another_configuration(make_narrow_job, work):
    job = make_narrow_job(num_samples=2)
    Trial.objects.create(job=job, number=1, parameters={"learning_rate": 1}, status="Completed", attempt=1)
    Trial.objects.create(job=job, number=2, parameters={"learning_rate": 2}, status="Completed", attempt=1)
    TrainingJob.objects.filter(pk=job.pk).update(created_trials=2, completed_trials=2, num_samples=3)
    assert work() == 1


def test_reading_the_indicator_anew_changes_repetitions_too(make_narrow_job, work, ana):
    job = make_narrow_job()
    work()
    reading = rereading.ask(job, name="other", direction="max", pattern=r"other=(\S+)", by=ana)
    rereading.carry_out(reading.pk)
    for trial in job.trials.all():
        assert trial.value == 10 - trial.parameters["learning_rate"]
    job.refresh_from_db()
    assert (job.best_value, job.completed_trials) == (9.0, 6)


def test_two_workers_add_a_repetition_once(make_narrow_job, work):
    job = make_narrow_job(num_samples=4)
    work()
    TrainingJob.objects.filter(pk=job.pk).update(num_samples=5, status=JobStatus.RUNNING)
    job.refresh_from_db()
    ready, made = threading.Barrier(4), []

    def step():
        ready.wait()
        made.append(lifecycle.step(job))
        connection.close()

    threads = [threading.Thread(target=step) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    job.refresh_from_db()
    assert len([trial for trial in made if trial]) == 1
    assert (job.created_trials, job.completed_trials, job.trials.count()) == (5, 5, 5)


def test_the_page_of_a_repetition_leads_to_the_trial_that_ran(make_narrow_job, work, client, ana):
    job = make_narrow_job()
    work()
    client.force_login(ana)
    trial = job.trials.exclude(same_as=None).first()
    text = client.get(trial.get_absolute_url()).content.decode()
    assert f'<a class="pill pill-info" href="{trial.same_as.get_absolute_url()}">' in text
    assert "The trial was not run" in text


SLOW = """
import pathlib, sys, time
value = sys.argv[1].partition("=")[2] if "=" in sys.argv[1] else sys.argv[2]
print("begin", flush=True)
while not pathlib.Path({gate!r}).exists():
    time.sleep(0.02)
sys.exit(3) if pathlib.Path({gate!r}).read_text() == "fail" else print(f"other=1 loss={{value}}")
"""


@pytest.fixture
def while_one_runs(make_job, tmp_path, eventually):
    """Run two slots on a search of one value only; `act(gate)` is called while the first trial runs."""

    def run(act, **columns):
        gate = tmp_path / "gate"
        space = SearchSpace({"learning_rate": Categorical([1.0])}).to_json()
        job = make_job(
            SLOW.format(gate=str(gate)), search_space=space, num_samples=3, max_concurrent=2, **columns
        )
        counts = []

        def slot():
            counts.append(Slot("default").work())
            connection.close()

        threads = [threading.Thread(target=slot) for _ in range(2)]
        for thread in threads:
            thread.start()
        eventually(lambda: job.trials.count() >= 3)
        act(gate, job)
        for thread in threads:
            thread.join()
        job.refresh_from_db()
        return job, sum(counts)

    return run


def test_a_configuration_that_runs_is_not_run_beside_itself(while_one_runs):
    def act(gate, job):
        assert job.trials.filter(status=TrialStatus.RUNNING).count() == 1
        waiting = job.trials.get(number=2)
        assert (waiting.status, waiting.same_as.number) == (TrialStatus.PENDING, 1)
        assert waiting.reason == "Same configuration as trial 1, whose result it waits for."
        gate.write_text("go")

    job, ran = while_one_runs(act)
    assert (job.status, job.completed_trials, ran) == (JobStatus.COMPLETED, 3, 1)
    assert [trial.value for trial in job.trials.all()] == [1.0] * 3


def test_a_waiting_trial_is_run_when_its_twin_has_failed(while_one_runs):
    def act(gate, job):
        gate.write_text("fail")

    job, ran = while_one_runs(act)
    assert (job.status, job.failed_trials, ran) == (JobStatus.FAILED, 3, 3)
    assert not job.trials.exclude(same_as=None).exists()


def test_stopping_the_job_drops_the_trials_that_wait(while_one_runs, ana):
    job, ran = while_one_runs(lambda gate, job: lifecycle.stop(job, ana))
    assert (job.status, job.stopped_trials, ran) == (JobStatus.TERMINATED, 3, 1)
