"""What belongs to somebody is not there for a stranger, at whatever address: new ones are found by themselves."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import transaction
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from algorithms.models import Algorithm, AlgorithmStatus, Engine
from jobs.models import TrainingJob, Trial
from storage.models import Bucket

pytestmark = pytest.mark.django_db(transaction=True)

MARK = "zanzibar"
"""Stands in the names, files, logs and outputs of what is not the stranger's."""
SCRIPT = f"""
import argparse, os, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float)
parser.add_argument("--{MARK}", default="1")
rate = parser.parse_args().learning_rate
print("{MARK} loss=", rate, sep="")
print("loss=%s" % rate)
(pathlib.Path(os.environ["train_url"]) / "model.txt").write_text("{MARK}")
"""
PREFLIGHT = {"seconds": 20, "num_samples": 1, "max_concurrent": 1, "time_limit": None}
FOREIGN = {"admin", "django_rq"}
"""Namespaces behind the staff's door."""
INSTEAD_OF_ADMIN = {"admin/login/", "admin/logout/"}
SHOWN_TO_THE_OWNER = {
    "home", "algorithms:list", "algorithms:create", "algorithms:arguments", "algorithms:boot_sample",
    "algorithms:workbench_trials", "jobs:list", "jobs:rows", "jobs:compare", "jobs:create",
    "jobs:create_sections", "jobs:compare_chart", "storage:buckets", "storage:picker",
}  # fmt: skip
"""Addresses without an object of their own that show something of the owner's: the requests below do reach it."""


def routes(patterns=None, namespace="") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every address of the console's own, with the names of its parameters; one without a name cannot be asked."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver) and one.namespace not in FOREIGN:
            yield from routes(one.url_patterns, f"{one.namespace}:" if one.namespace else namespace)
        elif isinstance(one, URLPattern) and str(one.pattern) not in INSTEAD_OF_ADMIN:
            yield namespace + (one.name or str(one.pattern)), tuple(one.pattern.converters)


ROUTES = list(routes())
WITH_OBJECT = [(name, parts) for name, parts in ROUTES if parts and name != "jobs:compare_chart"]
WITHOUT = [name for name, parts in ROUTES if not parts]


@pytest.fixture
def theirs(ana, data_dir, make_job, make_snapshot, work):
    """One of everything that can belong to ana, by the names that addresses and requests have for it."""
    bucket = Bucket.objects.create(name=f"{MARK}-files", owner=ana)
    folder = data_dir / "buckets" / bucket.name / "code"
    folder.mkdir(parents=True)
    (folder / "train.py").write_text(SCRIPT)
    outputs = {"outputs": ({"name": "train_url", "obtained_from": "environment"},)}
    algorithm = Algorithm.objects.create(
        name=f"{MARK}-algorithm",
        owner=ana,
        status=AlgorithmStatus.AVAILABLE,
        engine=Engine.objects.first(),
        code_directory=f"obs://{bucket.name}/code/",
        boot_file="train.py",
        snapshot=make_snapshot(SCRIPT),
    )
    job = make_job(SCRIPT, name=f"{MARK}-job", algorithm=algorithm, specification=outputs, num_samples=1)
    work()
    trial = job.trials.get()
    assert trial.value is not None, trial.reason
    check = make_job(SCRIPT, submit=False, name=f"{MARK}-check", search=False, preflight=PREFLIGHT, pk=-1)
    return {"bucket": bucket, "job": job, "trial": trial, "algorithm": algorithm, "check": check}


def arguments(theirs, route: str, parts: tuple[str, ...]) -> dict:
    """The parameters of an address of hers. A new kind of parameter has to be added here."""
    room, _, page = route.partition(":")
    whose = {
        "algorithms": theirs["trial"] if page == "workbench_log" else theirs["algorithm"],
        "jobs": theirs["job"],
    }
    known = {
        "pk": whose[room].pk if room in whose else None,
        "number": -theirs["check"].pk if page.startswith("preflight") else theirs["trial"].number,
        "name": "train_url" if page == "output" else "convergence",
        "what": "trials",
        "kind": "csv",
        "bucket": theirs["bucket"].name,
        "path": "model.txt" if room == "jobs" else "code/train.py",
    }
    return {part: known[part] for part in parts}


