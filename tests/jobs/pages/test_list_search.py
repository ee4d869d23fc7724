"""Searching, filtering and sorting the list."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone


@pytest.fixture
def names(page):
    """`names(query)` are the jobs' names on the list in order."""
    return lambda query: [job.name for job in page.get(f"/jobs/?{query}").context["page_obj"]]


@pytest.fixture
def team(ana, ben):
    team = Group.objects.create(name="team")
    ana.groups.add(team)
    ben.groups.add(team)


def test_every_word_is_part_of_something(names, make_job, team, ben):
    make_job("resnet-a", algorithm_name="vision")
    make_job("resnet-b", algorithm_name="audio")
    make_job("bert", algorithm_name="text", owner=ben, status="Failed")
    assert names("q=resnet vision") == ["resnet-a"]
    assert names("q=ESNE") == ["resnet-b", "resnet-a"]
    assert names("q=ben") == ["bert"]
    assert names("q=failed") == ["bert"]


def test_a_job_is_found_by_its_id(names, make_job):
    make_job("first")
    second = make_job("second")
    assert names(f"q=%23{second.pk}") == ["second"]
    assert names("q=99999999999999999999999") == []


def test_statuses_are_filtered_one_or_all_active(names, make_job):
    for status in ("Pending", "Running", "Terminating", "Completed"):
        make_job(status.lower(), status=status)
    assert names("status=Completed") == ["completed"]
    assert sorted(names("status=active")) == ["pending", "running", "terminating"]
    assert len(names("status=nonsense")) == 4


def test_only_my_jobs(names, make_job, team, ben):
    make_job("mine")
    make_job("theirs", owner=ben)
    assert names("mine=on") == ["mine"]
    assert len(names("")) == 2


def test_creation_days_are_both_included(names, make_job):
    zone = timezone.get_current_timezone()
    for day in (1, 2, 3, 4):
        make_job(f"day-{day}", created=datetime(2026, 3, day, 23, 59, tzinfo=zone))
    assert names("created_from=2026-03-02&created_to=2026-03-03") == ["day-3", "day-2"]


def test_columns_are_sorted_both_ways_with_the_unknown_last(names, make_job):
    now = timezone.now()
    make_job("b", best_value=0.5, started=now - timedelta(hours=2), ended=now)
    make_job("a", best_value=None)
    make_job("c", best_value=0.1, started=now - timedelta(hours=1))
    assert names("sort=name") == ["a", "b", "c"]
    assert names("sort=-name") == ["c", "b", "a"]
    assert names("sort=best") == ["c", "b", "a"]
    assert names("sort=-best") == ["b", "c", "a"]
    assert names("sort=-duration") == ["b", "c", "a"]
    assert names("sort=nonsense") == ["c", "a", "b"]


@pytest.mark.parametrize("column", ["status", "algorithm", "created", "creator"])
def test_every_column_can_be_sorted(names, make_job, column):
    make_job()
    assert names(f"sort={column}") == names(f"sort=-{column}") == ["job"]
