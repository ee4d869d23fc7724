"""What a search has found so far: best value, progress, and when it will be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from console.words import brief
from jobs.execution.states import TRIAL_ENDED, TrialStatus
from jobs.models import TrainingJob, Trial
from jobs.results import forecast

LATEST = 100
"""Ended trials that a forecast is made from."""
NO_VALUE = "No trial ended with a value."
LONGEST_NAME = 30
MOST_SHOWN = 8
"""Hyperparameters of the best trial that are shown at once."""


@dataclass(frozen=True)
class Answer:
    """The answer strip of a job's details."""

    best: Trial | None
    parameters: list[tuple[str, str, object]]
    """The hyperparameters of the best trial, the searched ones first: name, short name, value."""
    more: list[tuple[str, str, object]]
    """Those that did not fit."""
    running: int
    time_left: timedelta | None
    mean_duration: timedelta | None
    without_best: str
    """Why there is no best value, though trials have ended."""


def answer(job: TrainingJob) -> Answer:
    """The answer as it stands now, from the trials' rows."""
    best = job.best_trial
    spans = _latest(job)
    running = list(job.trials.filter(status=TrialStatus.RUNNING).values_list("started", flat=True))
    every = {**best.parameters, **job.hyperparameters, **best.parameters} if best else {}
    parameters = [(name, brief(name, LONGEST_NAME), value) for name, value in every.items()]
    mean = sum((end - begin for begin, end in spans), timedelta()) / len(spans) if spans else None
    return Answer(
        best=best,
        parameters=parameters[:MOST_SHOWN],
        more=parameters[MOST_SHOWN:],
        running=len(running),
        time_left=_time_left(job, spans, running) if job.is_active and not job.paused else None,
        mean_duration=mean,
        without_best="" if best or job.reading_anew or not job.ended_trials else _without_best(job),
    )


def _without_best(job: TrainingJob) -> str:
    """Some trials may show a value all the same, which does not count: theirs failed, or was to be ignored."""
    valued = job.trials.filter(value__isnull=False)
    count, failed = valued.count(), valued.filter(status=TrialStatus.FAILED).count()
    if not count and job.trials.filter(nonfinite_count__gt=0).exists():
        return f"No trial has an objective: values of {job.indicator_name} were NaN or infinite."
    if not count:
        return f"No line of any trial matched {job.indicator_name}." if job.completed_trials else NO_VALUE
    many = count > 1
    why = "failed" if failed == count else "failed or stopped with the value ignored"
    return f"{count} trial{'s' * many} printed values, which do{'' if many else 'es'} not count: {why}."


def _latest(job: TrainingJob) -> list[tuple[datetime, datetime]]:
    """When the latest ended trials started and ended."""
    ended = job.trials.filter(status__in=TRIAL_ENDED, ended__isnull=False, started__isnull=False)
    return list(ended.order_by("-number").values_list("started", "ended")[:LATEST])


def _time_left(job: TrainingJob, spans: list[tuple[datetime, datetime]], running: list) -> timedelta | None:
    """As many at once as there were lately: a job may use more places than its pool has workers."""
    now = timezone.now()
    seconds = [(begin.timestamp(), end.timestamp()) for begin, end in spans]
    lanes = max(len(running), min(job.max_concurrent, forecast.most_at_once(seconds)), 1)
    waiting = max(0, job.num_samples - job.ended_trials - len(running))
    spent = [(now - started).total_seconds() for started in running if started]
    left = forecast.time_left([end - begin for begin, end in seconds], spent, waiting, lanes)
    return None if left is None else timedelta(seconds=max(1.0, left))
