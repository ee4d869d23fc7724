"""What a script leaves in its output folders, on its way to the job's output path."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from jobs.execution import events
from jobs.execution.claims import Claim, ClaimLost
from jobs.execution.preparation import directories_of
from jobs.execution.states import TRIAL_ENDED
from jobs.models import EventLevel, TrainingJob, Trial
from runtime.workdir import TrialDirectories
from storage import objects
from storage.objects import StorageError, store_folder, upload

log = logging.getLogger(__name__)

COLLECT_SECONDS = 15.0
"""How often the outputs of a running script are looked at."""
SETTLED_SECONDS = 2.0
"""What a script has changed so recently may be half written: it is copied the next time."""


def kept_directory(trial: Trial) -> Path:
    """Where the console keeps the attempt's outputs, one folder per output."""
    return trial.directory / "outputs"


class Collector:
    """Brings what a script writes to its output folders to the paths the job names, one folder per trial.

    Copies while the script runs, in the background; `finish` keeps the folders and copies the rest. A copy that
    fails is an event, not the end of the trial: the console's own copy stays.
    """

    def __init__(self, claim: Claim, directories: TrialDirectories) -> None:
        self._claim, trial = claim, claim.trial
        self._trial = trial
        self._folders = {
            channel.name: directories.output(channel.name, index)
            for index, channel in enumerate(trial.job.specification.outputs)
        }
        self._addresses = {} if trial.job.is_preflight else addresses(trial)
        self._stored: dict[str, dict[str, tuple[int, int]]] = {name: {} for name in self._folders}
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to copy along, if there is a place to copy to."""
        if self._addresses:
            self._thread = threading.Thread(target=self._copy_along, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Copy no more; waits for the file that is on its way."""
        self._done.set()
        if self._thread:
            self._thread.join()

    def finish(self) -> None:
        """Keep the output folders of the script, which has ended, and copy what has not been copied yet.

        Raises ClaimLost: whoever has the trial now has outputs of their own.
        """
        self.stop()
        for name, local in self._folders.items():
            if not local.is_dir() or not any(local.iterdir()):
                continue
            if not self._claim.rows().update(has_outputs=True):
                raise ClaimLost
            kept = kept_directory(self._trial) / name
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(local, kept)
            if name in self._addresses:
                self._upload(name, kept)

    def _copy_along(self) -> None:
        while not self._done.wait(COLLECT_SECONDS):
            for name, uri in self._addresses.items():
                # What is wrong now is told by the last copy, or has passed by then.
                with contextlib.suppress(StorageError, OSError, DatabaseError):
                    self._copy_settled(name, uri)
            connection.close()

    def _copy_settled(self, name: str, uri: str) -> None:
        stored = self._stored[name]
        first = not stored
        store_folder(self._trial.job.owner, self._folders[name], uri, stored, settled=SETTLED_SECONDS)
        if first and stored:
            message = f"Output {name} is copied to {uri} while the trial runs."
            events.record(self._trial.job_id, "output being uploaded", message, trial=self._trial)

    def _upload(self, name: str, folder: Path) -> None:
        trial, uri, begin = self._trial, self._addresses[name], time.monotonic()
        if not self._stored[name]:
            message = f"Output {name} being uploaded to {uri}"
            events.record(trial.job_id, "output being uploaded", message, trial=trial)
        try:
            left_out = store_folder(trial.job.owner, folder, uri, self._stored[name]).skipped
        except (StorageError, OSError) as error:
            message = f"Output {name} could not be uploaded: {error}"
            events.record(trial.job_id, "failed", message, trial=trial, level=EventLevel.ERROR)
            return
        message = f"Output {name} uploaded to {uri}"
        if left_out:
            message += f" Left out, as their names or links cannot be stored: {', '.join(left_out[:5])}."
        events.record(
            trial.job_id,
            "output uploaded",
            message,
            trial=trial,
            level=EventLevel.WARNING if left_out else EventLevel.INFO,
            duration=time.monotonic() - begin,
        )


def folder_of(job: TrainingJob) -> str:
    """The job's own folder below its output and log paths: by its ID, as names may be the same, or change."""
    return f"job-{job.pk}"


