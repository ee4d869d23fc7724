"""Reads a search indicator anew from the stored logs of a job, without training again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from jobs.execution import claims, events, lifecycle
from jobs.execution.lifecycle import NotPossible
from jobs.execution.recorder import Objectives
from jobs.execution.states import JobStatus, TrialStatus
from jobs.models import TrainingJob, Trial
from jobs.results import points
from runtime.indicator import IndicatorReader, Point, check_pattern
from runtime.log import SYSTEM_PREFIX

CHUNK = 1 << 20
PREVIEW_TRIALS = 5
PREVIEW_BYTES = 2 << 20


def reread(job: TrainingJob, *, name: str, direction: str, pattern: str, by) -> None:
    """Give an ended job another indicator: all values are extracted anew, and the best trial with them.

    Raises NotPossible while the job is active, PatternError for a pattern that RE2 refuses.
    """
    check_pattern(pattern)
    job.refresh_from_db()
    if job.is_active:
        raise NotPossible(f"Job {job.name} is {job.status.lower()}. Stop it or wait for its end first.")
    TrainingJob.objects.filter(pk=job.pk).update(
        indicator_name=name, direction=direction, pattern=pattern, best_trial=None, best_value=None
    )
    job.refresh_from_db()
    for trial in job.trials.exclude(attempt=0).order_by("number"):
        _reread_trial(job, trial)
    repetitions = job.trials.filter(attempt=0, same_as__isnull=False).exclude(status=TrialStatus.STOPPED)
    for trial in repetitions.select_related("same_as"):
        earlier = trial.same_as
        Trial.objects.filter(pk=trial.pk).update(status=earlier.status, value=earlier.value)
    _recount(job)
    _judge(job)
    events.record(
        job, "indicator read anew", f"Read {name} ({direction}) from the logs, by {by.get_username()}."
    )


@dataclass(frozen=True)
class Reading:
    """What a pattern would read from one trial's log."""

    trial: Trial
    count: int
    first: float | None
    last: float | None
    lowest: float | None
    highest: float | None
    whole: bool
    """Whether the whole log was read."""


def preview(job: TrainingJob, pattern: str) -> list[Reading]:
    """What the pattern reads from the logs of the newest trials, of each log its first part. Raises PatternError."""
    check_pattern(pattern)
    trials = job.trials.exclude(attempt=0).order_by("-number")[:PREVIEW_TRIALS]
    return [_reading(trial, pattern) for trial in trials]


def _reading(trial: Trial, pattern: str) -> Reading:
    values = [point.value for point in _points(trial.log_path, pattern, PREVIEW_BYTES)]
    finite = [value for value in values if math.isfinite(value)]
    size = trial.log_path.stat().st_size if trial.log_path.exists() else 0
    ends = (values[0], values[-1]) if values else (None, None)
    bounds = (min(finite), max(finite)) if finite else (None, None)
    return Reading(trial, len(values), *ends, *bounds, whole=size <= PREVIEW_BYTES)


def _reread_trial(job: TrainingJob, trial: Trial) -> None:
    objectives = Objectives(job.direction, job.objective)
    seconds = _seconds_by_line(trial)
    rows = []
    for index, point in enumerate(_points(trial.log_path, job.pattern), start=1):
        objectives.add(point.value)
        step = float(index) if point.step is None else point.step
        rows.append((step, point.value, seconds(point.line), point.line, point.offset))
    status, reason = _status(trial, len(rows))
    with transaction.atomic():
        points.replace(trial, rows)
        Trial.objects.filter(pk=trial.pk).update(
            status=status,
            reason=reason,
            value=objectives.value,
            point_count=len(rows),
            nonfinite_count=objectives.nonfinite_count,
        )
        claims.update_best(job, trial)


def _seconds_by_line(trial: Trial):
    """When each line was printed, as far as the points known so far tell: from the next of them."""
    known = points.read(trial)
    lines, times = known["line"], known["seconds"]
    return lambda line: float(times[min(lines.searchsorted(line), len(times) - 1)]) if len(times) else 0.0


def _points(path: Path, pattern: str, most: int | None = None) -> Iterator[Point]:
    """The indicator's points in a stored log, or in its first `most` bytes.

    The platform's own lines are blanked out first.
    """
    if not path.exists():
        return
    reader = IndicatorReader(pattern)
    with path.open("rb") as file:
        for line in _bounded_lines(file):
            if most is not None and file.tell() > most:
                break
            blank = line.startswith(SYSTEM_PREFIX.encode())
            yield from reader.feed(b" " * (len(line) - 1) + b"\n" if blank else line)
    yield from reader.close()


def _bounded_lines(file) -> Iterator[bytes]:
    while line := file.readline(CHUNK):
        yield line


def _status(trial: Trial, count: int) -> tuple[str, str]:
    """A trial that ended well has completed if its log holds the indicator, and failed if not."""
    if trial.exit_code != 0 or trial.status == TrialStatus.STOPPED:
        return trial.status, trial.reason
    if count:
        return TrialStatus.COMPLETED, ""
    return TrialStatus.FAILED, f"No line of its log matched the search indicator {trial.job.indicator_name}."


def _recount(job: TrainingJob) -> None:
    counted = {status: job.trials.filter(status=status).count() for status in TrialStatus}
    TrainingJob.objects.filter(pk=job.pk).update(
        completed_trials=counted[TrialStatus.COMPLETED],
        failed_trials=counted[TrialStatus.FAILED],
        stopped_trials=counted[TrialStatus.STOPPED],
    )


def _judge(job: TrainingJob) -> None:
    """A job that ended by itself has completed or failed by what its trials are now."""
    job.refresh_from_db()
    status, reason = lifecycle.result(job)
    ended_itself = TrainingJob.objects.filter(pk=job.pk, status__in=[JobStatus.COMPLETED, JobStatus.FAILED])
    ended_itself.update(status=status, reason=reason)
