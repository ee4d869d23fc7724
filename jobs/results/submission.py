"""What a job was submitted with, in words for its page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jobs.models import TrainingJob
from jobs.sealing import SealError
from runtime.workdir import TrialDirectories

HOME = Path("/${MA_HOME}")
"""Stands for the folder that each trial has of its own."""


@dataclass(frozen=True)
class Place:
    """An input or output: its address, how the script is told, and where it finds it."""

    kind: str
    name: str
    uri: str
    passed: str
    local: str
    predownload: bool = False


@dataclass(frozen=True)
class Places:
    """Where a script finds its code and data, in words of its own environment variables."""

    code: str
    work: str
    channels: list[Place]


def places(job: TrainingJob) -> Places:
    """The local paths of every trial of the job."""
    specification = job.specification
    folder = PurePosixPath(specification.code_directory.rstrip("/")).name or "code"
    directories = TrialDirectories(HOME, folder)
    rows = []
    for kind, channels, addresses, local in (
        ("Input", specification.inputs, job.inputs, directories.input),
        ("Output", specification.outputs, job.outputs, directories.output),
    ):
        for index, channel in enumerate(channels):
            argument = channel.obtained_from == "hyperparameters"
            passed = f"--{channel.name}" if argument else channel.name
            path = f"${{MA_MOUNT_PATH}}/{local(channel.name, index).relative_to(directories.mount)}"
            again = kind == "Output" and channel.name in job.predownload
            rows.append(Place(kind, channel.name, addresses.get(channel.name, ""), passed, path, again))
    code = f"${{MA_JOB_DIR}}/{folder}"
    return Places(code, code, rows)


def limits(job: TrainingJob) -> list[tuple[str, str]]:
    """Restarts, times and budgets; what is off is left out, but for the documented two."""
    hours, seconds = job.auto_stop_hours, job.trial_time_limit_seconds
    hang = f"after {job.hang_minutes} min" if job.hang_minutes else ""
    if hang and job.stop_when_hanging:
        hang += ", then stopped"
    rows = [
        ("Auto restart", _count(job.auto_restart, "retry", "retries") if job.auto_restart else "off"),
        ("Auto stop", f"after {hours} h" if hours else "off"),
        ("Time per trial", f"at most {seconds} s" if seconds else ""),
        ("Suspect a hang", hang),
        ("Early stopping", job.get_early_stopping_display() if job.early_stopping else ""),
        ("Target value", f"{job.target_value:g}" if job.target_value is not None else ""),
        (
            "No improvement",
            f"in {_count(job.patience_trials, 'trial', 'trials')}" if job.patience_trials else "",
        ),
        ("Failed trials", f"at most {job.max_failed_trials}" if job.max_failed_trials else ""),
    ]
    return [row for row in rows if row[1]]


def secret_names(job: TrainingJob) -> list[str]:
    """The names of the secret variables; their values stay sealed."""
    try:
        return list(job.secret_environment)
    except SealError:
        return ["(cannot be read any more)"]


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
