"""The data of the charts: curves of the trials and the course of the search, as numpy arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.execution.states import TRIAL_ENDED
from jobs.models import PointBatch, TrainingJob
from jobs.results import points

MOST_CURVES = 200
BEST_CURVES = 50
MOST_POINTS = 400
MOST_POINTS_TOGETHER = 16_000
"""What a browser draws in well under a second: many curves get fewer points each, but at least `LEAST_POINTS`."""
LEAST_POINTS = 60


@dataclass(frozen=True)
class Curve:
    """One trial's indicator by step. `objective` is None where the trial has none."""

    number: int
    status: str
    objective: float | None
    best: bool
    parameters: dict[str, object]
    step: np.ndarray
    value: np.ndarray


@dataclass(frozen=True)
class Convergence:
    """Curves to draw, and out of how many of them and of their points they were chosen."""

    curves: list[Curve]
    trials: int
    longest: int
    """Points of the longest curve before it was thinned."""
    points: int = MOST_POINTS
    """At most so many points are shown of each curve."""

    @property
    def note(self) -> str:
        """What is shown, in words; empty when that is everything."""
        words = []
        if self.trials > len(self.curves):
            words.append(
                f"{len(self.curves)} of {self.trials} curves: the best {BEST_CURVES} and an even sample"
            )
        if self.longest > self.points:
            words.append(f"{self.points} of up to {self.longest} points each, extremes kept")
        return "; ".join(words)


@dataclass(frozen=True)
class Course:
    """The objective of every ended trial and the best so far, in the order of the trials' numbers."""

    number: np.ndarray
    objective: np.ndarray
    best: np.ndarray
    failed: np.ndarray
    """Numbers of trials that ended without an objective."""


def thin(values: np.ndarray, most: int) -> np.ndarray:
    """Indices of at most `most` points of a curve: first, last, and every bucket's least and greatest value.

    Buckets that hold only NaN keep their first point.
    """
    count = len(values)
    if count <= max(most, 2):
        return np.arange(count)
    width = -(-(count - 2) // max(1, (most - 2) // 2))
    starts = np.arange(1, count - 1, width)
    buckets = np.full(len(starts) * width, np.nan)
    buckets[: count - 2] = values[1:-1]
    buckets = buckets.reshape(-1, width)
    nothing = np.isnan(buckets)
    least = np.where(nothing, np.inf, buckets).argmin(axis=1)
    greatest = np.where(nothing, -np.inf, buckets).argmax(axis=1)
    return np.unique(np.concatenate([[0], starts + least, starts + greatest, [count - 1]]))


def convergence(job: TrainingJob) -> Convergence:
    """The curves of the job's trials that are to be drawn, thinned so that a browser can."""
    rows = list(
        job.trials.filter(point_count__gt=0)
        .order_by("number")
        .values_list("pk", "number", "status", "value", "parameters", "point_count")
    )
    chosen = choose(rows, job.direction)
    most = min(MOST_POINTS, max(LEAST_POINTS, MOST_POINTS_TOGETHER // max(1, len(chosen))))
    curves = _read(chosen, job, most)
    return Convergence(curves, len(rows), max((row[5] for row in rows), default=0), most)


def of_trials(job: TrainingJob, numbers: list[int]) -> list[Curve]:
    """The curves of the trials with these numbers that have points, in the order of their numbers."""
    trials = job.trials.filter(number__in=numbers, point_count__gt=0).order_by("number")
    rows = list(trials.values_list("pk", "number", "status", "value", "parameters", "point_count"))
    return _read(rows, job, MOST_POINTS)


def _read(rows: list[tuple], job: TrainingJob, most: int) -> list[Curve]:
    data: dict[int, list[bytes]] = {row[0]: [] for row in rows}
    batches = PointBatch.objects.filter(trial__in=data).order_by("trial", "first")
    for trial, part in batches.values_list("trial", "data").iterator():
        data[trial].append(bytes(part))
    return [_curve(row, b"".join(data[row[0]]), job.best_trial_id, most) for row in rows if data[row[0]]]


def choose(rows: list[tuple], direction: str) -> list[tuple]:
    """At most `MOST_CURVES` of the rows (pk, number, status, value, …): the best ones and an even sample."""
    if len(rows) <= MOST_CURVES:
        return rows
    sign = -1 if direction == "max" else 1
    ranked = sorted((row for row in rows if row[3] is not None), key=lambda row: sign * row[3])
    best = {row[0] for row in ranked[:BEST_CURVES]}
    rest = [row for row in rows if row[0] not in best]
    sample = {rest[int(i)][0] for i in np.linspace(0, len(rest) - 1, MOST_CURVES - len(best))}
    return [row for row in rows if row[0] in best | sample]


def _curve(row: tuple, data: bytes, best_pk: int | None, most: int) -> Curve:
    pk, number, status, objective, parameters, _ = row
    array = points.unpack(data)
    value = array["value"]
    kept = thin(np.where(np.isfinite(value), value, np.nan), most)
    shown = np.where(np.isfinite(value[kept]), value[kept], np.nan)
    return Curve(number, status, objective, pk == best_pk, parameters, array["step"][kept], shown)


def course(job: TrainingJob) -> Course:
    """The objective over the job's trials. Trials that ended without an objective have NaN."""
    rows = list(
        job.trials.filter(status__in=TRIAL_ENDED).order_by("number").values_list("number", "value", "status")
    )
    scored = set(job.trials.scored().values_list("number", flat=True))
    number = np.array([row[0] for row in rows], dtype=np.int64)
    objective = np.array([row[1] if row[0] in scored else np.nan for row in rows], dtype=float)
    return Course(number, objective, best_so_far(objective, job.direction), number[np.isnan(objective)])


def best_so_far(objective: np.ndarray, direction: str) -> np.ndarray:
    """The best objective up to each trial; NaN before the first one that has an objective."""
    if direction == "max":
        return np.fmax.accumulate(objective) if len(objective) else objective
    return np.fmin.accumulate(objective) if len(objective) else objective
