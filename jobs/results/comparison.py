"""Several searches side by side: how their best values developed, and which of their settings differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from jobs.execution.states import TRIAL_ENDED
from jobs.models import TrainingJob
from jobs.results.curves import best_so_far
from jobs.results.settings import described

UNCOMPARED = ("id", "name", "description", "owner", "created", "started", "ended", "best trial")


@dataclass(frozen=True)
class Progress:
    """A search's best value so far after each ended trial, in the order in which the trials ended."""

    job: int
    name: str
    indicator: str
    seconds: np.ndarray
    """Since the first trial started."""
    best: np.ndarray


def progress(job: TrainingJob) -> Progress:
    """The course of the job's best value over trials and over time."""
    ended = job.trials.filter(status__in=TRIAL_ENDED, ended__isnull=False)
    scored = set(job.trials.scored().values_list("number", flat=True))
    rows = list(ended.order_by("ended", "number").values_list("number", "value", "started", "ended"))
    first = min((row[2] for row in rows if row[2]), default=None)
    seconds = [(row[3] - (first or row[3])).total_seconds() for row in rows]
    values = np.array([row[1] if row[0] in scored else np.nan for row in rows], dtype=float)
    best = best_so_far(values, job.direction)
    return Progress(job.pk, job.name, job.indicator_name, np.array(seconds, dtype=float), best)


def differing(jobs: Sequence[TrainingJob]) -> list[tuple[str, list[Any]]]:
    """The settings that are not the same in all jobs: name and one value per job, None where it has none."""
    columns = [described(job) for job in jobs]
    names = [name for name in dict.fromkeys(chain.from_iterable(columns)) if name not in UNCOMPARED]
    rows = [(name, [column.get(name) for column in columns]) for name in names]
    return [(name, values) for name, values in rows if any(value != values[0] for value in values)]


def best_hyperparameters(jobs: Sequence[TrainingJob]) -> list[tuple[str, list[Any]]]:
    """The hyperparameters of each job's best trial: name and one value per job, None where it has none."""
    columns = [{**job.hyperparameters, **job.best_trial.parameters} if job.best_trial else {} for job in jobs]
    names = dict.fromkeys(name for column in columns for name in column)
    return [(name, [column.get(name) for column in columns]) for name in names]
