"""What a script leaves in its output folders, on its way to the job's output path."""

import shutil
import time
from pathlib import Path

from jobs.execution import events
from jobs.models import EventLevel, Trial
from runtime.workdir import TrialDirectories
from storage.objects import StorageError, store_folder, upload


def kept_directory(trial: Trial) -> Path:
    """Where the console keeps the attempt's outputs, one folder per output."""
    return trial.directory / "outputs"


def collect(trial: Trial, directories: TrialDirectories) -> None:
    """Keep the attempt's output folders and copy them to the paths the job names, one folder per trial.

    A copy that fails is an event, not the end of the trial: the console's own copy stays.
    """
    for index, channel in enumerate(trial.job.specification.outputs):
        local = directories.output(channel.name, index)
        if not local.is_dir() or not any(local.iterdir()):
            continue
        kept = kept_directory(trial) / channel.name
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(local, kept)
        uri = trial.job.outputs.get(channel.name)
        if uri and not trial.job.is_preflight:
            _upload(trial, kept, f"{uri.rstrip('/')}/trial-{trial.number}/")


def _upload(trial: Trial, folder: Path, uri: str) -> None:
    begin = time.monotonic()
    try:
        store_folder(trial.job.owner, folder, uri)
    except StorageError as error:
        events.record(
            trial.job_id,
            "failed",
            f"Output could not be uploaded: {error}",
            trial=trial,
            level=EventLevel.ERROR,
        )
        return
    events.record(
        trial.job_id,
        "output uploaded",
        f"Output uploaded to {uri}",
        trial=trial,
        duration=time.monotonic() - begin,
    )


def keep_log(trial: Trial) -> None:
    """Copy the trial's log to the job's persistent log path, if it names one; a failure is an event."""
    uri = trial.job.log_path_uri
    if not uri or not trial.log_path.exists():
        return
    try:
        with trial.log_path.open("rb") as file:
            upload(trial.job.owner, uri, f"{trial.job.name}/trial-{trial.number}.log", file)
    except StorageError as error:
        message = f"The log could not be kept: {error}"
        events.record(trial.job_id, "failed", message, trial=trial, level=EventLevel.ERROR)
