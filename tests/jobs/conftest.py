"""Jobs that run real scripts, without any page or queue in between."""

import hashlib
import threading
import time
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from algorithms.models import CodeSnapshot
from algorithms.specification import AlgorithmSpecification
from jobs.execution import lifecycle
from jobs.execution.slots import Slot
from jobs.execution.states import TrialStatus
from jobs.models import ResourcePool, TrainingJob, Trial
from search import Float, SearchSpace

PROGRAMS = Path(__file__).parent.parent / "programs"
LOSS = r"loss=(\S+)"


@pytest.fixture
def data_dir(settings, tmp_path):
    """Every folder of the console, inside the test's own one."""
    settings.DATA_DIR = tmp_path
    settings.JOBS_DIR = tmp_path / "jobs"
    settings.SNAPSHOTS_DIR = tmp_path / "snapshots"
    settings.BUCKETS_DIR = tmp_path / "buckets"
    settings.TRIAL_STOP_GRACE_SECONDS = 2
    return tmp_path


@pytest.fixture
def ana(transactional_db):
    return get_user_model().objects.create_user("ana", password="a-long-password")


@pytest.fixture
def make_snapshot(data_dir, transactional_db, settings):
    """A snapshot that holds one script, given as a program's name or as its text."""

    def make(program: str) -> CodeSnapshot:
        source = program if "\n" in program else (PROGRAMS / program).read_text()
        digest = hashlib.sha256(source.encode()).hexdigest()
        snapshot, made = CodeSnapshot.objects.get_or_create(
            content_hash=digest, defaults={"file_count": 1, "size": len(source)}
        )
        if made:
            snapshot.path.mkdir(parents=True)
            (snapshot.path / "train.py").write_text(source)
        return snapshot

    return make


@pytest.fixture
def make_job(make_snapshot, ana):
    """A submitted job: a search over learning_rate for the least loss, unless keywords say otherwise."""

    def make(program: str, *, submit: bool = True, specification=None, search: bool = True, **columns):
        space = SearchSpace({"learning_rate": Float(1e-4, 1.0, log=True)})
        searching = {
            "search_space": space.to_json(),
            "search_algorithm": "random_search",
            "search_parameters": {"seed": 1},
            "num_samples": 3,
        }
        job = TrainingJob.objects.create(
            **{
                "name": "job",
                "owner": ana,
                "snapshot": make_snapshot(program),
                "specification_data": AlgorithmSpecification(
                    boot_file="train.py", code_directory="obs://ana/code/", **(specification or {})
                ).to_json(),
                "indicator_name": "loss",
                "direction": "min",
                "pattern": LOSS,
                "pool": ResourcePool.objects.get_or_create(name="default")[0],
                **(searching if search else {}),
                **columns,
            }
        )
        if submit:
            lifecycle.submit(job)
        return job

    return make


@pytest.fixture
def work():
    """Be a worker slot of the default pool until nothing is left; returns how many trials ran."""
    return lambda: Slot("default").work()


@pytest.fixture
def page(client, ana):
    """The test client, signed in as ana."""
    client.force_login(ana)
    return client


@pytest.fixture
def log(tmp_path):
    """`log(data)` is a log file with those bytes."""

    def write(data: bytes):
        path = tmp_path / "trial.log"
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def meanwhile():
    """Run a function with the running trial in a thread, once that has printed its first value."""
    threads = []

    def start(act):
        def wait():
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline:
                running = Trial.objects.filter(status=TrialStatus.RUNNING, point_count__gt=0).first()
                if running:
                    act(running)
                    break
                time.sleep(0.05)
            connection.close()

        thread = threading.Thread(target=wait)
        thread.start()
        threads.append(thread)

    yield start
    for thread in threads:
        thread.join()
