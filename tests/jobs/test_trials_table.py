"""The trials table: what a filter leaves, what an export holds, and trials side by side."""

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.urls import reverse

from console.assets import PLOTLY_FILE
from jobs.models import PointBatch, Trial
from jobs.results import points
from search import Float, Integer, SearchSpace

pytestmark = pytest.mark.django_db(transaction=True)

SPACE = SearchSpace({"rate": Float(1e-4, 1.0, log=True), "layers": Integer(1, 4)})
RATES = [1e-4, 1e-3, 1e-2, 1e-1, 1.0]


@pytest.fixture
def job(make_job):
    """Five trials; the fourth failed; each completed one has three points."""
    job = make_job("steps.py", submit=False, status="Completed", search_space=SPACE.to_json())
    for number, rate in enumerate(RATES, 1):
        failed = number == 4
        trial = Trial.objects.create(
            job=job,
            number=number,
            parameters={"rate": rate, "layers": number % 4 + 1},
            status="Failed" if failed else "Completed",
            reason="ValueError: too steep" if failed else "",
            value=None if failed else 10.0 - number,
            worker=f"host-{number % 2}",
            point_count=0 if failed else 3,
        )
        if not failed:
            rows = [(1.0, 3.5, 0.1, 1, 0), (2.0, float("nan"), 0.2, 2, 9), (3.0, 10.0 - number, 0.3, 3, 18)]
            PointBatch.objects.create(trial=trial, first=0, count=3, data=points.pack(rows))
    job.best_trial, job.best_value = trial, 5.0
    job.created_trials, job.completed_trials, job.failed_trials = 5, 4, 1
    job.save()
    return job


def shown(page, job, **query):
    text = page.get(reverse("jobs:trials", args=[job.pk]), query).content.decode()
    return [int(number) for number in re.findall(r'data-trial-tick value="(\d+)"', text)]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"status": "Failed"}, [4]),
        ({"status": "nonsense"}, [1, 2, 3, 4, 5]),
        ({"q": "steep"}, [4]),
        ({"q": "host-1"}, [1, 3, 5]),
        ({"q": "host-1 0.01"}, [3]),
        ({"q": "nobody"}, []),
        ({"least": "7", "most": "8"}, [2, 3]),
        ({"brush": "rate:0.2:0.6"}, [2, 3]),
        ({"brush": ["rate:0:0.6", "layers:0.9:1"]}, []),
        ({"brush": ["rate:0:0.6", "layers:0.6:1"]}, [2, 3]),
        ({"brush": "nothing:here"}, [1, 2, 3, 4, 5]),
        ({"sort": "value"}, [5, 3, 2, 1, 4]),
    ],
)
def test_a_filter_leaves_the_trials_that_fit(page, job, query, numbers):
    assert shown(page, job, **query) == numbers


def test_a_filter_that_nothing_fits_says_so(page, job):
    text = page.get(job.get_absolute_url(), {"tab": "trials", "q": "nobody"}).content.decode()
    assert "No trial fits the filter" in text


def export(page, job, what, kind, **query):
    answer = page.get(reverse("jobs:download", args=[job.pk, what, kind]), query)
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content).decode()


def test_the_csv_of_trials_equals_the_table(page, job):
    for query in ({"sort": "-value"}, {"status": "Failed"}, {"brush": "rate:0:0.5"}):
        rows = list(csv.DictReader(io.StringIO(export(page, job, "trials", "csv", **query))))
        assert [int(row["trial"]) for row in rows] == shown(page, job, **query)
        for row in rows:
            trial = job.trials.get(number=row["trial"])
            assert row["loss"] == ("" if trial.value is None else str(trial.value))
            assert row["difference to best"] == ("" if trial.value is None else str(trial.value - 5.0))
            assert (float(row["rate"]), int(row["layers"])) == tuple(trial.parameters.values())
            assert (row["status"], row["reason"]) == (trial.status, trial.reason)


def test_the_json_of_a_job_has_its_settings_and_every_trial_and_no_secrets(page, job):
    job.environment = {"TOKEN": "hidden-value"}
    job.save()
    text = export(page, job, "job", "json")
    found = json.loads(text)
    assert found["job"]["best_trial"] == 5
    assert found["job"]["code"] == job.snapshot.content_hash
    assert [trial["loss"] for trial in found["trials"]] == [9.0, 8.0, 7.0, None, 5.0]
    assert "hidden-value" not in text


def test_points_are_exported_with_trial_step_value_and_seconds(page, job):
    rows = list(csv.DictReader(io.StringIO(export(page, job, "points", "csv"))))
    assert [row["trial"] for row in rows] == [n for n in "1235" for _ in range(3)]
    assert rows[2] == {"trial": "1", "step": "3.0", "value": "9.0", "seconds": "0.300"}
    assert np.isnan(float(rows[1]["value"]))
    lines = [json.loads(line) for line in export(page, job, "points", "jsonl").splitlines()]
    assert lines[0]["value"] == [3.5, None, 9.0]
    assert [line["trial"] for line in lines] == [1, 2, 3, 5]


def test_trials_side_by_side_tell_what_differs(page, job):
    address = reverse("jobs:compare_trials", args=[job.pk])
    text = page.get(address, {"trial": [1, 5]}).content.decode()
    assert re.findall(r'class="differs"><th scope="row">(\w+)', text) == ["rate"]
    figure = page.get(reverse("jobs:trial_curves", args=[job.pk]), {"trial": [1, 4, 5]}).json()
    assert [trace["name"] for trace in figure["data"]] == ["Trial 1", "Trial 5"]


def test_the_report_holds_plotly_the_charts_and_every_trial(page, job):
    answer = page.get(reverse("jobs:report", args=[job.pk]))
    text = answer.content.decode()
    library = Path(finders.find(PLOTLY_FILE)).read_text(encoding="utf-8")
    assert library in text
    assert answer["Content-Disposition"] == f'attachment; filename="{job.name}.html"'
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", text.replace(library, ""))
    assert "ValueError: too steep" in text
    assert job.snapshot.content_hash in text
    assert text.count('class="chart"') >= 6


@pytest.mark.parametrize("rest", ["trials/", "compare/?trial=1", "export/trials.csv", "report/", "standing/"])
def test_strangers_find_nothing(client, job, rest):
    client.force_login(get_user_model().objects.create_user("ben", password="a-long-password"))
    assert client.get(f"{job.get_absolute_url()}{rest}").status_code == 404
