"""Packages that the code names in pip-requirements.txt are installed before its script starts."""

import sys
import zipfile

import pytest

from algorithms.snapshots import arrivals, keep, read_code
from jobs.execution import lifecycle, slots, trial
from jobs.execution.states import JobStatus, TrialStatus
from jobs.results import receipt
from jobs.results.standing import standing

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAM = "import tiny_package\nprint(f'loss={tiny_package.VALUE}')\n"


@pytest.fixture
def wheel(tmp_path):
    """A package of one module, ready to be installed without a network."""
    path = tmp_path / "tiny_package-1.0-py3-none-any.whl"
    info = "tiny_package-1.0.dist-info"
    record = f"tiny_package.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("tiny_package.py", "VALUE = 42\n")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-package\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", record)
    return path


@pytest.fixture
def run_with(make_job, work, data_dir):
    """Run a job whose code directory holds the program and these requirements."""

    def run(requirements: str, **columns):
        with arrivals() as folder:
            (folder / "train.py").write_text(PROGRAM)
            (folder / "pip-requirements.txt").write_text(requirements)
            columns["snapshot"] = keep(folder, read_code(folder))
        job = make_job(PROGRAM, specification={"interpreter": sys.executable}, **columns)
        work()
        job.refresh_from_db()
        return job

    return run


def kinds(job) -> list[str]:
    return list(job.events.order_by("pk").values_list("kind", flat=True))


def test_a_script_runs_with_the_packages_its_code_names(run_with, wheel):
    job = run_with(f"{wheel}\n", search=False)
    trial = job.trials.get()
    assert (trial.status, trial.value) == (TrialStatus.COMPLETED, 42), trial.reason
    told = kinds(job)
    steps = ["code downloaded", "packages being installed", "packages installed"]
    assert [kind for kind in told if kind in steps] == steps


def test_the_trials_of_a_search_install_them_once(run_with, wheel):
    job = run_with(f"{wheel}\n", num_samples=2)
    assert [trial.value for trial in job.trials.all()] == [42, 42]
    assert kinds(job).count("packages installed") == 1


def test_packages_that_cannot_be_installed_fail_the_trial_with_pips_words(run_with):
    job = run_with("/nowhere/gone-1.0-py3-none-any.whl\n", search=False)
    trial = job.trials.get()
    assert (trial.status, job.status) == (TrialStatus.FAILED, JobStatus.FAILED)
    assert trial.reason.startswith("The trial could not be prepared: pip install failed with exit code 1: ")
    assert "gone-1.0-py3-none-any.whl" in trial.reason
    assert "packages installed" not in kinds(job)


def test_a_stopped_job_does_not_wait_for_its_packages(make_job, run_with, wheel, monkeypatch):
    def install(claim, *given):
        lifecycle.stop(claim.trial.job, by=claim.trial.job.owner)
        return run_trial(claim, *given)

    run_trial = trial.run
    monkeypatch.setattr(slots.trial, "run", install)
    job = run_with(f"{wheel}\n", search=False)
    assert (job.status, job.trials.get().status) == (JobStatus.TERMINATED, TrialStatus.STOPPED)
    assert "packages installed" not in kinds(job)


def test_the_command_of_the_best_trial_names_the_python_that_has_those_packages(run_with, wheel, settings):
    job = run_with(f"{wheel}\n", num_samples=1)
    command = standing(job).command
    assert str(settings.DATA_DIR / "environments") in command
    assert command == receipt.command(job.best_trial)
