"""Several searches on one page: their best values over trials and time, and the settings that differ."""

import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobs.models import Trial
from jobs.results.comparison import differing, progress
from search import Integer, SearchSpace

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def make_search(make_job):
    """A finished search whose trials started together and ended after so many seconds with these values."""

    def make(ended, **columns):
        job = make_job("steps.py", submit=False, status="Completed", **columns)
        for number, (seconds, value) in enumerate(ended, 1):
            Trial.objects.create(
                job=job,
                number=number,
                parameters={"learning_rate": 0.1},
                status="Failed" if value is None else "Completed",
                value=value,
                started=START,
                ended=START + timedelta(seconds=seconds),
            )
        return job

    return make


def test_the_best_value_develops_in_the_order_in_which_trials_ended(make_search):
    found = progress(make_search([(30, 1.0), (10, 3.0), (20, None), (40, 2.0)]))
    assert found.seconds.tolist() == [10, 20, 30, 40]
    assert found.best.tolist() == [3.0, 3.0, 1.0, 1.0]


def test_a_search_without_trials_has_no_progress(make_search):
    assert len(progress(make_search([])).best) == 0


def test_settings_that_differ_are_listed_and_no_others(make_search):
    one = make_search([], name="one")
    two = make_search([], name="two", num_samples=7, search_parameters={"seed": 2})
    assert differing([one, two]) == [("random_search: seed", [1, 2]), ("num samples", [3, 7])]
    assert differing([one]) == []


def test_a_fixed_value_and_a_range_of_a_hyperparameter_stand_in_one_row(make_search):
    space = SearchSpace({"depth": Integer(1, 8)}).to_json()
    one = make_search([], hyperparameters={"depth": 3, "seed": 1})
    two = make_search([], search_space=space, hyperparameters={"learning_rate": 0.1, "seed": 1})
    rows = dict(differing([one, two]))
    assert rows == {
        "hyperparameter depth": [3, "1 to 8"],
        "hyperparameter learning_rate": ["0.0001 to 1, log", 0.1],
    }


def test_the_page_shows_both_charts_and_what_differs(make_search, page):
    jobs = [
        make_search([(1, 2.0)], name="one"),
        make_search([(5, 1.5), (6, 1.0)], name="two", max_concurrent=9),
    ]
    query = {"job": [job.pk for job in jobs]}
    text = page.get(reverse("jobs:compare"), query).content.decode()
    assert "max concurrent" in text
    assert "num samples" not in text
    for kind, x in (("trials", [1, 2]), ("time", [5, 6])):
        figure = page.get(reverse("jobs:compare_chart", args=[kind]), {**query, "format": "csv"})
        rows = [line.split(",") for line in figure.content.decode().splitlines()[1:]]
        mine = [(float(row[2]), float(row[3])) for row in rows if row[0].startswith("two")]
        assert mine == list(zip(x, np.array([1.5, 1.0]), strict=True))


def test_the_best_value_is_marked_where_all_look_for_the_same(make_search, page):
    jobs = [make_search([(1, 2.0)], name="one"), make_search([(5, 1.5)], name="two")]
    for job in jobs:
        job.best_trial = job.trials.get()
        job.best_value = job.best_trial.value
        job.save()
    address, query = reverse("jobs:compare"), {"job": [job.pk for job in jobs]}
    assert re.findall(r'is-best"><data[^>]*value="([\d.]+)"', page.get(address, query).content.decode()) == [
        "1.5"
    ]
    jobs[0].direction = "max"
    jobs[0].save()
    text = page.get(address, query).content.decode()
    assert "is-best" not in text
    assert "cannot be compared" in text
    assert re.findall(r'compare/trials/\?([^"]*)"', text) == [f"job={job.pk}" for job in jobs]
    drawn = page.get(reverse("jobs:compare_chart", args=["trials"]), query).json()["data"]
    assert [trace["name"] for trace in drawn] == [f"one ({jobs[0].pk})"]


def test_a_search_without_a_value_is_named_beside_the_curves(make_search, page):
    jobs = [make_search([(1, 2.0)], name="one"), make_search([(1, None)], name="lost")]
    query = {"job": [job.pk for job in jobs]}
    figure = page.get(reverse("jobs:compare_chart", args=["trials"]), query).json()
    assert [trace["name"] for trace in figure["data"]] == [f"one ({jobs[0].pk})"]
    assert figure["layout"]["title"]["subtitle"]["text"] == f"Without a value: lost ({jobs[1].pk})"


def test_what_cannot_be_compared_is_counted(make_search, make_job, page):
    jobs = [make_search([], name=f"search-{number}") for number in range(11)]
    plain = make_job("steps.py", submit=False, search=False)
    text = page.get(reverse("jobs:compare"), {"job": [job.pk for job in [*jobs, plain]]}).content.decode()
    assert "2 jobs of those chosen are left out" in text


def test_more_jobs_cost_no_more_queries(make_search, page):
    jobs = [make_search([(1, 2.0)], name=f"search-{number}") for number in range(5)]
    counts = []
    for some in (jobs[:2], jobs):
        with CaptureQueriesContext(connection) as queries:
            page.get(reverse("jobs:compare"), {"job": [job.pk for job in some]})
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_strangers_see_none_of_the_jobs(make_search, client):
    job = make_search([(1, 2.0)])
    client.force_login(get_user_model().objects.create_user("ben", password="a-long-password"))
    text = client.get(reverse("jobs:compare"), {"job": job.pk}).content.decode()
    assert "No searches to compare" in text
