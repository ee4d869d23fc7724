"""Trials, points and whole jobs as CSV and JSON: what is in them, and what they cost to send."""

import csv
import io
import json
import re
import tracemalloc
import zipfile

import numpy as np
import pytest
from django.urls import reverse

from jobs.models import Event, PointBatch, Trial
from jobs.results import export, points
from jobs.sealing import seal

pytestmark = pytest.mark.django_db(transaction=True)


def download(client, job, what, kind, **query):
    return client.get(reverse("jobs:download", args=[job.pk, what, kind]), query)


def text_of(client, job, what, kind, **query):
    return b"".join(download(client, job, what, kind, **query).streaming_content).decode()


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def shown(page, job, **query):
    text = page.get(reverse("jobs:trials", args=[job.pk]), query).content.decode()
    return [int(number) for number in re.findall(r'data-trial-tick value="(\d+)"', text)]


@pytest.mark.parametrize(
    "query",
    [{"sort": "-value"}, {"status": "Failed"}, {"brush": "rate:0:0.5", "sort": "-p:layers"}, {"q": "nobody"}],
)
def test_the_csv_of_trials_equals_the_table(page, job, query):
    rows = rows_of(text_of(page, job, "trials", "csv", **query))
    assert [int(row["trial"]) for row in rows] == shown(page, job, **query)
    for row in rows:
        trial = job.trials.get(number=row["trial"])
        assert row["loss"] == ("" if trial.value is None else str(trial.value))
        assert row["difference to best"] == ("" if trial.value is None else str(trial.value - 5.0))
        assert (float(row["rate"]), int(row["layers"])) == (
            trial.parameters["rate"],
            trial.parameters["layers"],
        )
        assert (row["status"], row["reason"]) == (trial.status, trial.reason)
        assert float(row["duration (s)"]) == trial.number


def test_the_json_of_trials_keeps_hyperparameters_apart(page, job):
    found = json.loads(text_of(page, job, "trials", "json", sort="-number"))
    assert [row["trial"] for row in found] == [5, 4, 3, 2, 1]
    assert found[2]["parameters"] == job.trials.get(number=3).parameters
    assert (found[2]["tags"], found[3]["starred"], found[1]["loss"]) == (["again", "odd one"], True, None)


def test_texts_that_a_spreadsheet_would_run_begin_with_an_apostrophe(page, job):
    Trial.objects.filter(number=1).update(note="@SUM(A1)", reason="+1 try", worker="-host")
    Trial.objects.filter(number=2).update(note="\t=1+1", reason="-12.5", worker="fine = fine")
    one, two, three, *_ = rows_of(text_of(page, job, "trials", "csv"))
    assert (one["note"], one["reason"], one["worker"]) == ("'@SUM(A1)", "'+1 try", "'-host")
    assert (two["note"], two["reason"], two["worker"]) == ("'\t=1+1", "-12.5", "fine = fine")
    assert three["note"] == "'=flat from the start"
    assert float(one["0"]) == pytest.approx(-0.2)


def test_points_are_those_of_the_filtered_trials(page, job):
    rows = rows_of(text_of(page, job, "points", "csv"))
    assert [row["trial"] for row in rows] == [n for n in "1235" for _ in range(3)]
    assert rows[2] == {"trial": "1", "step": "3.0", "value": "9.0", "seconds": "0.300"}
    assert np.isnan(float(rows[1]["value"]))
    lines = [json.loads(line) for line in text_of(page, job, "points", "jsonl", most="8").splitlines()]
    assert lines[0]["value"] == [3.5, None, 8.0]
    assert [line["trial"] for line in lines] == [2, 3, 5]


def test_the_whole_job_has_settings_trials_points_and_events(page, job):
    Event.objects.create(job=job, trial=job.trials.get(number=4), kind="failed", message="Trial 4 failed.")
    found = json.loads(text_of(page, job, "job", "json", status="Failed"))
    assert found["job"]["best_trial"] == 5
    assert found["job"]["code"] == job.snapshot.content_hash
    assert [row["loss"] for row in found["trials"]] == [9.0, 8.0, 7.0, None, 5.0]
    assert [row["trial"] for row in found["points"]] == [1, 2, 3, 5]
    assert [(row["message"], row["trial"]) for row in found["events"]] == [("Trial 4 failed.", 4)]
    data = b"".join(download(page, job, "job", "zip").streaming_content)
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    tables = {name: rows_of(archive.read(name).decode()) for name in archive.namelist()}
    assert {name: len(rows) for name, rows in tables.items()} == {
        "job/settings.csv": len(found["job"]), "job/trials.csv": 5, "job/points.csv": 12, "job/events.csv": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("what", "kind"), [("job", "json"), ("job", "zip"), ("trials", "csv"), ("trials", "json")]
)
def test_values_of_variables_and_credentials_are_in_no_export(page, job, what, kind):
    job.environment = {"TOKEN": "plain-hidden-value"}
    job.sealed_environment = seal({"KEY": "sealed-hidden-value"})
    job.save()
    requirements = job.snapshot.path / "pip-requirements.txt"
    requirements.write_text("--index-url https://ana:hidden-word@packages.example/simple\nnumpy==2.0\n")
    job.snapshot.tree = [{"path": requirements.name}]
    job.snapshot.save()
    data = b"".join(download(page, job, what, kind).streaming_content)
    if kind == "zip":
        archive = zipfile.ZipFile(io.BytesIO(data))
        data = b"".join(archive.read(name) for name in archive.namelist())
    assert b"hidden" not in data
    assert what != "job" or {b"TOKEN", b"numpy==2.0"} <= set(re.findall(rb"TOKEN|numpy==2.0", data))


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_many_points_are_never_in_memory_together(page, job, kind):
    trial = job.trials.get(number=1)
    rows = np.zeros(50_000, dtype=points.DTYPE)
    for first in range(1, 8):
        PointBatch.objects.create(trial=trial, first=first * 50_000, count=50_000, data=rows.tobytes())
    pieces = download(page, job, "points", kind).streaming_content
    tracemalloc.start()
    sent = sum(map(len, pieces))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent > 4_000_000
    assert peak < 7 * rows.nbytes


def test_an_export_that_is_none_is_not_found(page, job):
    assert download(page, job, "points", "json").status_code == 404
    assert download(page, job, "logs", "csv").status_code == 404


@pytest.mark.parametrize(
    "rest", ["trials/", "compare/?trial=1", "export/trials.csv", "export/job.zip", "report/"]
)
def test_strangers_find_nothing(stranger, job, rest):
    assert stranger.get(f"{job.get_absolute_url()}{rest}").status_code == 404


def test_numbers_are_left_as_they_are():
    assert list(export.as_csv([[-1.5, "-1.5", "-x", None, True]])) == ["-1.5,-1.5,'-x,,True\r\n"]
