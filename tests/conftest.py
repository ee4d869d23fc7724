"""Real servers and processes for tests: started by the first test that asks for them."""

import fcntl
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from console.environment import queue_socket
from console.stack.parts import Child, Part
from console.stack.queue import QueueWatch, queue_part
from console.stack.workers import WORKER_GRACE_SECONDS
from tests.up import Up, environment

# How long an example takes says more of the machine than of the code, and a run must be repeatable.
hypothesis_settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("suite")

ROOT = Path(__file__).resolve().parent.parent
MANAGE = ROOT / "manage.py"
DATA_DIR = django_settings.DATA_DIR  # of this process; a test may set another one
MOST_PROCESSES = 8
PATIENCE_SECONDS = 120  # on a busy machine; whoever is quick waits for nothing


def pytest_xdist_auto_num_workers():
    """One process more than there are processors, because many tests wait; not so many that memory runs out."""
    return min(len(os.sched_getaffinity(0)) + 1, MOST_PROCESSES)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, tmp_path_factory):
    """The test database; after each test that committed it becomes again what the migrations made.

    Django's own flush leaves the tables empty, so that the tests after it, in whatever order, would miss the rows
    that migrations make.
    """
    migrated = sqlite3.connect(tmp_path_factory.mktemp("database") / "migrated.sqlite3")
    with django_db_blocker.unblock():
        connection.ensure_connection()
        connection.connection.backup(migrated)
        connection.close()

    def restore(_test_case) -> None:
        connection.ensure_connection()
        migrated.backup(connection.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
        yield
    migrated.close()


@pytest.fixture(scope="session")
def eventually():
    """`eventually(function)` calls it until its result is true, and returns that; fails after two minutes."""

    def wait(function, seconds=PATIENCE_SECONDS, every=0.05):
        deadline = time.monotonic() + seconds
        while not (result := function()):
            assert time.monotonic() < deadline, f"never true within {seconds} s: {function}"
            time.sleep(every)
        return result

    return wait


def console_environment(**changes) -> dict[str, str]:
    """The environment of a console process on the test's database and folders."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "DATA_DIR": str(django_settings.DATA_DIR),
        "DATABASE_URL": f"sqlite:///{django_settings.DATABASES['default']['TEST']['NAME']}",
        "REDIS_URL": django_settings.REDIS_URL,
        "SECRET_KEY": django_settings.SECRET_KEY,
        "LOG_LEVEL": "INFO",
        **changes,
    }


class Process(Child):
    """A part of the stack, run by a test."""

    def stop(self) -> None:
        """Ask it to end, and kill it when its grace is over."""
        self.ask_to_end()
        deadline = time.monotonic() + self.part.grace
        while self.ended() is None and self.pid:
            if time.monotonic() > deadline:
                self.kill()
            time.sleep(0.02)


@pytest.fixture
def queue_server(eventually):
    """A client of a real queue server, which is empty, and gone after the test: others rely on its absence."""
    process = Process(queue_part(DATA_DIR / "queue", queue_socket(DATA_DIR)), DATA_DIR / "queue.log")
    process.start()
    eventually(QueueWatch(django_settings.REDIS_URL, print).answers)
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    client.flushall()
    yield client
    client.close()
    process.stop()


class Workers:
    """Real workers and a reconciler on the test's database. `processes` by name: worker-1, worker-2, …"""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.processes: dict[str, Process] = {}

    def start(self, name: str, *command: str, **environment: str) -> Process:
        """Start `manage.py command…` under that name."""
        part = Part(
            name=name, label=name, stage=0, grace=WORKER_GRACE_SECONDS,
            command=[sys.executable, str(MANAGE), *command],
            environment=console_environment(**environment),
        )  # fmt: skip
        self.processes[name] = process = Process(part, self._folder / f"{name}.log")
        process.start()
        return process

    def stop(self) -> None:
        """Stop them all."""
        for process in self.processes.values():
            process.ask_to_end()
        for process in self.processes.values():
            process.stop()


@pytest.fixture
def data_dir(settings):
    """The test's DATA_DIR; a folder of tests may put its own in front."""
    return settings.DATA_DIR


@pytest.fixture
def workers(data_dir, queue_server, transactional_db, tmp_path):
    """Two real trial workers, one for the system queue, and the reconciler, while the test runs."""
    workers = Workers(tmp_path)
    for number in (1, 2):
        workers.start(f"worker-{number}", "rqworker", "default")
    workers.start("system", "rqworker", django_settings.SYSTEM_QUEUE)
    workers.start("reconciler", "reconcile")
    yield workers
    workers.stop()


@pytest.fixture(scope="session")
def prepared_data_dir(tmp_path_factory, worker_id):
    """A data directory with tables and static files, to copy: starting on it is quicker.

    The first of the processes that run the tests makes it, and the others take it.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    folder, done = shared / "prepared", shared / "prepared.done"
    code = "from console.stack.preparation import collect_static, migrate; migrate(); collect_static()"
    command = [sys.executable, str(MANAGE), "shell", "--no-imports", "-c", code]
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            subprocess.run(command, env=environment(folder), check=True)
            done.touch()
    return folder


@pytest.fixture
def start_up(tmp_path, prepared_data_dir):
    """`start_up(*arguments, **environment)` runs `manage.py up` on the test's data directory."""
    runs, numbers = [], itertools.count(1)
    shutil.copytree(prepared_data_dir, tmp_path / "var")

    def start(*arguments, data_dir=tmp_path / "var", **options) -> Up:
        runs.append(Up(data_dir, tmp_path / f"up-{next(numbers)}.txt", *arguments, **options))
        return runs[-1]

    yield start
    for run in runs:
        run.clean_up()
