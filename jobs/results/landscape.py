"""The trials of a search as columns, for the charts that look at hyperparameters, time and importance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from django.core.cache import cache
from django.utils import timezone

from jobs.execution.states import TrialStatus
from jobs.models import StopRequest, TrainingJob
from jobs.results.history import earlier, history, pending, sampler_of
from search import Observation, SearchSpace
from search.explanation import Explanation, explain
from search.importance import Importance, analyse
from search.space import Dimension

KEPT_SECONDS = 3600
MOST_ANALYSED = 500
"""Trials a forest is fitted to: of ten thousand it would take twenty seconds."""


@dataclass(frozen=True)
class Landscape:
    """A job's trials by number; `objective` is NaN where a trial has none."""

    space: SearchSpace
    direction: str
    indicator: str
    best: int | None
    """Number of the best trial."""
    number: np.ndarray
    status: list[str]
    objective: np.ndarray
    parameters: list[dict[str, Any]]
    worker: list[str]
    begin: np.ndarray
    """Seconds from the first start of a trial to this one's; NaN before it started."""
    end: np.ndarray
    """The same for its end, or for now while it runs."""

    @cached_property
    def units(self) -> np.ndarray:
        """Coordinates in the unit cube, shape (n, d); NaN where a trial's value is missing or unknown."""
        found = np.full((len(self.number), len(self.space)), np.nan)
        for column, (name, dimension) in enumerate(self.space.dimensions.items()):
            found[:, column] = _units(dimension, self.values(name))
        return found

    def values(self, name: str) -> list[Any]:
        """The hyperparameter's value in every trial; None where it has none."""
        return [parameters.get(name) for parameters in self.parameters]


def _units(dimension: Dimension, values: list[Any]) -> np.ndarray:
    try:
        return dimension.to_unit(values)
    except (TypeError, ValueError):  # one of them is from before the space was changed
        return np.array([_unit(dimension, value) for value in values], dtype=float)


def _unit(dimension: Dimension, value: Any) -> float:
    try:
        return float(dimension.to_unit([value])[0])
    except (TypeError, ValueError):
        return np.nan


def landscape(job: TrainingJob) -> Landscape:
    """The job's trials, in one query and without their points."""
    columns = ("number", "status", "stop_request", "value", "parameters", "worker", "started", "ended")
    rows = list(job.trials.order_by("number").values_list(*columns))
    starts = [row[6] for row in rows if row[6]]
    origin, now = min(starts, default=None), timezone.now()

    def seconds(moment: datetime | None) -> float:
        return (moment - origin).total_seconds() if moment and origin else np.nan

    return Landscape(
        SearchSpace.from_json(job.search_space),
        job.direction,
        job.indicator_name,
        job.best_trial.number if job.best_trial else None,
        np.array([row[0] for row in rows], dtype=np.int64),
        [row[1] for row in rows],
        np.array([row[3] if _scored(row[1], row[2]) and row[3] is not None else np.nan for row in rows]),
        [row[4] for row in rows],
        [row[5] or "none" for row in rows],
        np.array([seconds(row[6]) for row in rows]),
        np.array([seconds(row[7] or (now if row[6] else None)) for row in rows]),
    )


def _scored(status: str, stop_request: str) -> bool:
    kept = status == TrialStatus.STOPPED and stop_request == StopRequest.KEEP
    return status == TrialStatus.COMPLETED or kept


def importance(job: TrainingJob) -> Importance:
    """The analysis of an even sample of the trials that have ended, made once for each number of them.

    While the job runs, it is made anew only after a twentieth more trials.
    """
    space = SearchSpace.from_json(job.search_space)
    ended = job.ended_trials
    stamp = ended - ended % max(1, ended // 20) if job.is_active else ended
    return _kept(
        job, f"importance-{stamp}", lambda: analyse(space, _sampled(history(job)), pairs=len(space) <= 12)
    )


def _sampled(observations: list[Observation]) -> list[Observation]:
    """At most `MOST_ANALYSED` of the observations with a value, evenly."""
    valued = [observation for observation in observations if observation.value is not None]
    count = len(valued)
    if count <= MOST_ANALYSED:
        return valued
    return [valued[i] for i in np.linspace(0, count - 1, MOST_ANALYSED).astype(int)]


def belief(job: TrainingJob) -> Explanation | None:
    """What bayes_opt_search believes now; None before three trials have a value."""
    return _kept(
        job,
        f"belief-{job.ended_trials}-{job.active_trials}-{job.best_value}",
        lambda: explain(sampler_of(job), [*earlier(job), *history(job)], pending(job)),
    )


def _kept(job: TrainingJob, what: str, make: Callable[[], Any]) -> Any:
    key = f"{what}-{job.pk}-{job.created.timestamp()}"
    found = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, KEPT_SECONDS)
    return found
