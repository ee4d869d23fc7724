"""scripts/install.sh makes a virtual environment with what the machine has, or says what is missing."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.up import ROOT

SCRIPT = ROOT / "scripts" / "install.sh"


@pytest.fixture
def folder(tmp_path):
    """A folder with a blank in its name, with lists of packages that name none."""
    folder = tmp_path / "my console"
    folder.mkdir()
    (folder / "requirements.txt").write_text("# nothing\n")
    (folder / "requirements-dev.txt").write_text("-r requirements.txt\n")
    return folder


@pytest.fixture
def install(folder, tmp_path):
    """`install(list, **environment)` runs the script in the folder, with this test's Python as python3."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python3").symlink_to(sys._base_executable)

    def run(name="requirements.txt", **changes):
        environment = {"PATH": f"{programs}:{os.defpath}", "HOME": str(tmp_path), **changes}
        return subprocess.run(
            ["sh", str(SCRIPT), name], cwd=folder, env=environment, text=True, capture_output=True
        )

    return run


def fake(path, script):
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_it_installs_once_and_again_when_the_list_changes(install, folder):
    first = install()
    assert first.returncode == 0, first.stderr
    assert "Making a virtual environment in .venv with Python 3." in first.stdout
    assert "Installing the packages of requirements.txt" in first.stdout
    assert install().stdout == ""
    (folder / "requirements.txt").write_text("# nothing more\n")
    assert install().stdout.startswith("Installing the packages of requirements.txt")
    python = folder / ".venv" / "bin" / "python"
    assert (
        subprocess.run([python, "-c", "import sys; sys.exit(sys.prefix == sys.base_prefix)"]).returncode == 0
    )

    python.unlink()  # as after an update of the system's Python
    assert "Making a virtual environment" in install().stdout

    (folder / "requirements.txt").write_text("./no-such-package\n")
    failed = install()
    assert failed.returncode == 1
    assert "The packages could not be installed; see above." in failed.stderr
    assert install().returncode == 1, "a failure is not taken for done"


def test_an_old_python_is_passed_over_and_named_when_there_is_no_other(install, tmp_path):
    old = 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac'
    (tmp_path / "bin" / "python3").unlink()
    fake(tmp_path / "bin" / "python3", old)
    for tool in ("sh", "cat"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    done = install(PATH=str(tmp_path / "bin"))
    assert done.returncode == 1
    assert "Argmax needs Python 3.11 or later; this machine has Python 3.9.2." in done.stderr
    assert "make run PYTHON=" in done.stderr

    (tmp_path / "bin" / "python3.12").symlink_to(sys._base_executable)
    assert "Making a virtual environment" in install(PATH=f"{tmp_path / 'bin'}").stdout


def test_a_python_without_the_venv_module_is_named_with_the_remedy(install, tmp_path):
    (tmp_path / "bin" / "python3").unlink()
    lacking = f'case "$2" in *ensurepip*) exit 1;; *) exec {sys._base_executable} "$@";; esac'
    fake(tmp_path / "bin" / "python3", lacking)
    done = install()
    assert done.returncode == 1
    assert "python3 cannot make virtual environments: its venv module is missing." in done.stderr
    assert "apt-get install python3-venv" in done.stderr


def test_a_wrong_choice_of_python_is_named(install):
    done = install(PYTHON="/no/such/python")
    assert done.returncode == 1
    assert "PYTHON=/no/such/python is not a Python of at least 3.11." in done.stderr
