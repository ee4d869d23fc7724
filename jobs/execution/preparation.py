"""What has to be in place before a script can start: folders, code, inputs, command and environment."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings

from algorithms.boot import boot_command, boot_place
from algorithms.environments import InstallError, InstallStopped, environment_for
from algorithms.images import image_for
from algorithms.models import Engine
from algorithms.specification import Channel
from jobs.execution import events
from jobs.execution.devices import Devices
from jobs.models import EventLevel, Trial
from runtime.command import CommandError
from runtime.environment import script_environment
from runtime.images.paths import ImageError
from runtime.images.sandbox import image_environment, sandboxed
from runtime.launch import Limits
from runtime.workdir import TrialDirectories, WorkdirError
from storage.objects import StorageError, exists, fetch_folder


class PreparationError(Exception):
    """The trial cannot be started; the text names the cause and the remedy."""


class PreparationStopped(Exception):
    """The trial is not wanted any more, which was seen while its packages were being installed."""


@dataclass(frozen=True)
class Prepared:
    """All that is needed to start the script."""

    directories: TrialDirectories
    argv: list[str]
    env: dict[str, str]
    cwd: Path
    sandboxed: bool = False


def directories_of(trial: Trial) -> TrialDirectories:
    """The folders of the trial's current attempt."""
    folder = PurePosixPath(trial.job.specification.code_directory.rstrip("/")).name
    return TrialDirectories(trial.directory / "work", folder or "code")


def argument_values(trial: Trial, directories: TrialDirectories) -> dict[str, object]:
    """Every argument's value by name: local paths of inputs and outputs, then hyperparameters."""
    values: dict[str, object] = {
        channel.name: str(local)
        for channel, local in _channels(trial, directories)
        if channel.obtained_from == "hyperparameters"
    }
    return {**values, **trial.job.hyperparameters, **trial.parameters}


def command_of(trial: Trial, directories: TrialDirectories, interpreter: str) -> list[str]:
    """The exact boot command of the trial. Raises CommandError."""
    return boot_command(trial.job.specification, argument_values(trial, directories), interpreter)


def prepare(trial: Trial, devices: Devices, keep_going: Callable[[], bool]) -> Prepared:
    """Make the attempt's folders, fetch its code and inputs, install its packages.

    While packages are being installed, which can take long, `keep_going` is asked several times a second.
    Raises PreparationError and PreparationStopped.
    """
    if devices.problem:
        raise PreparationError(devices.problem)
    directories = directories_of(trial)
    try:
        with _told(trial, "code being downloaded", "Code"):
            directories.prepare(trial.job.snapshot.path)
            if not trial.job.specification.image:
                directories.boot_file(trial.job.specification.boot_file)
        _fetch_inputs(trial, directories)
        _make_outputs(trial, directories)
        if trial.job.specification.image:
            return _in_image(trial, directories, devices, keep_going)
        interpreter = environment_for(
            interpreter_of(trial),
            trial.job.snapshot,
            lambda kind, message: events.record(trial.job_id, kind, message, trial=trial),
            keep_going,
        )
        argv = command_of(trial, directories, interpreter)
    except InstallStopped as error:
        raise PreparationStopped(str(error)) from error
    except (WorkdirError, CommandError, StorageError, InstallError, ImageError) as error:
        raise PreparationError(str(error)) from error
    cwd = directories.code / boot_place(trial.job.specification)[0]
    return Prepared(directories, argv, _environment(trial, directories, interpreter, devices), cwd)


def _in_image(
    trial: Trial, directories: TrialDirectories, devices: Devices, keep_going: Callable[[], bool]
) -> Prepared:
    """Have the custom image at hand, and what starts the boot command in it."""
    specification = trial.job.specification
    image = image_for(
        trial.job.owner,
        specification.image,
        specification.image_digest,
        lambda kind, message: events.record(trial.job_id, kind, message, trial=trial),
        keep_going,
    )
    argv = sandboxed(
        image,
        command_of(trial, directories, ""),
        work=directories.root,
        anchor=settings.JOBS_DIR,
        tmp=directories.tmp.resolve(),
        cwd=str(directories.code) if specification.code_directory else image.working_directory,
        limits=limits_of(trial),
    )
    base = image_environment(image, os.environ)
    env = _environment(trial, directories, "", devices, base) | {"TMPDIR": "/tmp"}  # noqa: S108
    return Prepared(directories, argv, env, directories.code, sandboxed=True)


