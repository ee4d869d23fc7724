"""A person's order of the charts, hidden ones and axes."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from jobs.results import catalogue

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = reverse("jobs:arrange_charts")


def send(client, data):
    return client.post(ADDRESS, data, content_type="application/json")


def shown(client, job):
    return [c["entry"].name for c in client.get(job.get_absolute_url()).context["charts"] if c["shown"]]


def test_an_arrangement_is_kept_for_the_person_alone(make_job, page, client):
    job = make_job("steps.py", submit=False)
    wanted = {"order": ["slice", "convergence"], "hidden": ["timeline"], "choices": {"convergence": ["log"]}}
    assert send(page, wanted).status_code == 204
    names = shown(page, job)
    assert names[:3] == ["slice", "convergence", "best-so-far"]
    assert "timeline" not in names
    charts = page.get(job.get_absolute_url()).context["charts"]
    assert next(c for c in charts if c["entry"].name == "convergence")["on"] == ["log"]
    client.force_login(get_user_model().objects.create_superuser("ben", password="a-long-password"))
    assert shown(client, job)[:2] == ["convergence", "best-so-far"]


@pytest.mark.parametrize(
    "body", ["nonsense", "[1]", '{"order": 3, "hidden": [["x"]], "choices": {"slice": "log"}}']
)
def test_nonsense_is_no_arrangement(make_job, page, body):
    answer = page.post(ADDRESS, body, content_type="application/json")
    assert answer.status_code in (204, 400)
    assert len(shown(page, make_job("steps.py", submit=False))) == len(catalogue.ENTRIES) - 1


def test_unknown_and_double_names_are_left_out():
    found = catalogue.checked({"order": ["slice", "x", "slice"], "choices": {"slice": ["log", "y"], "x": []}})
    assert found == {"order": ["slice"], "hidden": [], "choices": {"slice": ["log"]}}
    assert json.dumps(found)
