"""What a search has found so far: best value, progress, failures, and when it will be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from jobs.execution.states import TRIAL_ENDED, TrialStatus
from jobs.models import TrainingJob, Trial

LATEST = 100
"""Ended trials that a forecast is made from."""


@dataclass(frozen=True)
class Answer:
    """The answer strip of a job's details."""

    best: Trial | None
    parameters: dict[str, object]
    """Every hyperparameter of the best trial, the fixed ones too."""
    searched: list[str]
    running: int
    time_left: timedelta | None
    mean_duration: timedelta | None
    failures: list[tuple[str, int, int]]
    """Groups of failed trials: reason's first line, number of trials, number of the first of them."""


def answer(job: TrainingJob) -> Answer:
    """The answer as it stands now, from the trials' rows."""
    best = job.best_trial
    mean = mean_duration(job)
    running = list(job.trials.filter(status=TrialStatus.RUNNING).values_list("started", flat=True))
    return Answer(
        best=best,
        parameters={**job.hyperparameters, **best.parameters} if best else {},
        searched=list(best.parameters) if best else [],
        running=len(running),
        time_left=forecast(job, mean, running) if job.is_active else None,
        mean_duration=mean,
        failures=failure_groups(job),
    )


def mean_duration(job: TrainingJob) -> timedelta | None:
    """How long the latest ended trials took on average; None before the first one has ended."""
    ended = job.trials.filter(status__in=TRIAL_ENDED, ended__isnull=False, started__isnull=False)
    spans = [
        last - first for first, last in ended.order_by("-number").values_list("started", "ended")[:LATEST]
    ]
    return sum(spans, timedelta()) / len(spans) if spans else None


def forecast(job: TrainingJob, mean: timedelta | None, running: list) -> timedelta | None:
    """How long the job still takes if trials go on as they did, `max_concurrent` at once."""
    if mean is None:
        return None
    now = timezone.now()
    spent = sum((min(now - started, mean) for started in running if started), timedelta())
    left = mean * max(0, job.num_samples - job.ended_trials) - spent
    return max(left / max(1, job.max_concurrent), timedelta(seconds=1))


def failures(job: TrainingJob) -> list[tuple[str, list[int]]]:
    """The numbers of the job's failed trials by the first line of their reason, most frequent first."""
    groups: dict[str, list[int]] = {}
    if job.failed_trials:
        failed = job.trials.filter(status=TrialStatus.FAILED).order_by("number")
        for reason, number in failed.values_list("reason", "number"):
            groups.setdefault(reason.partition("\n")[0], []).append(number)
    return sorted(groups.items(), key=lambda item: (-len(item[1]), item[1][0]))


def failure_groups(job: TrainingJob, most: int = 5) -> list[tuple[str, int, int]]:
    """The most frequent groups of failed trials, each with their number and the first of them."""
    return [(reason, len(numbers), numbers[0]) for reason, numbers in failures(job)[:most]]
