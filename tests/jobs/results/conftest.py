"""A finished search of five trials, whose numbers are known."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from jobs.models import PointBatch, Trial, TrialTag
from jobs.results import points
from search import Categorical, Float, Integer, SearchSpace

SPACE = SearchSpace(
    {
        "rate": Float(1e-4, 1.0, log=True),
        "layers": Integer(1, 4),
        "kind": Categorical(["adam", "sgd", True, None]),
        "0": Float(-1.0, 1.0),
    }
)
RATES = [1e-4, 1e-3, 1e-2, 1e-1, 1.0]
KINDS = ["adam", "sgd", True, None, "adam"]
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def job(make_job):
    """Five trials; the fourth failed; each completed one has three points; the last one is best.

    Trial number n took n seconds and was started n times. The second is starred, the third has a note and
    the tags "again" and "odd one".
    """
    job = make_job("steps.py", submit=False, status="Completed", search_space=SPACE.to_json())
    for number, (rate, kind) in enumerate(zip(RATES, KINDS, strict=True), 1):
        failed = number == 4
        trial = Trial.objects.create(
            job=job,
            number=number,
            parameters={"rate": rate, "layers": number % 4 + 1, "kind": kind, "0": number / 10 - 0.3},
            status="Failed" if failed else "Completed",
            reason="ValueError: too steep" if failed else "",
            value=None if failed else 10.0 - number,
            worker=f"host-{number % 2}",
            point_count=0 if failed else 3,
            attempt=number,
            started=START,
            ended=START + timedelta(seconds=number),
            starred=number == 2,
            note="=flat from the start" if number == 3 else "",
        )
        if not failed:
            rows = [(1.0, 3.5, 0.1, 1, 0), (2.0, float("nan"), 0.2, 2, 9), (3.0, 10.0 - number, 0.3, 3, 18)]
            PointBatch.objects.create(trial=trial, first=0, count=3, data=points.pack(rows))
    TrialTag.objects.bulk_create(
        TrialTag(trial=job.trials.get(number=3), name=name) for name in ("odd one", "again")
    )
    job.best_trial, job.best_value = trial, 5.0
    job.created_trials, job.completed_trials, job.failed_trials = 5, 4, 1
    job.save()
    return job


@pytest.fixture
def stranger(client):
    """The test client, signed in as somebody who sees none of the jobs."""
    client.force_login(get_user_model().objects.create_user("ben", password="a-long-password"))
    return client


@pytest.fixture
def guest(client, ana):
    """The test client, signed in as a member of ana's group: sees her jobs and may not change them."""
    team = Group.objects.create(name="team")
    cleo = get_user_model().objects.create_user("cleo", password="a-long-password")
    team.user_set.add(ana, cleo)
    client.force_login(cleo)
    return client
