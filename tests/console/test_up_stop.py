"""A request to stop ends every process in order; the next start goes on with what was running."""

import signal
import sqlite3

import pytest

from tests.up import alive

pytestmark = pytest.mark.stack


def rows(data_dir, query):
    with sqlite3.connect(data_dir / "db.sqlite3", timeout=30) as database:
        return database.execute(query).fetchall()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left(start_up, number):
    up = start_up("--no-example")
    up.address()
    family = up.family()
    assert len(family) >= 6
    assert up.end(number) == 0
    assert alive(family) == []
    assert "Stopping." in up.output
    assert "is killed" not in up.output


def test_a_request_while_it_starts_is_no_failure_either(start_up):
    up = start_up("--no-example")
    up.wait_for_text("Preparing the database")
    family = up.family()
    assert up.end() == 0
    assert alive(family) == []


def test_nothing_survives_a_killed_up(start_up, eventually):
    up = start_up("--no-example")
    up.address()
    family = up.family()
    up.end(signal.SIGKILL)
    eventually(lambda: not alive(family))


def test_the_next_start_goes_on_with_a_search_that_was_running(start_up):
    first = start_up()
    first.wait_for_text("trial 1 of 20")
    assert first.end() == 0
    statuses = dict(rows(first.data_dir, "SELECT status, count(*) FROM jobs_trial GROUP BY status"))
    assert "Running" not in statuses, "the trial was given back"
    rows(first.data_dir, "UPDATE jobs_trainingjob SET num_samples = 4")

    second = start_up()
    second.wait_for_text("Going on with 1 training job: digits-search")
    job = "SELECT status, completed_trials, created_trials FROM jobs_trainingjob"
    second.wait_for(lambda: rows(second.data_dir, job) == [("Completed", 4, 4)])
    assert second.end() == 0
