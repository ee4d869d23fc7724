"""The trials of a search as columns, for the charts that look at hyperparameters, time and importance."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from jobs.execution.states import TRIAL_ACTIVE, TrialStatus
from jobs.models import TrainingJob
from jobs.results.curves import outcome_of
from jobs.results.freshness import revision
from jobs.results.history import earlier, history, pending, sampler_of
from search import Observation, SearchSpace
from search.explanation import Explanation, explain
from search.importance import Importance, analyse
from search.space import Dimension

KEPT_SECONDS = 3600
KEPT_JOBS = 4
"""Jobs whose trials' rows are kept in this process: about ten megabytes for ten thousand trials."""
OVERLAP_SECONDS = 60
MOST_PAIRED = 12
"""Hyperparameters whose pairs are analysed."""
MOST_ANALYSED = 500
"""Trials a forest is fitted to: of ten thousand it would take twenty seconds."""


@dataclass(frozen=True)
class Landscape:
    """A job's trials by number; `objective` is NaN where a trial has none that counts."""

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

    @cached_property
    def ended(self) -> np.ndarray:
        """Indices of the trials that have ended."""
        return np.flatnonzero(~np.isin(np.array(self.status, dtype=str), list(TRIAL_ACTIVE)))

    def values(self, name: str) -> list[Any]:
        """The hyperparameter's value in every trial; None where it has none."""
        return [parameters.get(name) for parameters in self.parameters]

    def without(self) -> dict[str, np.ndarray]:
        """Indices of the ended trials without objective, by how they ended: "Failed", "Stopped", "NaN"."""
        lost = self.ended[np.isnan(self.objective[self.ended])]
        found: dict[str, list[int]] = {}
        for index in lost.tolist():
            word = "NaN" if self.status[index] == TrialStatus.COMPLETED else self.status[index]
            found.setdefault(word, []).append(index)
        return {word: np.array(found[word]) for word in ("Failed", "Stopped", "NaN") if word in found}


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


COLUMNS = ("number", "status", "stop_request", "value", "parameters", "worker", "started", "ended")


class _Rows:
    """The rows of one job's trials, kept in this process; only those that may have changed are read again."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.by_number: dict[int, tuple] = {}
        self.latest: datetime | None = None
        """The latest end of a trial that was read."""

    def refreshed(self, job: TrainingJob) -> list[tuple]:
        """All rows, by number."""
        with self.lock:
            trials = job.trials.all()
            if self.latest is not None:
                # Another transaction may have ended a trial a little earlier and become visible only now.
                recent = Q(ended__gte=self.latest - timedelta(seconds=OVERLAP_SECONDS))
                trials = trials.filter(Q(ended__isnull=True) | recent)
            for row in trials.values_list(*COLUMNS).iterator():
                self.by_number[row[0]] = row
                if row[7] and (self.latest is None or row[7] > self.latest):
                    self.latest = row[7]
            return [self.by_number[number] for number in sorted(self.by_number)]


_kept_rows: OrderedDict[tuple, _Rows] = OrderedDict()
_kept_lock = Lock()


def _rows(job: TrainingJob) -> list[tuple]:
    key = revision(job)
    with _kept_lock:
        kept = _kept_rows.setdefault(key, _Rows())
        _kept_rows.move_to_end(key)
        while len(_kept_rows) > KEPT_JOBS:
            _kept_rows.popitem(last=False)
    return kept.refreshed(job)


def landscape(job: TrainingJob) -> Landscape:
    """The job's trials, in one query and without their points."""
    rows = _rows(job)
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
        np.array([np.nan if outcome_of(*row[1:4]) else row[3] for row in rows], dtype=float),
        [row[4] for row in rows],
        [row[5] or "none" for row in rows],
        np.array([seconds(row[6]) for row in rows]),
        np.array([seconds(row[7] or (now if row[6] else None)) for row in rows]),
    )


def importance(job: TrainingJob) -> Importance:
    """The analysis of an even sample of the trials that have ended, made once for each number of them.

    While the job runs, it is made anew only after a twentieth more trials.
    """
    ended = job.ended_trials
    stamp = ended - ended % max(1, ended // 20) if job.is_active else ended
    return _kept(job, f"importance-{stamp}", lambda: _analysed(landscape(job)))


def _analysed(data: Landscape) -> Importance:
    valued = np.flatnonzero(np.isfinite(data.objective))
    if len(valued) > MOST_ANALYSED:
        valued = valued[np.linspace(0, len(valued) - 1, MOST_ANALYSED).astype(int)]
    found = [Observation(data.parameters[i], float(data.objective[i])) for i in valued]
    return analyse(data.space, found, pairs=len(data.space) <= MOST_PAIRED)


def belief(job: TrainingJob) -> Explanation | None:
    """What bayes_opt_search believes now; None before three trials have a value."""
    return _kept(
        job,
        f"belief-{job.ended_trials}-{job.active_trials}-{job.best_value}",
        lambda: explain(sampler_of(job), [*earlier(job), *history(job)], pending(job)),
    )


def _kept(job: TrainingJob, what: str, make: Callable[[], Any]) -> Any:
    key = f"{what}-{hashlib.sha256(repr(revision(job)).encode()).hexdigest()}"
    found = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, KEPT_SECONDS)
    return found
