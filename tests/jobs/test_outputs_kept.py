"""Outputs arrive while a trial runs and after it, and only those of the best trials are kept where a job says so."""

import threading
import uuid

import pytest
from django.db import connection

from jobs.execution import claims, outputs, steering
from jobs.execution.preparation import directories_of
from jobs.execution.slots import Slot
from jobs.execution.states import JobStatus
from jobs.models import Trial
from storage import objects
from storage.models import Bucket

pytestmark = pytest.mark.django_db(transaction=True)

WRITES = """
import argparse, os, pathlib, time
parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float)
rate = parser.parse_args().learning_rate
folder = pathlib.Path(os.environ["train_url"])
(folder / "epoch").mkdir()
(folder / "epoch" / "model.txt").write_text(str(rate))
print("loss=" + str(rate), flush=True)
while {gate!r} and not pathlib.Path({gate!r}).exists():
    time.sleep(0.02)
(folder / "last.txt").write_text("done")
"""


@pytest.fixture
def make_writing_job(make_job, data_dir, ana):
    Bucket.objects.create(name="anas", owner=ana)

    def make(gate="", **columns):
        return make_job(
            WRITES.format(gate=str(gate)),
            specification={"outputs": ({"name": "train_url", "obtained_from": "environment"},)},
            **{"outputs": {"train_url": "obs://anas/models/"}, "max_concurrent": 1, **columns},
        )

    return make


def stored(ana, job):
    """The folders of trials in the job's own folder at its output path."""
    folder = f"obs://anas/models/job-{job.pk}/"
    return [entry.name for entry in objects.list_folder(ana, folder)] if objects.exists(ana, folder) else []


def test_outputs_are_stored_while_the_trial_runs(make_writing_job, ana, tmp_path, monkeypatch, eventually):
    monkeypatch.setattr(outputs, "COLLECT_SECONDS", 0.05)
    monkeypatch.setattr(outputs, "SETTLED_SECONDS", 0.0)
    gate = tmp_path / "gate"
    job = make_writing_job(gate, num_samples=1)

    def slot():
        Slot("default").work()
        connection.close()

    thread = threading.Thread(target=slot)
    thread.start()
    eventually(lambda: objects.exists(ana, f"obs://anas/models/job-{job.pk}/trial-1/epoch/model.txt"))
    assert job.trials.get().status == "Running"
    assert not objects.exists(ana, f"obs://anas/models/job-{job.pk}/trial-1/last.txt")
    gate.touch()
    thread.join()
    assert objects.exists(ana, f"obs://anas/models/job-{job.pk}/trial-1/last.txt")
    messages = list(
        job.events.filter(kind__startswith="output").order_by("pk").values_list("message", flat=True)
    )
    assert messages == [
        f"Output train_url is copied to obs://anas/models/job-{job.pk}/trial-1/ while the trial runs.",
        f"Output train_url uploaded to obs://anas/models/job-{job.pk}/trial-1/",
    ]


def test_all_outputs_are_kept_unless_the_job_says_otherwise(make_writing_job, work, ana):
    job = make_writing_job(num_samples=3)
    work()
    assert stored(ana, job) == ["trial-1", "trial-2", "trial-3"]
    assert job.trials.filter(has_outputs=True).count() == 3


def test_jobs_with_the_same_output_path_have_folders_of_their_own(make_writing_job, work, ana):
    jobs = [make_writing_job(num_samples=1, search_parameters={"seed": seed}) for seed in (1, 2)]
    work()
    for job in jobs:
        kept = objects.open_file(ana, f"obs://anas/models/job-{job.pk}/trial-1/epoch/model.txt").read()
        assert float(kept) == job.trials.get().parameters["learning_rate"]
    assert len({job.trials.get().value for job in jobs}) == 2


