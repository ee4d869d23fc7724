"""The tab *Resource usage* shows one trial at a time."""

import pytest

from jobs.models import Trial

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job(make_job, work):
    job = make_job("steps.py")
    work()
    job.refresh_from_db()
    return job


def test_it_opens_at_the_best_trial_and_offers_the_others(page, job):
    text = page.get(f"/jobs/{job.pk}/", {"tab": "usage"}).text
    assert text.count("data-chart-url") == 1
    assert f"/jobs/{job.pk}/trials/{job.best_trial.number}/usage/" in text
    choices = text.partition('id="chosen-trial"')[2].partition("</select>")[0]
    assert choices.count("<option") == 3


def test_the_address_names_the_trial(page, job):
    text = page.get(f"/jobs/{job.pk}/", {"tab": "usage", "trial": 2}).text
    assert f"/jobs/{job.pk}/trials/2/usage/" in text
    assert 'href="?tab=usage&amp;trial=1"' in text and 'href="?tab=usage&amp;trial=3"' in text


def test_a_job_without_trials_says_what_will_stand_here(page, make_job):
    job = make_job("steps.py")
    assert not Trial.objects.filter(job=job).exists()
    assert "No samples yet" in page.get(f"/jobs/{job.pk}/", {"tab": "usage"}).text
