"""The trials table on the server: what a filter leaves, in which order, and how the page says so."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobs.models import Trial

pytestmark = pytest.mark.django_db(transaction=True)


def table(page, job, **query):
    return page.get(reverse("jobs:trials", args=[job.pk]), query).content.decode()


def shown(page, job, **query):
    return [int(number) for number in re.findall(r'data-trial-tick value="(\d+)"', table(page, job, **query))]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"status": "Failed"}, [4]),
        ({"status": "nonsense"}, [1, 2, 3, 4, 5]),
        ({"q": "steep"}, [4]),
        ({"q": "host-1"}, [1, 3, 5]),
        ({"q": "host-1 0.01"}, [3]),
        ({"q": "4 steep"}, [4]),
        ({"q": "flat"}, [3]),
        ({"q": "odd"}, [3]),
        ({"q": "nobody"}, []),
        ({"tag": "odd one"}, [3]),
        ({"tag": "odd"}, []),
        ({"starred": "1"}, [2]),
        ({"least": "7", "most": "8"}, [2, 3]),
        ({"least": "nan", "most": "much"}, [1, 2, 3, 4, 5]),
        ({"min:rate": "0.001"}, [2, 3, 4, 5]),
        ({"min:rate": "1e-3", "max:rate": "0.05"}, [2, 3]),
        ({"max:layers": "2"}, [1, 4, 5]),
        ({"min:0": "-0.05"}, [3, 4, 5]),
        ({"min:unknown": "3"}, [1, 2, 3, 4, 5]),
        ({"is:kind": "adam"}, [1, 5]),
        ({"is:kind": ["adam", "sgd"]}, [1, 2, 5]),
        ({"is:kind": "True"}, [3]),
        ({"is:kind": "None"}, [4]),
        ({"is:kind": ["None", "adam"]}, [1, 4, 5]),
        ({"is:kind": "other"}, [1, 2, 3, 4, 5]),
        ({"brush": "rate:0.2:0.6"}, [2, 3]),
        ({"brush": "layers:0.3:0.7"}, [1, 2, 5]),
        ({"brush": "kind:0:0.45"}, [1, 2, 5]),
        ({"brush": "kind:0.3:0.31"}, []),
        ({"brush": ["rate:0:0.6", "layers:0.9:1"]}, []),
        ({"brush": ["rate:0:0.6", "layers:0.6:1"]}, [2, 3]),
        ({"brush": "nothing:here"}, [1, 2, 3, 4, 5]),
        ({"brush": "rate"}, [1, 2, 3, 4, 5]),
    ],
)
def test_a_filter_leaves_the_trials_that_fit(page, job, query, numbers):
    assert shown(page, job, **query) == numbers


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        ("-number", [5, 4, 3, 2, 1]),
        ("value", [5, 3, 2, 1, 4]),
        ("-value", [1, 2, 3, 5, 4]),
        ("-duration", [5, 4, 3, 2, 1]),
        ("-attempts", [5, 4, 3, 2, 1]),
        ("-starred", [2, 1, 3, 4, 5]),
        ("steps", [4, 1, 2, 3, 5]),
        ("p:layers", [4, 1, 5, 2, 3]),
        ("-p:rate", [5, 4, 3, 2, 1]),
        ("-p:0", [5, 4, 3, 2, 1]),
        ("p:unknown", [1, 2, 3, 4, 5]),
        ("parameters", [1, 2, 3, 4, 5]),
    ],
)
def test_a_column_sorts_both_ways_with_the_unknown_last(page, job, sort, numbers):
    assert shown(page, job, sort=sort) == numbers


def test_trials_without_a_value_of_the_hyperparameter_come_last(page, job):
    Trial.objects.filter(job=job, number=2).update(parameters={"layers": 3})
    assert shown(page, job, sort="p:rate") == [1, 3, 4, 5, 2]
    assert shown(page, job, sort="-p:rate") == [5, 4, 3, 1, 2]


def test_ranges_are_named_with_a_link_that_takes_each_away(page, job):
    query = {"least": "5.5", "min:rate": "0.001", "is:kind": "sgd", "brush": "rate:0.2:2", "sort": "-value"}
    text = table(page, job, **query)
    chips = dict(re.findall(r'<span class="chip">([^<]+)<a href="\?([^"]*)"', text))
    assert list(chips) == ["loss ≥ 5.5", "rate ≥ 0.001", "kind: sgd", "rate ≥ 0.00063096"]
    assert "least" not in chips["loss ≥ 5.5"]
    assert "is%3Akind=sgd" in chips["loss ≥ 5.5"]
    assert re.search(r'<a href="\?sort=-value" data-trials-link>Show all', text)
    assert "1 of 5 trials" in text


def test_a_filter_that_nothing_fits_says_so(page, job):
    text = page.get(job.get_absolute_url(), {"tab": "trials", "q": "nobody"}).content.decode()
    assert "No trial fits the filter" in text


def test_the_controls_show_what_the_address_asks_for(page, job):
    query = {
        "tab": "trials",
        "status": "Failed",
        "tag": "again",
        "starred": "1",
        "is:kind": "sgd",
        "max:rate": "0.5",
    }
    text = page.get(job.get_absolute_url(), query).content.decode()
    assert "<option selected>Failed</option>" in text
    assert "<option selected>again</option>" in text
    assert re.search(r'name="is:kind" value="sgd" checked', text)
    assert re.search(r'name="max:rate" value="0.5"', text)


def test_rows_link_to_trials_that_know_the_way_back(page, job):
    text = table(page, job, status="Completed", sort="-value")
    address = reverse("jobs:trial", args=[job.pk, 1])
    assert f'href="{address}?list=status%3DCompleted%26sort%3D-value"' in text


def test_the_table_takes_a_fixed_number_of_queries(page, job):
    query = {"sort": "-p:rate", "min:rate": "0", "q": "host"}
    page.get(reverse("jobs:trials", args=[job.pk]), query)
    with CaptureQueriesContext(connection) as queries:
        table(page, job, **query)
    # session, user, job, the reader's columns, count, page, tags
    assert len(queries) == 7