def test_a_worker_that_has_lost_its_claim_notes_no_outputs(make_writing_job):
    make_writing_job(num_samples=1)
    claim = claims.claim_next("default", "lost:1")
    directories = directories_of(claim.trial)
    folder = directories.output("train_url", 0)
    folder.mkdir(parents=True)
    (folder / "model.txt").write_text("late")
    Trial.objects.filter(pk=claim.trial.pk).update(owner=uuid.uuid4())
    with pytest.raises(claims.ClaimLost):
        outputs.Collector(claim, directories).finish()
    claim.trial.refresh_from_db()
    assert not claim.trial.has_outputs and not outputs.kept_directory(claim.trial).exists()


def test_only_outputs_of_the_best_trials_are_kept(make_writing_job, work, ana):
    job = make_writing_job(num_samples=6, save_model_count=2)
    work()
    job.refresh_from_db()
    assert job.status == JobStatus.COMPLETED
    best = sorted(job.trials.order_by("value").values_list("number", flat=True)[:2])
    assert stored(ana, job) == [f"trial-{number}" for number in best]
    for trial in job.trials.all():
        assert trial.has_outputs == outputs.kept_directory(trial).exists() == (trial.number in best)
    removed = job.events.filter(kind="outputs removed")
    assert removed.count() == 4
    assert removed.last().message.endswith("removed: those of the best 2 are kept.")


def test_files_that_others_put_beside_an_output_stay(make_writing_job, work, ana, data_dir):
    job = make_writing_job(num_samples=1, save_model_count=1)
    path = data_dir / "buckets" / "anas" / "models" / f"job-{job.pk}" / "trial-1"
    path.mkdir(parents=True)
    (path / "notes.txt").write_text("mine")
    work()
    steering.queue_configuration(job, {"learning_rate": 1e-4}, ana)
    work()
    assert stored(ana, job) == ["trial-1", "trial-2"]
    assert [entry.name for entry in objects.list_folder(ana, f"obs://anas/models/job-{job.pk}/trial-1/")] == [
        "notes.txt"
    ]


def test_outputs_of_a_failed_trial_are_not_among_the_best(make_job, work, ana, data_dir):
    Bucket.objects.create(name="anas", owner=ana)
    job = make_job(
        "import os, sys\nopen(os.environ['train_url'] + '/x', 'w').close()\nprint('loss=1')\nsys.exit(3)\n",
        specification={"outputs": ({"name": "train_url", "obtained_from": "environment"},)},
        outputs={"train_url": "obs://anas/models/"},
        num_samples=1,
        save_model_count=1,
    )
    work()
    assert stored(ana, job) == []


def test_the_trials_page_lists_its_outputs_for_download(make_writing_job, work, page):
    job = make_writing_job(num_samples=1, outputs={})
    work()
    base = f"{job.get_absolute_url()}trials/1/outputs/"
    assert base in page.get(job.trials.get().get_absolute_url()).content.decode()
    text = page.get(base).content.decode()
    assert f'href="{base}train_url/epoch/model.txt"' in text
    answer = page.get(f"{base}train_url/epoch/model.txt")
    assert float(b"".join(answer.streaming_content)) == job.trials.get().value
    assert answer["Content-Disposition"] == 'attachment; filename="model.txt"'


@pytest.mark.parametrize(
    "rest", ["train_url/../../output.log", "train_url/..%2f..%2foutput.log", "other/x", "train_url/none"]
)
def test_nothing_but_outputs_is_downloaded(make_writing_job, work, page, rest):
    job = make_writing_job(num_samples=1, outputs={})
    work()
    assert page.get(f"{job.get_absolute_url()}trials/1/outputs/{rest}").status_code == 404


def test_outputs_of_others_are_out_of_reach(make_writing_job, work, client, django_user_model):
    job = make_writing_job(num_samples=1, outputs={})
    work()
    client.force_login(django_user_model.objects.create_user("ben"))
    assert client.get(f"{job.get_absolute_url()}trials/1/outputs/train_url/last.txt").status_code == 404
