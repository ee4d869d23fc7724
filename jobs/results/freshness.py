"""Whether anything has changed that a chart shows, told without looking at what it shows."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import plotly
from django.db.models import Count, Max, Sum
from django.utils import timezone

from jobs.models import Event, TrainingJob

CLOCK_SECONDS = 10
"""How often what shows durations is made anew while a job runs, although nothing has happened."""


def revision(job: TrainingJob) -> tuple:
    """What differs whenever trials that have ended may mean something else: another search space, or the
    indicator read anew."""
    latest = None if job.is_active else Event.objects.filter(job=job).aggregate(Max("pk"))["pk__max"]
    reading = (job.indicator_revision, job.reading_anew)
    return (job.pk, job.created, job.is_active, job.ended, latest, *reading, repr(job.search_space))


def clock() -> float:
    """A number that goes up every CLOCK_SECONDS, to be part of a stamp."""
    return timezone.now().timestamp() // CLOCK_SECONDS


def stamp(job: TrainingJob, *more: object) -> str:
    """A text that differs when a chart of the job, chosen by `more`, may look different."""
    parts: list[object] = [
        _program(),
        *revision(job),
        job.num_samples,
        job.best_trial_id,
        job.best_value,
        more,
    ]
    parts += [job.completed_trials, job.failed_trials, job.stopped_trials, job.created_trials]
    if job.is_active:
        sums = job.trials.aggregate(Sum("point_count"), Sum("attempt"), Count("started"))
        parts += sorted(sums.items())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


@cache
def _program() -> str:
    """The code that draws: after an update, every chart is asked for anew."""
    digest = hashlib.sha256(plotly.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
