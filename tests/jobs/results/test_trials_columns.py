"""A reader chooses the columns of the trials table once, for every job."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from jobs.models import Preference
from search import Float, SearchSpace

pytestmark = pytest.mark.django_db(transaction=True)


def heads(text):
    return [
        re.sub(r"<[^>]+>", "", head).strip() for head in re.findall(r"<th scope=.*?</th>", text, re.DOTALL)
    ]


def table(page, job):
    return heads(page.get(reverse("jobs:trials", args=[job.pk])).content.decode())


def choose(page, job, *columns, **headers):
    return page.post(reverse("jobs:columns", args=[job.pk]), {"column": columns}, **headers)


EVERY_DAY = [
    "", "Trial", "Status", "loss", "To best", "rate", "layers", "kind", "0", "Steps", "Duration", "Attempts",
    "Worker", "Tags and note", "Operations",
]  # fmt: skip


def test_all_columns_are_shown_but_the_times(page, job):
    assert table(page, job) == EVERY_DAY


def test_the_chosen_columns_are_shown_and_remembered(page, job):
    answer = choose(page, job, "value", "p:layers", "started", headers={"HX-Request": "true"})
    assert heads(answer.content.decode()) == ["", "Trial", "loss", "layers", "Started", "Operations"]
    assert table(page, job) == ["", "Trial", "loss", "layers", "Started", "Operations"]
    text = page.get(job.get_absolute_url(), {"tab": "trials"}).content.decode()
    chosen = re.findall(r'name="column" value="([\w:]+)" checked', text)
    assert chosen == ["value", "p:layers", "started"]


def test_a_choice_holds_in_other_jobs_and_keeps_what_they_do_not_have(page, job, make_job):
    other = make_job("steps.py", submit=False, search_space=SearchSpace({"depth": Float(0, 1)}).to_json())
    choose(page, job, "value", "p:rate")
    choose(page, other, "value", "worker")
    hidden = Preference.objects.get().value
    assert {"p:layers", "p:depth", "status"} <= set(hidden)
    assert not {"p:rate", "value", "worker"} & set(hidden)


def test_others_keep_their_columns(page, job):
    choose(page, job, "value")
    page.force_login(get_user_model().objects.create_user("root", is_staff=True))
    assert table(page, job) == EVERY_DAY


def test_without_scripts_the_choice_leads_back_to_the_page(page, job):
    address = reverse("jobs:columns", args=[job.pk]) + "?tab=trials&q=host"
    answer = page.post(address, {"column": ["value"]})
    assert answer.url == f"{job.get_absolute_url()}?tab=trials&q=host"


def test_strangers_choose_nothing(stranger, job):
    assert choose(stranger, job, "value").status_code == 404
