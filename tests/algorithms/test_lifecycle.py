"""From Creating to Available or Failed, with real files and a real queue server."""

from datetime import timedelta

import django_rq
import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from algorithms import lifecycle
from algorithms.models import Algorithm, CodeSnapshot


def test_a_snapshot_freezes_the_code_directory(algorithm, code):
    code({"train.py": "print(1)\n", "lib/model.py": "X = 1\n", "pip-requirements.txt": "numpy\n"})
    lifecycle.create_snapshot(algorithm.pk)
    algorithm.refresh_from_db()
    assert (algorithm.status, algorithm.reason) == ("Available", "")
    assert [row["path"] for row in algorithm.snapshot.tree] == [
        "lib/model.py",
        "pip-requirements.txt",
        "train.py",
    ]
    assert algorithm.snapshot.file_count == 3
    assert (algorithm.snapshot.path / "lib/model.py").read_text() == "X = 1\n"
    assert not (algorithm.snapshot.path / "train.py").stat().st_mode & 0o222
    assert algorithm.snapshot.requirements.read_text() == "numpy\n"
    assert not list(django_settings.SNAPSHOTS_DIR.glob(".arriving-*"))


def test_the_same_content_is_stored_once(available, person, code, engine):
    other = Algorithm.objects.create(
        name="twin", owner=person, engine=engine, code_directory=code(folder="twin"), boot_file="train.py"
    )
    lifecycle.create_snapshot(other.pk)
    other.refresh_from_db()
    assert other.snapshot == available.snapshot
    assert CodeSnapshot.objects.count() == 1


def test_another_name_of_a_file_is_another_content(available, code, person, engine):
    other = Algorithm.objects.create(
        name="other", owner=person, engine=engine, boot_file="main.py",
        code_directory=code({"main.py": (available.snapshot.path / "train.py").read_text()}, folder="other"),
    )  # fmt: skip
    lifecycle.create_snapshot(other.pk)
    other.refresh_from_db()
    assert other.snapshot.content_hash != available.snapshot.content_hash


@pytest.mark.parametrize(
    ("files", "boot_file", "expected"),
    [
        ({"main.py": "x = 1\n"}, "train.py", "is not in the code directory. Its .py files: main.py"),
        ({"readme.txt": "hello"}, "train.py", "There is no .py file in it"),
        ({"train.py": "def broken(:\n"}, "train.py", "does not compile under this engine: line 1"),
        ({"train.sh": "echo"}, "train.sh", "does not end in .py"),
        ({"train.py": "x = 1\n"}, "../train.py", "is not in the code directory"),
    ],
)
def test_a_boot_file_that_cannot_run_fails_with_the_reason(algorithm, code, files, boot_file, expected):
    algorithm.code_directory, algorithm.boot_file = code(files, folder="faulty"), boot_file
    algorithm.save()
    lifecycle.create_snapshot(algorithm.pk)
    algorithm.refresh_from_db()
    assert algorithm.status == "Failed"
    assert expected in algorithm.reason


def test_a_missing_code_directory_fails_with_the_reason(algorithm):
    Algorithm.objects.update(code_directory="obs://code/nowhere/")
    lifecycle.create_snapshot(algorithm.pk)
    algorithm.refresh_from_db()
    assert (algorithm.status, "obs://code/nowhere" in algorithm.reason) == ("Failed", True)


def test_the_code_is_fetched_with_the_access_of_the_owner(algorithm, stranger):
    Algorithm.objects.update(owner=stranger)
    lifecycle.create_snapshot(algorithm.pk)
    algorithm.refresh_from_db()
    assert (algorithm.status, "no bucket code that you can read" in algorithm.reason) == ("Failed", True)


def test_an_interpreter_that_is_gone_fails_with_the_reason(algorithm, engine):
    engine.interpreter = "/nowhere/python"
    engine.save()
    lifecycle.create_snapshot(algorithm.pk)
    algorithm.refresh_from_db()
    assert "/nowhere/python cannot be started" in algorithm.reason


def test_a_task_that_comes_late_does_not_touch_a_newer_submission(algorithm, monkeypatch):
    def submitted_meanwhile(*arguments):
        Algorithm.objects.update(revision=algorithm.revision + 1)
        return check(*arguments)

    check = lifecycle.check_boot_file
    monkeypatch.setattr(lifecycle, "check_boot_file", submitted_meanwhile)
    lifecycle.create_snapshot(algorithm.pk)
    algorithm.refresh_from_db()
    assert (algorithm.status, algorithm.snapshot) == ("Creating", None)


def queued() -> list[str]:
    return django_rq.get_queue(django_settings.SYSTEM_QUEUE).job_ids


@pytest.mark.stack
def test_submitting_enqueues_after_the_commit(algorithm, queue_server, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.submit(algorithm)
        assert queued() == []
    assert queued() == [f"algorithm-{algorithm.pk}"]


@pytest.mark.stack
def test_a_lost_queue_entry_is_asked_for_again_after_half_a_minute(
    algorithm, queue_server, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert lifecycle.requeue_lost() == 0
    Algorithm.objects.update(queued=timezone.now() - timedelta(seconds=31))
    with django_capture_on_commit_callbacks(execute=True):
        assert lifecycle.requeue_lost() == 1
        assert lifecycle.requeue_lost() == 0
    assert queued() == [f"algorithm-{algorithm.pk}"]


def test_without_a_queue_server_the_algorithm_is_kept_and_says_so(
    algorithm, settings, django_capture_on_commit_callbacks, monkeypatch, tmp_path
):
    import redis

    away = redis.Redis(unix_socket_path=str(tmp_path / "nobody.sock"))
    monkeypatch.setattr(
        "algorithms.lifecycle.django_rq.get_queue", lambda name: django_rq.queues.Queue(name, away)
    )
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.submit(algorithm)
    algorithm.refresh_from_db()
    assert (algorithm.status, "cannot be reached" in algorithm.reason) == ("Creating", True)
