"""People, code directories in real buckets, and the data a browser would send for Create algorithm."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from algorithms import lifecycle
from algorithms.models import Algorithm, Engine
from storage.models import Bucket

SCRIPT = "import argparse\nprint('loss=0.5')\n"


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    """Buckets and snapshots of this test alone."""
    settings.BUCKETS_DIR = tmp_path / "buckets"
    settings.SNAPSHOTS_DIR = tmp_path / "snapshots"
    settings.DATA_DIR = tmp_path


@pytest.fixture
def person(db):
    return get_user_model().objects.create_user("ada", password="a-long-password")


@pytest.fixture
def stranger(db):
    return get_user_model().objects.create_user("bob", password="a-long-password")


@pytest.fixture
def browser_of():
    """`browser_of(user)` is a client that user is signed in with."""

    def sign_in(user):
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def client(browser_of, person):
    return browser_of(person)


@pytest.fixture
def code(person, settings):
    """`code({"train.py": text})` writes a code directory into a bucket of the person; returns its address."""
    Bucket.objects.create(name="code", owner=person)

    def write(files=None, folder="digits"):
        root = settings.BUCKETS_DIR / "code" / folder
        for name, text in (files or {"train.py": SCRIPT}).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return f"obs://code/{folder}/"

    return write


@pytest.fixture
def engine(db):
    return Engine.objects.get()


@pytest.fixture
def algorithm(person, code, engine):
    """An algorithm that is Creating."""
    return Algorithm.objects.create(
        name="digits", owner=person, engine=engine, code_directory=code(), boot_file="train.py"
    )


@pytest.fixture
def available(algorithm):
    """The same after its snapshot was taken."""
    lifecycle.create_snapshot(algorithm.pk)
    algorithm.refresh_from_db()
    assert algorithm.is_available, algorithm.reason
    return algorithm


def rows(prefix: str, *records: dict) -> dict[str, str]:
    """What a browser sends for a table of rows."""
    data = {f"{prefix}-TOTAL_FORMS": str(len(records)), f"{prefix}-INITIAL_FORMS": "0"}
    for index, record in enumerate(records):
        data |= {f"{prefix}-{index}-{key}": value for key, value in record.items()}
    return data


LEARNING_RATE = {"name": "learning_rate", "type": "Float", "default": "0.01"}
ACCURACY = {"name": "accuracy", "direction": "max", "pattern": "accuracy=([0-9.]+)"}
RANGE = {"name": "learning_rate", "kind": "range", "lower": "1e-4", "upper": "0.1", "scale": "log"}


def form_data(
    engine: Engine, folder: str, /, *tables: dict, search: bool = False, **changes
) -> dict[str, str]:
    """The form's data, right but for the changes; `rows(…)` makes those of a table."""
    values = {
        "name": "digits",
        "engine": str(engine.pk),
        "code_directory": folder,
        "boot_file": "train.py",
        "argument_style": "space",
        "boolean_style": "value",
        "working_directory": "code",
        "multi_card": "no",
        "distributed": "no",
        **rows("inputs"),
        **rows("outputs"),
        **rows("hyperparameters", LEARNING_RATE),
        **rows("indicators"),
        **rows("ranges"),
    }
    if search:
        values |= {"auto_search": "on", **rows("indicators", ACCURACY), **rows("ranges", RANGE)}
        values |= {"sampler-bayes_opt_search-ticked": "on", "sampler-bayes_opt_search-num_samples": "20"}
        values |= {"sampler-bayes_opt_search-seed": "1", "sampler-bayes_opt_search-kind": "ucb"}
        values |= {"sampler-bayes_opt_search-kappa": "2.5", "sampler-bayes_opt_search-xi": "0.0"}
    for table in tables:
        values |= table
    return values | changes


@pytest.fixture
def typed(engine, code):
    """`typed(…)` is `form_data` with a code directory that exists."""
    return lambda *tables, **options: form_data(engine, code(), *tables, **options)
