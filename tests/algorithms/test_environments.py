"""Packages are installed into real virtual environments, once per engine and content."""

import subprocess
import sys
import threading
import zipfile

import pytest

from algorithms import engines, lifecycle
from algorithms.environments import InstallError, InstallStopped, environment_for
from algorithms.models import Algorithm, Engine


@pytest.fixture
def wheel(tmp_path):
    """A package of one module, ready to be installed without a network."""
    path = tmp_path / "tiny_package-1.0-py3-none-any.whl"
    info = "tiny_package-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("tiny_package.py", "VALUE = 42\n")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-package\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(
            f"{info}/RECORD", f"tiny_package.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n"
        )
    return path


@pytest.fixture
def snapshot_with(algorithm, code):
    def make(requirements: str):
        code({"train.py": "import tiny_package\n", "pip-requirements.txt": requirements})
        Algorithm.objects.update(status="Creating")
        lifecycle.create_snapshot(algorithm.pk)
        algorithm.refresh_from_db()
        return algorithm.snapshot

    return make


def test_code_without_requirements_runs_under_the_engine_itself(available):
    assert environment_for("/some/python", available.snapshot) == "/some/python"


def test_packages_are_installed_once_with_events_and_beside_the_packages_of_the_engine(snapshot_with, wheel):
    snapshot, events = snapshot_with(f"{wheel}\n"), []
    python = environment_for(sys.executable, snapshot, event=lambda kind, message: events.append(kind))
    assert python != sys.executable
    done = subprocess.run(
        [python, "-c", "import tiny_package, numpy; print(tiny_package.VALUE)"], capture_output=True
    )
    assert done.stdout == b"42\n", done.stderr
    assert events == ["packages being installed", "packages installed"]
    assert environment_for(sys.executable, snapshot, event=lambda *event: events.append(event)) == python
    assert len(events) == 2


def test_two_that_want_the_same_environment_build_it_once(snapshot_with, wheel):
    snapshot, events, found = snapshot_with(f"{wheel}\n# twice\n"), [], []

    def want():
        found.append(
            environment_for(sys.executable, snapshot, event=lambda kind, message: events.append(kind))
        )

    threads = [threading.Thread(target=want) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert events == ["packages being installed", "packages installed"]


def test_what_cannot_be_installed_is_told_and_leaves_nothing(snapshot_with, settings):
    snapshot = snapshot_with("/nowhere/gone-1.0-py3-none-any.whl\n")
    with pytest.raises(InstallError, match=r"pip install failed with exit code 1: (.|\n)*gone-1\.0"):
        environment_for(sys.executable, snapshot)
    folders = [path for path in (settings.DATA_DIR / "environments").iterdir() if path.is_dir()]
    assert folders == []


def test_installing_ends_when_it_is_no_longer_wanted(snapshot_with, wheel):
    with pytest.raises(InstallStopped):
        environment_for(sys.executable, snapshot_with(f"{wheel}\n"), keep_going=lambda: False)


def test_an_interpreter_that_is_gone_is_named(snapshot_with, wheel):
    with pytest.raises(InstallError, match="/nowhere/python cannot be started"):
        environment_for("/nowhere/python", snapshot_with(f"{wheel}\n"))


@pytest.fixture
def boss(client, person):
    person.is_staff = person.is_superuser = True
    person.save()
    return client


def add_engine(boss, callbacks, **changes):
    data = {
        "framework": "Tiny",
        "version": "1",
        "active": "on",
        "resource_types": ["CPU"],
        "supports_auto_search": "on",
    }
    with callbacks(execute=True):
        answer = boss.post("/admin/algorithms/engine/add/", data | changes)
    assert answer.status_code == 302, answer.context["errors"]
    return Engine.objects.get(framework="Tiny")


@pytest.mark.stack
def test_an_engine_is_built_from_requirements(boss, wheel, queue_server, django_capture_on_commit_callbacks):
    engine = add_engine(boss, django_capture_on_commit_callbacks, requirements=str(wheel))
    assert engine.build_status == "Building"
    assert engine not in Engine.objects.offered()
    engines.build_engine(engine.pk)
    engine.refresh_from_db()
    assert engine.build_status == "Ready"
    assert engine in Engine.objects.offered()
    assert subprocess.run([engine.python, "-c", "import tiny_package"]).returncode == 0
    page = boss.get(f"/admin/algorithms/engine/{engine.pk}/change/").content.decode()
    assert "Successfully installed tiny-package-1.0" in page


@pytest.mark.stack
def test_an_engine_that_cannot_be_built_shows_why(boss, queue_server, django_capture_on_commit_callbacks):
    engine = add_engine(boss, django_capture_on_commit_callbacks, requirements="/nowhere/gone.whl")
    engines.build_engine(engine.pk)
    engine.refresh_from_db()
    assert (engine.build_status, engine in Engine.objects.offered()) == ("Failed", False)
    assert "gone.whl" in boss.get(f"/admin/algorithms/engine/{engine.pk}/change/").content.decode()


def test_an_engine_without_requirements_is_not_built(boss, django_capture_on_commit_callbacks):
    engine = add_engine(boss, django_capture_on_commit_callbacks, interpreter=sys.executable)
    assert (engine.build_status, engine.python) == ("", sys.executable)
    assert engine in Engine.objects.offered()


def test_an_interpreter_has_an_absolute_path(boss):
    data = {"framework": "Tiny", "version": "1", "interpreter": "bin/python"}
    answer = boss.post("/admin/algorithms/engine/add/", data)
    assert "bin/python is not an absolute path" in answer.content.decode()