def named(theirs) -> dict:
    """Everything of hers that a request without an object in its address may name."""
    job, algorithm, bucket = theirs["job"], theirs["algorithm"], theirs["bucket"]
    return {
        "job": job.pk,
        "algorithm": algorithm.pk,
        "warm_start": job.pk,
        "trial": theirs["trial"].number,
        "preflight": -theirs["check"].pk,
        "name": bucket.name,
        "names": "train.py",
        "uri": f"obs://{bucket.name}/code/",
        "code_directory": f"obs://{bucket.name}/code/",
        "boot_file": "train.py",
        "boot_mode": "preset",
        "confirmed": "1",
        "typed": bucket.name,
        "kind": "folder",
    }


def requests(theirs) -> list[tuple[str, dict]]:
    """What to ask of an address without an object, so that each way of naming one takes its turn."""
    every, job, algorithm = named(theirs), theirs["job"].pk, theirs["algorithm"].pk
    variants = [
        every | {"rebuild": job, "operation": "delete"},
        every | {"job": f"{job}:Pending", "operation": "stop"},
        {"copy": algorithm},
        {"algorithm": algorithm},
    ]
    return [(method, values) for method in ("get", "post") for values in variants]


def state(theirs, data_dir) -> tuple:
    """Every row and file of hers."""
    rows = [
        model_to_dict(row)
        for model in (Bucket, TrainingJob, Trial, Algorithm)
        for row in model.objects.filter(pk__in=[one.pk for one in theirs.values() if isinstance(one, model)])
    ]
    folders = (data_dir / "buckets" / theirs["bucket"].name, data_dir / "jobs")
    return rows, sorted(str(path) for one in folders for path in one.rglob("*"))


def ask(browser, method: str, values: dict, address: str):
    """The answer to a request that names them in its query and, where it has one, its body."""
    if method == "get":
        return browser.get(address, values)
    return browser.post(f"{address}?{urlencode(values)}", values)


def text_of(answer) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="replace") + answer.headers.get("Location", "")


@pytest.fixture
def stranger(client, transactional_db):
    client.force_login(get_user_model().objects.create_user("eve", password="a-long-password"))
    return client


@pytest.fixture
def owner(theirs, ana):
    client = Client()
    client.force_login(ana)
    return client


def test_a_stranger_finds_no_object_at_any_address(stranger, owner, theirs, data_dir):
    before = state(theirs, data_dir)
    for route, parts in WITH_OBJECT:
        address = reverse(route, kwargs=arguments(theirs, route, parts))
        statuses = {
            method: ask(stranger, method, named(theirs), address).status_code for method in ("get", "post")
        }
        assert set(statuses.values()) <= {404, 405} and 404 in statuses.values(), (address, statuses)
        assert state(theirs, data_dir) == before, address
    for route, parts in WITH_OBJECT:  # or else 404 would say nothing
        address = reverse(route, kwargs=arguments(theirs, route, parts))
        answer = owner.get(address)
        if answer.status_code == 405:
            with transaction.atomic():
                answer = owner.post(address, {"trial": theirs["trial"].number})
                transaction.set_rollback(True)
        assert answer.status_code not in (404, 405), address


def test_what_a_stranger_names_in_a_request_is_neither_shown_nor_changed(stranger, owner, theirs, data_dir):
    for route in [*WITHOUT, "jobs:compare_chart"]:
        address = reverse(route, args=["trials"] if route == "jobs:compare_chart" else [])
        before = state(theirs, data_dir)
        for method, values in requests(theirs):
            said = text_of(ask(stranger, method, values, address))
            # What was asked for may be repeated.
            assert MARK not in said.replace(theirs["bucket"].name, ""), (address, method, values)
        assert state(theirs, data_dir) == before, address
        if route in SHOWN_TO_THE_OWNER:
            assert any(MARK in text_of(ask(owner, *request, address)) for request in requests(theirs)), (
                address
            )


def test_nobody_but_the_staff_finds_the_administration(stranger):
    for model in admin.site._registry:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        answer = stranger.get(reverse(f"admin:{label}_changelist"), follow=True)
        assert answer.status_code == 403, label
    assert stranger.get("/admin/queues/", follow=True).status_code == 403