def limits_of(trial: Trial) -> Limits:
    """What each process of the trial may use, by its flavor."""
    memory = trial.job.flavor and trial.job.flavor.memory_mb
    return Limits(memory=memory * 1024 * 1024 if memory else None)


def interpreter_of(trial: Trial) -> str:
    """The Python that runs the script: the engine's, as the job noted it."""
    return Engine(interpreter=trial.job.specification.interpreter).python


@contextmanager
def _told(trial: Trial, kind: str, what: str) -> Iterator[None]:
    """Record in events that something is being downloaded, and how that went."""
    events.record(trial.job_id, kind, f"{what} being downloaded.", trial=trial)
    begin = time.monotonic()
    try:
        yield
    except Exception as error:
        events.record(trial.job_id, "failed", f"{what}: {error}", trial=trial, level=EventLevel.ERROR)
        raise
    done = kind.replace("being ", "")
    events.record(trial.job_id, done, f"{what} downloaded.", trial=trial, duration=time.monotonic() - begin)


def _inputs(trial: Trial, directories: TrialDirectories) -> list[tuple[Channel, Path]]:
    channels = trial.job.specification.inputs
    return [(channel, directories.input(channel.name, index)) for index, channel in enumerate(channels)]


def _outputs(trial: Trial, directories: TrialDirectories) -> list[tuple[Channel, Path]]:
    channels = trial.job.specification.outputs
    return [(channel, directories.output(channel.name, index)) for index, channel in enumerate(channels)]


def _channels(trial: Trial, directories: TrialDirectories) -> list[tuple[Channel, Path]]:
    """Inputs and outputs with their local paths."""
    return _inputs(trial, directories) + _outputs(trial, directories)


def _fetch_inputs(trial: Trial, directories: TrialDirectories) -> None:
    for channel, local in _inputs(trial, directories):
        _fetch(trial, f"Input {channel.name}", trial.job.inputs.get(channel.name), local)


def _make_outputs(trial: Trial, directories: TrialDirectories) -> None:
    for channel, local in _outputs(trial, directories):
        before = trial.job.outputs.get(channel.name) if channel.name in trial.job.predownload else None
        if before and not exists(trial.job.owner, before):
            words = (
                f"Trial {trial.number}: {before} is empty, nothing to predownload for output {channel.name}."
            )
            events.record(trial.job_id, "input downloaded", words, trial=trial)
            before = None
        _fetch(trial, f"Output {channel.name}", before, local)


def _fetch(trial: Trial, what: str, uri: str | None, local: Path) -> None:
    """Make the local folder and, where there is an address, fill it from there."""
    local.mkdir(parents=True, exist_ok=True)
    if uri:
        with _told(trial, "input being downloaded", what):
            fetch_folder(trial.job.owner, uri, local, limits=None)


def _environment(
    trial: Trial,
    directories: TrialDirectories,
    interpreter: str,
    devices: Devices,
    base: dict[str, str] | None = None,
) -> dict[str, str]:
    """The script's variables; `base` is what an image sets itself, to be passed on whole."""
    specification = trial.job.specification
    variables = {**trial.job.environment, **trial.job.secret_environment}
    variables |= {
        channel.name: str(local)
        for channel, local in _channels(trial, directories)
        if channel.obtained_from == "environment"
    }
    if specification.pythonpath:
        variables["PYTHONPATH"] = ":".join(
            str(directories.code / part) for part in specification.pythonpath.split(":") if part
        )
    flavor = trial.job.flavor
    machine = devices.machine(f"job-{trial.job_id}-trial-{trial.number}", flavor and flavor.cpu_count)
    return script_environment(
        directories,
        interpreter=interpreter,
        variables=variables,
        machine=machine,
        inherit=base or (),
        base=base,
    )
