"""The page of job details: tabs, who sees it, and what is polled while the job runs."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs.execution import rereading
from jobs.execution.states import JobStatus, TrialStatus
from jobs.models import Trial

pytestmark = pytest.mark.django_db(transaction=True)

TABS = ["results", "trials", "logs", "events", "usage"]


def add_trials(job, numbers):
    Trial.objects.bulk_create(
        Trial(
            job=job,
            number=number,
            parameters={"learning_rate": 0.1},
            status=TrialStatus.FAILED if number % 3 == 0 else TrialStatus.COMPLETED,
            value=None if number % 3 == 0 else number / 10,
            reason="exit code 1" if number % 3 == 0 else "",
            attempt=1,
        )
        for number in numbers
    )


def test_a_search_shows_its_best_value_and_every_trial(make_job, work, page):
    job = make_job("steps.py", num_samples=2)
    work()
    job.refresh_from_db()
    text = page.get(job.get_absolute_url()).content.decode()
    assert "Auto search results" in text
    best = re.search(r'id="best-value">(.*?)</p>', text, re.DOTALL)[1]
    assert repr(job.best_value) in best
    for number in (1, 2):
        assert f"/trials/{number}/" in text


def test_a_plain_job_opens_at_the_value_curve_and_log_of_its_trial(make_job, work, page):
    job = make_job("steps.py", search=False, hyperparameters={"learning_rate": 0.1})
    address = f"{job.get_absolute_url()}live/"
    waiting = page.get(job.get_absolute_url()).content.decode()
    assert "The first value that the script prints sets it." in waiting
    assert "X-Live-Awaits" in waiting
    awaits = {"headers": {"X-Live-Awaits": "trial"}}
    assert "HX-Refresh" not in page.get(address, {"tab": "results"}, **awaits)
    work()
    job.refresh_from_db()
    text = page.get(job.get_absolute_url()).content.decode()
    assert repr(job.best_value) in re.search(r'id="best-value">(.*?)</p>', text, re.DOTALL)[1]
    assert f"{job.get_absolute_url()}trials/1/curve/" in text
    assert 'id="log"' in text
    assert "Auto search results" not in text
    assert page.get(address, {"tab": "results"}, **awaits)["HX-Refresh"] == "true"


def test_a_plain_job_without_an_indicator_can_be_given_one(make_job, work, page):
    job = make_job("print('accuracy 0.9')\n\n", search=False, pattern="", indicator_name="", direction="")
    work()
    text = page.get(job.get_absolute_url()).content.decode()
    assert "No search indicator was given" in text
    assert "Read an indicator…" in text
    wish = {"indicator_name": "accuracy", "direction": "max", "pattern": r"accuracy (\S+)"}
    assert page.post(f"{job.get_absolute_url()}reread/", wish).status_code == 302
    rereading.carry_out(job.readings.get().pk)
    job.refresh_from_db()
    assert (job.status, job.best_value) == (JobStatus.COMPLETED, 0.9)


def test_a_plain_job_without_a_value_says_why(make_job, work, page):
    job = make_job("print('accuracy 1')\n\n", search=False)
    work()
    text = page.get(job.get_absolute_url()).content.decode()
    assert "No line matched the search indicator loss, 1 line read." in text
    assert 'data-status="Completed"' in text


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_of_a_search_that_has_run_opens(make_job, work, page, tab):
    job = make_job("steps.py", num_samples=1)
    work()
    response = page.get(job.get_absolute_url(), {"tab": tab})
    assert (response.status_code, response.context["tab"]) == (200, tab)


def test_the_column_of_settings_stays_as_the_person_wants_it_for_results_and_for_the_other_tabs(
    make_job, page
):
    job = make_job("steps.py", submit=False)

    def kept(tab):
        text = page.get(job.get_absolute_url(), {"tab": tab}).text
        return re.search(r'data-settings="(\w+)"', text)[1]

    assert {kept(tab) for tab in TABS} == {"auto"}
    assert page.post("/jobs/settings/", {"settings": "shown", "tab": "logs"}).status_code == 204
    assert page.post("/jobs/settings/", {"settings": "nonsense", "tab": "results"}).status_code == 400
    assert [kept(tab) for tab in TABS] == ["auto", "shown", "shown", "shown", "shown"]


def test_ten_trials_stand_beside_the_charts_and_fifty_alone(make_job, page):
    job = make_job("steps.py", submit=False, status=JobStatus.COMPLETED, num_samples=60, created_trials=60)
    add_trials(job, range(1, 61))
    counts = [
        page.get(job.get_absolute_url(), {"tab": tab}).text.count("data-trial-tick") for tab in TABS[:2]
    ]
    assert counts == [10, 50]


def test_an_unknown_tab_is_the_first_one(make_job, page):
    job = make_job("steps.py")
    assert page.get(job.get_absolute_url(), {"tab": "nonsense"}).context["tab"] == "results"


@pytest.mark.parametrize("rest", ["", "live/", "logs/", "charts/convergence/", "trials/1/", "trials/1/log/"])
def test_strangers_find_nothing_there(make_job, work, client, rest):
    job = make_job("steps.py", num_samples=1)
    work()
    client.force_login(get_user_model().objects.create_user("ben", password="a-long-password"))
    assert client.get(f"{job.get_absolute_url()}{rest}").status_code == 404


def test_polling_goes_on_while_the_job_is_active_and_ends_with_it(make_job, work, page):
    job = make_job("steps.py", num_samples=1)
    address = f"{job.get_absolute_url()}live/"
    assert page.get(address, {"tab": "results"}).status_code == 200
    assert f'hx-get="{address}' in page.get(job.get_absolute_url()).content.decode()
    work()
    last = page.get(address, {"tab": "results"})
    assert last.status_code == 286
    assert "Completed" in last.content.decode()
    assert f'hx-get="{address}' not in page.get(job.get_absolute_url()).content.decode()


def test_a_table_that_has_not_changed_is_not_sent_again(make_job, page, monkeypatch):
    monkeypatch.setattr("jobs.results.freshness.CLOCK_SECONDS", 10**12)
    job = make_job("steps.py", submit=False, status=JobStatus.RUNNING, num_samples=9)
    add_trials(job, range(1, 4))
    address = f"{job.get_absolute_url()}live/"
    first = page.get(address, {"tab": "results"})
    seen = {"X-Live-Known": first["X-Live-Stamp"]}
    again = page.get(address, {"tab": "results"}, headers=seen).content.decode()
    assert 'id="live-trials"' in first.content.decode()
    assert 'id="live-progress"' in again
    assert 'id="live-trials"' not in again
    assert (
        'id="live-trials"'
        in page.get(address, {"tab": "results", "sort": "-value"}, headers=seen).content.decode()
    )
    Trial.objects.filter(job=job, number=1).update(point_count=5)
    assert 'id="live-trials"' in page.get(address, {"tab": "results"}, headers=seen).content.decode()


def test_the_menu_is_swapped_only_when_the_job_has_ended(make_job, work, page):
    job = make_job("steps.py", num_samples=1)
    address = f"{job.get_absolute_url()}live/"
    assert 'id="job-more"' not in page.get(address).content.decode()
    work()
    ended = page.get(address).content.decode()
    assert 'id="job-more"' in ended
    assert "Read the indicator anew" in ended


@pytest.mark.parametrize("tab", TABS)
def test_more_trials_cost_no_more_queries(make_job, page, tab):
    job = make_job("steps.py", submit=False, status=JobStatus.RUNNING, num_samples=40)
    counts = []
    for numbers in (range(1, 6), range(6, 31)):
        add_trials(job, numbers)
        page.get(job.get_absolute_url(), {"tab": tab})
        with CaptureQueriesContext(connection) as queries:
            page.get(job.get_absolute_url(), {"tab": tab})
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_description_changes_in_place_for_its_owner(make_job, page):
    job = make_job("steps.py")
    page.post(f"{job.get_absolute_url()}describe/", {"description": "  second try "})
    job.refresh_from_db()
    assert job.description == "second try"


def test_the_number_of_active_jobs_above_the_page_follows_when_a_job_has_ended(page, make_job, work):
    job = make_job("steps.py")
    address = f"/jobs/{job.pk}/live/"
    assert 'id="running-jobs"' not in page.get(address).text
    assert 'class="running"' in page.get(f"/jobs/{job.pk}/").text
    work()
    _, _, badge = page.get(address).text.partition('id="running-jobs" hx-swap-oob="innerHTML"')
    assert badge and 'class="running"' not in badge
