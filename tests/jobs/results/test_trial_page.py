"""The page of a trial: its parameters and command, its place in the table it was opened from."""

import html
import json
import re
import shlex

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

pytestmark = pytest.mark.django_db(transaction=True)


def trial_page(client, job, number, listed=""):
    query = {"list": listed} if listed else {}
    return client.get(reverse("jobs:trial", args=[job.pk, number]), query).content.decode()


def links(text):
    found = re.findall(r'<a [^>]*rel="(prev|next)"[^>]*href="([^"]+)"', text)
    return {way: html.unescape(address) for way, address in found}


def test_previous_and_next_walk_in_the_order_and_filter_of_the_table(page, job):
    listed = "tab=trials&status=Completed&sort=-p:rate"
    text = trial_page(page, job, 3, listed)
    assert "2 of 4, filtered" in text
    found = links(text)
    assert re.match(rf"/jobs/{job.pk}/trials/5/\?list=", found["prev"])
    assert re.match(rf"/jobs/{job.pk}/trials/2/\?list=", found["next"])
    following = page.get(found["next"]).content.decode()
    assert "3 of 4, filtered" in following
    assert set(links(page.get(links(following)["next"]).content.decode())) == {"prev"}


def test_the_way_back_keeps_the_filter(page, job):
    text = html.unescape(trial_page(page, job, 3, "tab=trials&q=host-1"))
    assert f'href="{job.get_absolute_url()}?tab=trials&q=host-1"' in text


def test_a_trial_that_has_left_the_list_leads_back_only(page, job):
    text = trial_page(page, job, 4, "status=Completed")
    assert not links(text)
    assert "All trials" in text


def test_without_a_list_all_trials_are_walked_by_number(page, job):
    text = trial_page(page, job, 1)
    assert "1 of 5" in text
    assert links(text) == {"next": f"/jobs/{job.pk}/trials/2/"}


def test_the_receipt_names_every_parameter_and_the_command(make_job, work, page):
    job = make_job(
        "shows_surroundings.py",
        num_samples=1,
        hyperparameters={"epochs": 3},
        specification={"outputs": [{"name": "train_url"}], "boolean_style": "flag"},
    )
    work()
    trial = job.trials.get()
    text = html.unescape(trial_page(page, job, 1))
    rows = re.findall(
        r'<th scope="row">([\w.]+)</th><td><data[^>]* value="([^"]*)".*?<td class="muted">(\w+)', text
    )
    assert rows[:2] == [
        ("learning_rate", str(trial.parameters["learning_rate"]), "searched"),
        ("epochs", "3", "fixed"),
    ]
    assert rows[2][0::2] == ("train_url", "path")
    command = re.sub("</?span>", "", re.search(r'<pre class="command">(.*?)</pre>', text)[1])
    printed = re.search(r"^\{.*\}$", trial.log_path.read_text(), re.MULTILINE)[0]
    assert command.endswith("train.py " + shlex.join(json.loads(printed)["arguments"]))
    copied = re.search(r'data-copy="(\{.*?\})"', text, re.DOTALL)[1]
    assert json.loads(copied) == {"epochs": 3, **trial.parameters}


def test_the_page_takes_a_fixed_number_of_queries(page, job):
    address = reverse("jobs:trial", args=[job.pk, 3])
    page.get(address)
    with CaptureQueriesContext(connection) as queries:
        page.get(address, {"list": "sort=-value"})
    # session, user, running jobs, job, trial, snapshot, its place, events, tags, the job's tags
    assert len(queries) == 10
