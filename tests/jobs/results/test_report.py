"""The report of a job: one HTML file with charts, trials and settings, and nothing from elsewhere."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from console.assets import PLOTLY_FILE
from jobs.results import report as module
from jobs.sealing import seal

pytestmark = pytest.mark.django_db(transaction=True)

LIBRARY = Path(finders.find(PLOTLY_FILE)).read_text(encoding="utf-8")


def report(page, job, **query):
    answer = page.get(reverse("jobs:report", args=[job.pk]), query)
    assert answer["Content-Disposition"] == f'attachment; filename="{job.name}.html"'
    text = answer.content.decode()
    assert LIBRARY in text
    return text.replace(LIBRARY, "")


def test_it_holds_plotly_charts_trials_settings_and_nothing_from_elsewhere(page, job):
    text = report(page, job)
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=", text)
    assert not re.search(r"url\(|@import", text)
    assert "ValueError: too steep" in text
    assert job.snapshot.content_hash in text
    assert text.count('class="chart"') >= 6
    assert "5 of 5." in text


def test_it_lists_the_trials_of_the_filter_and_links_to_them(page, job):
    text = report(page, job, status="Completed", sort="-value", **{"min:rate": "0.001"})
    assert "3 of 5, filtered: status Completed, rate ≥ 0.001; sorted by -value." in text
    assert re.findall(r"<tr><td>(\d)</td>", text) == ["2", "3", "5"]
    address = "http://testserver/jobs/{}/?status=Completed&amp;sort=-value&amp;min%3Arate=0.001"
    assert address.format(job.pk) in text


def test_of_very_many_trials_it_says_how_many_it_lists(page, job, monkeypatch):
    monkeypatch.setattr(module, "MOST_ROWS", 2)
    text = report(page, job)
    assert len(re.findall(r"<tr><td>(\d)</td>", text)) == 2
    assert "5 of 5. The first 2 are listed; the console's export has all." in text


def test_no_secret_and_no_markup_gets_into_it(page, job):
    job.environment = {"TOKEN": "plain-hidden-value"}
    job.sealed_environment = seal({"KEY": "sealed-hidden-value"})
    job.description = "</script><b>bold</b>"
    job.save()
    job.trials.filter(number=1).update(note="<script>alert(1)</script>")
    text = report(page, job)
    assert "hidden-value" not in text
    assert "TOKEN" in text
    assert "<b>bold" not in text
    assert "<script>alert" not in text
