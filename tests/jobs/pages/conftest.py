"""Algorithms and jobs as the pages of Training Management find them."""

import hashlib

import pytest
from django.contrib.auth import get_user_model

from algorithms.models import Algorithm, AlgorithmStatus, CodeSnapshot, Engine
from jobs.models import ResourcePool, TrainingJob
from storage.models import Bucket
from tests.jobs.pages.forms import read_form

SPACE = {"dimensions": [{"name": "learning_rate", "type": "float", "lower": 1e-5, "upper": 0.1, "log": True}]}


@pytest.fixture
def ana(db, data_dir):
    user = get_user_model().objects.create_user("ana", password="a-long-password")
    Bucket.objects.create(name="ana", owner=user)
    (data_dir / "buckets" / "ana" / "data").mkdir(parents=True)
    return user


@pytest.fixture
def ben(db):
    return get_user_model().objects.create_user("ben", password="a-long-password")


@pytest.fixture
def page(client, ana):
    """A client signed in as ana."""
    client.force_login(ana)
    return client


@pytest.fixture
def snapshot(db):
    return CodeSnapshot.objects.create(
        content_hash=hashlib.sha256(b"train").hexdigest(), file_count=1, size=5
    )


def hyperparameter(name, type="Float", default=None, required=False, restraint=None):
    """A row of an algorithm's hyperparameters."""
    return {
        "name": name, "type": type, "default": default, "required": required, "description": "",
        "restraint": restraint or {"kind": "", "lower": None, "upper": None, "choices": []}, "position": None,
    }  # fmt: skip


def search_range(name, lower=None, upper=None, log=False, choices=()):
    """A row of an algorithm's automatic search parameters."""
    return {"name": name, "lower": lower, "upper": upper, "log": log, "choices": list(choices)}


@pytest.fixture
def make_algorithm(ana, snapshot):
    """An available algorithm with autoSearch(S) over numbers and choices, unless keywords say otherwise."""

    def make(**columns):
        within = {"kind": "range", "lower": 1e-6, "upper": 1.0, "choices": []}
        values = {
            "name": "digits",
            "owner": ana,
            "status": AlgorithmStatus.AVAILABLE,
            "engine": Engine.objects.first(),
            "code_directory": "obs://ana/code/",
            "boot_file": "train.py",
            "snapshot": snapshot,
            "hyperparameters": [
                hyperparameter("learning_rate", default=0.01, required=True, restraint=within),
                hyperparameter("epochs", "Integer", default=5, required=True),
                hyperparameter("optimizer", "String", default="sgd"),
                hyperparameter("note", "String"),
            ],
            "auto_search": True,
            "indicators": [
                {"name": "accuracy", "direction": "max", "pattern": r"accuracy=(\S+)"},
                {"name": "loss", "direction": "min", "pattern": r"loss=(\S+)"},
            ],
            "search_ranges": [
                search_range("learning_rate", 1e-5, 0.1, log=True),
                search_range("epochs", 2, 12),
                search_range("optimizer", choices=["sgd", "adam", "rmsprop"]),
            ],
            "search_algorithms": {
                "tpe_search": {"num_samples": 12, "seed": 3},
                "bayes_opt_search": {
                    "num_samples": 20,
                    "seed": 1,
                    "kind": "ucb",
                    "kappa": 2.5,
                    "xi": 0.0,
                },
            },
        }
        return Algorithm.objects.create(**{**values, **columns})

    return make


@pytest.fixture
def algorithm(make_algorithm):
    return make_algorithm()


@pytest.fixture
def make_job(ana, snapshot):
    """A job of ana's as it stands in the database, not run by anybody."""

    def make(name="job", **columns):
        values = {
            "name": name,
            "owner": ana,
            "algorithm_name": "digits",
            "specification_data": {"boot_file": "train.py"},
            "snapshot": snapshot,
            "search_space": SPACE,
            "indicator_name": "accuracy",
            "direction": "max",
            "search_algorithm": "tpe_search",
            "search_parameters": {"seed": 1},
            "num_samples": 10,
            "pool": ResourcePool.objects.get(name="default"),
        }
        created = columns.pop("created", None)
        job = TrainingJob.objects.create(**{**values, **columns})
        if created:
            TrainingJob.objects.filter(pk=job.pk).update(created=created)
        return job

    return make


@pytest.fixture
def filled(page):
    """`filled(address, **changes)` is what a browser would send from the form there, with those changes.

    A name is written with `__` for `-`; a change to None leaves the control out.
    """

    def fill(address="/jobs/create/", **changes):
        response = page.get(address)
        assert response.status_code == 200
        data = read_form(response.content.decode(), "data-create-job")
        data |= {name.replace("__", "-"): value for name, value in changes.items()}
        return {name: value for name, value in data.items() if value is not None}

    return fill


@pytest.fixture
def submit(page, filled):
    """`submit(address, **changes)` sends the form and returns the job it made, or the errors by control."""

    def send(address="/jobs/create/", **changes):
        before = set(TrainingJob.objects.values_list("pk", flat=True))
        response = page.post(address, filled(address, **changes))
        if response.status_code == 302:
            return TrainingJob.objects.exclude(pk__in=before).get()
        assert not TrainingJob.objects.exclude(pk__in=before).exists()
        problems = response.context["problems"]
        return {problem.anchor.removeprefix("id_"): problem.message for problem in problems}

    return send