def addresses(trial: Trial) -> dict[str, str]:
    """Where each output of the trial goes in the object storage, by its name; those without a path are left out.

    One folder for each job, so that jobs with the same output path never mix or overwrite each other's files.
    """
    given = trial.job.outputs
    names = [channel.name for channel in trial.job.specification.outputs if given.get(channel.name)]
    return {name: f"{given[name].rstrip('/')}/{folder_of(trial.job)}/trial-{trial.number}/" for name in names}


def folders_of(trial: Trial) -> dict[str, Path]:
    """Where the files of each output are now, by its name: kept ones, or those of the running script."""
    channels = trial.job.specification.outputs
    if trial.is_ended:
        return {channel.name: kept_directory(trial) / channel.name for channel in channels}
    directories = directories_of(trial)
    return {channel.name: directories.output(channel.name, at) for at, channel in enumerate(channels)}


def files_in(folder: Path) -> Iterator[tuple[str, int]]:
    """The files of one output as (relative path, bytes), by path; links are left out, also in its place."""
    for path, names, files in os.walk(folder) if _without_links(folder) else ():
        names.sort()
        for name in sorted(files):
            file = Path(path, name)
            with contextlib.suppress(OSError):
                if stat.S_ISREG((status := file.lstat()).st_mode):
                    yield file.relative_to(folder).as_posix(), status.st_size


def found(folder: Path, path: str) -> Path | None:
    """The file of an output at a relative path; None if there is none, or the way there leads over a link."""
    file = folder / path
    return file if file.is_relative_to(folder) and _without_links(file) and file.is_file() else None


def _without_links(path: Path) -> bool:
    """Whether something is there and no part of the way to it is a link or climbs: a script may put some."""
    try:
        return path.resolve(strict=True) == settings.JOBS_DIR.resolve() / path.relative_to(settings.JOBS_DIR)
    except (OSError, ValueError):
        return False


def keep_best(job_pk: int) -> None:
    """Remove the outputs of ended trials that are not among the best ones, where the job keeps only those."""
    job = TrainingJob.objects.get(pk=job_pk)
    if not job.save_model_count or not job.is_search:
        return
    ran = job.trials.exclude(attempt=0)
    order = "-value" if job.direction == "max" else "value"
    best = list(ran.scored().order_by(order, "number").values_list("pk", flat=True)[: job.save_model_count])
    for trial in ran.filter(has_outputs=True, status__in=TRIAL_ENDED).exclude(pk__in=best):
        trial.job = job
        if Trial.objects.filter(pk=trial.pk, has_outputs=True).update(has_outputs=False):
            _remove(trial)


def _remove(trial: Trial) -> None:
    """Remove the trial's outputs here and in the object storage, there only the files that are its own."""
    kept, failed = kept_directory(trial), ""
    for name, uri in addresses(trial).items():
        try:
            _remove_stored(trial, kept / name, uri)
        except StorageError as error:
            failed = f" Not in the object storage: {error}"
    shutil.rmtree(kept, ignore_errors=True)
    count = trial.job.save_model_count
    message = f"Outputs removed: those of the best {count} are kept.{failed}"
    level = EventLevel.WARNING if failed else EventLevel.INFO
    events.record(trial.job_id, "outputs removed", message, trial=trial, level=level)


def _remove_stored(trial: Trial, kept: Path, uri: str) -> None:
    owner = trial.job.owner
    folders = {uri}
    for relative, _ in files_in(kept):
        with contextlib.suppress(objects.NothingThere):
            objects.delete(owner, f"{uri}{relative}")
        parts = relative.split("/")[:-1]
        folders |= {f"{uri}{'/'.join(parts[: at + 1])}/" for at in range(len(parts))}
    for folder in sorted(folders, key=len, reverse=True):
        if objects.exists(owner, folder) and not objects.list_folder(owner, folder):
            objects.delete(owner, folder)


def keep_log(trial: Trial) -> None:
    """Copy the trial's log to the job's persistent log path, if it names one; a failure is an event."""
    uri = trial.job.log_path_uri
    if not uri or not trial.log_path.exists():
        return
    try:
        with trial.log_path.open("rb") as file:
            upload(trial.job.owner, uri, f"{folder_of(trial.job)}/trial-{trial.number}.log", file)
    except StorageError as error:
        message = f"The log could not be kept: {error}"
        events.record(trial.job_id, "failed", message, trial=trial, level=EventLevel.ERROR)
