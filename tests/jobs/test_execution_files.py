"""Inputs reach the script, outputs and logs reach the object storage."""

import io

import pytest

from jobs.execution.states import TrialStatus
from storage import objects
from storage.models import Bucket

pytestmark = pytest.mark.django_db(transaction=True)

COPIES = """
import argparse, os, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--data_url")
arguments = parser.parse_args()
number = pathlib.Path(arguments.data_url, "number.txt").read_text()
pathlib.Path(os.environ["train_url"], "model.txt").write_text(number)
print(f"loss={number}")
"""


@pytest.fixture
def bucket(data_dir, ana):
    Bucket.objects.create(name="anas", owner=ana)
    objects.upload(ana, "obs://anas/data/", "number.txt", io.BytesIO(b"0.25"))
    return "obs://anas/"


def test_a_trial_reads_its_input_and_its_output_and_log_are_stored(make_job, work, bucket, ana):
    job = make_job(
        COPIES,
        search=False,
        specification={
            "inputs": ({"name": "data_url", "obtained_from": "hyperparameters"},),
            "outputs": ({"name": "train_url", "obtained_from": "environment"},),
        },
        inputs={"data_url": f"{bucket}data/"},
        outputs={"train_url": f"{bucket}models/"},
        predownload=["train_url"],
        log_path_uri=f"{bucket}logs/",
    )
    work()
    trial = job.trials.get()
    assert (trial.status, trial.value) == (TrialStatus.COMPLETED, 0.25), trial.reason
    assert objects.open_file(ana, f"{bucket}models/job-{job.pk}/trial-1/model.txt").read() == b"0.25"
    assert b"loss=0.25" in objects.open_file(ana, f"{bucket}logs/job-{job.pk}/trial-1.log").read()
    kinds = set(job.events.values_list("kind", flat=True))
    assert {"input being downloaded", "input downloaded", "output uploaded"} <= kinds
    assert job.events.filter(message__contains="nothing to predownload for output train_url").exists()


def test_an_input_that_is_gone_fails_the_trial_and_is_named(make_job, work, bucket):
    job = make_job(
        COPIES,
        search=False,
        specification={"inputs": ({"name": "data_url", "obtained_from": "hyperparameters"},)},
        inputs={"data_url": f"{bucket}elsewhere/"},
    )
    work()
    trial = job.trials.get()
    assert trial.status == TrialStatus.FAILED
    assert "elsewhere" in trial.reason
