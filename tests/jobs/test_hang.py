"""A script that prints nothing and computes nothing is suspected to hang, and stopped where the job says so."""

import threading

import pytest
from django.db import connection

from jobs.execution import steering, watch
from jobs.execution.states import TrialStatus
from jobs.models import EventLevel, Trial

pytestmark = pytest.mark.django_db(transaction=True)

SILENT = "import time\nprint('loss=0.5', flush=True)\ntime.sleep(600)\n"


@pytest.fixture
def make_silent_job(make_job, monkeypatch):
    """A job whose script falls silent; a third of a second of that is a hang."""
    monkeypatch.setattr(watch, "SAMPLE_SECONDS", 0.1)

    def make(**columns):
        job = make_job(SILENT, num_samples=1, **columns)
        with connection.cursor() as cursor:  # the model knows whole minutes only
            cursor.execute("UPDATE jobs_trainingjob SET hang_minutes = 0.005")
        return job

    return make


def test_a_hanging_trial_is_stopped_with_its_value_where_the_job_says_so(make_silent_job, work):
    job = make_silent_job(stop_when_hanging=True)
    work()
    trial = job.trials.get()
    assert (trial.status, trial.value) == (TrialStatus.STOPPED, 0.5)
    assert trial.reason.startswith("Stopped as it seemed to hang: no output and no processor time")
    job.refresh_from_db()
    assert (job.status, job.best_value) == ("Completed", 0.5)


def test_a_suspected_hang_is_an_event_and_a_badge_while_the_trial_runs(
    make_silent_job, work, page, ana, eventually
):
    job, seen = make_silent_job(), []

    def look():
        eventually(lambda: Trial.objects.filter(hanging=True).exists())
        for address in (f"{job.get_absolute_url()}?tab=trials", f"{job.get_absolute_url()}trials/1/"):
            seen.append("suspected to hang" in page.get(address).content.decode())
        steering.stop_trial(job.trials.get(), ana, keep=True)
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    work()
    thread.join()
    assert seen == [True, True]
    event = job.events.get(kind="suspected hang")
    assert event.level == EventLevel.WARNING and "no output and no processor time" in event.message
    assert "suspected to hang" not in page.get(f"{job.get_absolute_url()}?tab=trials").content.decode()
