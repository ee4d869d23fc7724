"""The home page: what runs, what ran last, and the three steps of a newcomer."""

import pytest
from django.urls import reverse

from algorithms.models import Algorithm, Engine


def links(response) -> str:
    return response.content.decode()


def test_a_newcomer_is_taught_the_three_steps(signed_in):
    page = links(signed_in.get("/"))
    positions = [
        page.index(step) for step in ("Create an algorithm", "Create a training job", "Read the results")
    ]
    assert positions == sorted(positions)
    assert f'class="btn btn-primary" href="{reverse("algorithms:create")}"' in page


def test_with_an_algorithm_the_next_step_is_the_training_job(signed_in, ana):
    engine = Engine.objects.create(framework="Python", version="3.11-home")
    Algorithm.objects.create(name="digits", owner=ana, engine=engine, status="Available")
    page = links(signed_in.get("/"))
    assert f'class="btn btn-primary" href="{reverse("jobs:create")}"' in page
    assert "step-done" in page


def test_a_running_search_shows_progress_and_best_value(signed_in, make_job):
    make_job(name="digits", created_trials=9, completed_trials=6, failed_trials=1, best_value=0.98765432)
    page = links(signed_in.get("/"))
    assert '<progress value="7" max="20" aria-label="Trials of digits">' in page
    assert "1 failed" in page
    assert 'value="0.98765432"' in page
    assert "0.98765</data>" in page


def test_with_jobs_each_thing_to_create_has_one_button(signed_in, make_job):
    make_job()
    page = links(signed_in.get("/"))
    assert page.count(f'href="{reverse("algorithms:create")}"') == 1
    assert page.count(f'href="{reverse("jobs:create")}"') == 1


def test_nobody_sees_the_jobs_of_strangers(client, make_user, make_job):
    make_job(name="secret-of-ana")
    client.force_login(make_user("bob"))
    assert "secret-of-ana" not in links(client.get("/"))


def test_the_latest_jobs_come_first(signed_in, make_job):
    for name in ("first", "second", "third"):
        make_job(name=name, status="Completed")
    jobs = signed_in.get("/").context["latest"]
    assert [job.name for job in jobs] == ["third", "second", "first"]


def test_more_running_jobs_than_fit_are_one_click_away(signed_in, make_job):
    for _ in range(7):
        make_job()
    response = signed_in.get("/")
    assert len(response.context["running"]) == 6
    assert "All running training jobs" in links(response)


def test_the_top_bar_counts_the_active_jobs_and_leads_to_them(signed_in, make_job):
    make_job(name="on")
    make_job(name="waiting", status="Pending")
    make_job(name="done", status="Completed")
    page = links(signed_in.get("/"))
    bar = page[page.index('class="running"') : page.index("</header>")]
    assert '<span class="num">2</span>' in bar
    target = signed_in.get(page.split('class="running" href="')[1].split('"')[0])
    shown = links(target)
    assert ">on</a>" in shown
    assert ">waiting</a>" in shown
    assert ">done</a>" not in shown


def test_the_page_polls_only_while_something_runs(signed_in, make_job):
    make_job(status="Completed")
    assert "hx-trigger" not in links(signed_in.get("/"))
    make_job()
    assert 'hx-trigger="every' in links(signed_in.get("/"))


def test_polling_ends_when_nothing_runs_any_more(signed_in, make_job):
    job = make_job()
    asked = signed_in.get("/", headers={"HX-Request": "true"})
    assert asked.status_code == 200
    assert "<html" not in links(asked)
    type(job).objects.update(status="Completed")
    assert signed_in.get("/", headers={"HX-Request": "true"}).status_code == 286


@pytest.mark.parametrize("count", [1, 8])
def test_the_page_needs_five_queries_however_many_jobs_there_are(
    signed_in, make_job, count, django_assert_num_queries
):
    for _ in range(count):
        make_job()
    with django_assert_num_queries(5):  # session, user, running, latest, number in the top bar
        signed_in.get("/")
