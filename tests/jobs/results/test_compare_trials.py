"""Some trials of a job side by side: what differs, their curves, and what is left out."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobs.models import Trial

pytestmark = pytest.mark.django_db(transaction=True)


def compared(page, job, *numbers):
    return page.get(reverse("jobs:compare_trials", args=[job.pk]), {"trial": numbers}).content.decode()


def test_what_differs_is_highlighted_and_the_best_value_too(page, job):
    text = compared(page, job, 1, 5)
    assert re.findall(r'class="differs"><th scope="row">(\w+)', text) == ["rate", "0"]
    assert re.findall(r'data-same><th scope="row">(\w+)', text) == ["layers", "kind"]
    assert re.findall(r'is-best"><data[^>]*value="([\d.]+)"', text) == ["5.0"]


def test_their_curves_are_in_one_chart(page, job):
    figure = page.get(reverse("jobs:trial_curves", args=[job.pk]), {"trial": [1, 4, 5]}).json()
    assert [trace["name"] for trace in figure["data"]] == ["Trial 1", "Trial 5"]


def test_each_can_be_left_out(page, job):
    text = compared(page, job, 1, 2, 3)
    assert re.findall(r'href="\?(trial[^"]+)" aria-label="Leave trial (\d) out"', text) == [
        ("trial=2&amp;trial=3", "1"),
        ("trial=1&amp;trial=3", "2"),
        ("trial=1&amp;trial=2", "3"),
    ]


def test_more_than_can_be_compared_is_said(page, job):
    Trial.objects.bulk_create(Trial(job=job, number=number) for number in range(6, 30))
    text = compared(page, job, *range(1, 26))
    assert "20 trials of job" in text
    assert "At most 20 are compared: the others are left out." in text


def test_without_trials_it_says_how_to_choose_some(page, job):
    text = compared(page, job, "x", 99)
    assert "No trials to compare" in text
    assert f'href="{job.get_absolute_url()}?tab=trials"' in text


def test_more_trials_cost_no_more_queries(page, job):
    counts = []
    for numbers in ((1,), (1, 2, 3, 4, 5)):
        with CaptureQueriesContext(connection) as queries:
            compared(page, job, *numbers)
        counts.append(len(queries))
    assert counts[0] == counts[1]
