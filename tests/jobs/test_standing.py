"""The verdict's fragment, and making a trial's hyperparameters the algorithm's defaults."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from algorithms.models import Algorithm, Engine
from algorithms.specification import Hyperparameter
from jobs.models import Trial

pytestmark = pytest.mark.django_db(transaction=True)

RATE = {"name": "learning_rate", "type": "Float", "default": 0.5}


@pytest.fixture
def finished(make_job, ana):
    """A search of three trials (the second used the defaults) of an algorithm of its own."""
    engine = Engine.objects.create(framework="Plain", version="1")
    algorithm = Algorithm.objects.create(
        name="curve",
        owner=ana,
        engine=engine,
        code_directory="obs://ana/code/",
        boot_file="train.py",
        hyperparameters=[dict(RATE), {"name": "other", "type": "Integer", "default": 3}],
    )
    job = make_job(
        "steps.py",
        submit=False,
        algorithm=algorithm,
        status="Completed",
        specification={"hyperparameters": (Hyperparameter("learning_rate", "Float", 0.5),)},
        completed_trials=3,
        created_trials=3,
    )
    for number, (rate, value) in enumerate([(0.9, 3.0), (0.5, 2.0), (0.01, 1.0)], 1):
        trial = Trial.objects.create(
            job=job, number=number, parameters={"learning_rate": rate}, status="Completed", value=value
        )
    job.best_trial, job.best_value = trial, 1.0
    job.save()
    return job


def test_the_verdict_compares_with_the_trial_that_used_the_defaults(finished, page):
    text = page.get(reverse("jobs:standing", args=[finished.pk])).content.decode()
    assert "1 (50.0%) better than the defaults in trial 2 (2)." in text
    assert "Improved with the latest trial." in text
    assert "--learning_rate 0.01" in text
    assert f"rebuild={finished.pk}&amp;trial=3" in text


def test_an_unchanged_verdict_costs_nothing(finished, page):
    address = reverse("jobs:standing", args=[finished.pk])
    stamp = f"3.{finished.best_trial_id}.False"
    assert page.get(address, {"seen": stamp}).status_code == 204


def test_the_best_hyperparameters_become_the_algorithms_defaults(finished, page):
    page.post(reverse("jobs:make_defaults", args=[finished.pk]), {"trial": 3})
    finished.algorithm.refresh_from_db()
    assert [row["default"] for row in finished.algorithm.hyperparameters] == [0.01, 3]


def test_nobody_else_changes_the_defaults(finished, client):
    client.force_login(get_user_model().objects.create_user("ben", password="a-long-password"))
    answer = client.post(reverse("jobs:make_defaults", args=[finished.pk]), {"trial": 3})
    assert answer.status_code == 404
    finished.algorithm.refresh_from_db()
    assert finished.algorithm.hyperparameters[0]["default"] == 0.5
