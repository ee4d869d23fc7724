"""People and jobs for the pages of the frame."""

import itertools

import pytest
from django.contrib.auth import get_user_model

from jobs.models import ResourcePool, TrainingJob

PASSWORD = "a-long-password"
_numbers = itertools.count(1)


@pytest.fixture
def make_user(db):
    """`make_user(name, **columns)` adds somebody with the password "a-long-password"."""
    return lambda name, **columns: get_user_model().objects.create_user(name, password=PASSWORD, **columns)


@pytest.fixture
def ana(make_user):
    return make_user("ana")


@pytest.fixture
def signed_in(client, ana):
    """A client signed in as ana."""
    client.force_login(ana)
    return client


@pytest.fixture
def make_job(ana):
    """`make_job(**columns)` adds ana's search of 20 trials, running unless a column says otherwise."""

    def make(**columns) -> TrainingJob:
        defaults = {
            "name": f"job-{next(_numbers)}",
            "owner": ana,
            "pool": ResourcePool.objects.get_or_create(name="default")[0],
            "status": "Running",
            "search_space": {"learning_rate": {}},
            "indicator_name": "val_accuracy",
            "num_samples": 20,
        }
        return TrainingJob.objects.create(**defaults | columns)

    return make
