"""The data of the charts: curves of the trials and the course of the search, as numpy arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.execution.states import TRIAL_ENDED, TrialStatus
from jobs.models import StopRequest, TrainingJob
from jobs.results import points
from jobs.results.thinning import buckets_for, coarser, thin, width_of

MOST_CURVES = 200
BEST_CURVES = 50
MOST_POINTS = 400
MOST_POINTS_TOGETHER = 32_000
"""What a browser draws in well under a second: many curves get fewer points each, but at least `LEAST_POINTS`."""
LEAST_POINTS = 60
BAND_PLACES = 100
BAND_CURVES = 4
"""Curves that a band needs: of fewer, a middle half says nothing."""
GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Curve:
    """One trial's indicator by step and by seconds. `objective` is None where the trial has none."""

    number: int
    status: str
    objective: float | None
    best: bool
    parameters: dict[str, object]
    step: np.ndarray
    value: np.ndarray
    """NaN where the value was not finite."""
    seconds: np.ndarray
    count: int
    """Points before it was thinned."""
    weight: float = 1.0
    """Trials that it stands for in the band."""

    def along(self, axis: str) -> np.ndarray:
        """Its places on the axis "step" or "seconds"."""
        return self.seconds if axis == "seconds" else self.step


@dataclass(frozen=True)
class Band:
    """The median of the other curves and the quarters around it, at places along the axis."""

    x: np.ndarray
    low: np.ndarray
    median: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Convergence:
    """Curves to draw, and out of how many of them and of their points they were chosen."""

    curves: list[Curve]
    trials: int

    @property
    def note(self) -> str:
        """What is shown, in words; empty when that is everything."""
        words = []
        if self.trials > len(self.curves):
            chosen = f"{len(self.curves)} of {self.trials:,} curves"
            words.append(f"{chosen}: best {BEST_CURVES} and an even sample")
        shown = max((len(curve.value) for curve in self.curves), default=0)
        longest = max((curve.count for curve in self.curves), default=0)
        if shown < longest:
            words.append(f"{shown:,} of {longest:,} points each, extremes kept")
        return "; ".join(words)


@dataclass(frozen=True)
class Course:
    """The objective of every ended trial and the best so far, in the order of the trials' numbers."""

    number: np.ndarray
    objective: np.ndarray
    """NaN where a trial has none that counts."""
    best: np.ndarray
    outcome: list[str]
    """Of each trial: "" where it has an objective, else "Failed", "Stopped" or "NaN"."""
    stopped: np.ndarray
    """Whether a trial was stopped early, its value kept."""

    def without(self, outcome: str) -> np.ndarray:
        """Numbers of the trials that ended so, without an objective."""
        return self.number[np.array([word == outcome for word in self.outcome], dtype=bool)]


def thinned(values: np.ndarray, most: int) -> np.ndarray:
    """Indices of at most about `most` points of a whole curve: ends, extremes, gaps."""
    return thin(np.arange(len(values)), values, width_of(len(values), buckets_for(most)))


def convergence(job: TrainingJob) -> Convergence:
    """The curves of the job's trials that are to be drawn, thinned so that a browser can."""
    with_points = job.trials.filter(point_count__gt=0)
    rows = list(with_points.order_by("number").values_list("pk", "number", "value"))
    best, sample = choose(rows, job.direction)
    most = min(MOST_POINTS, max(LEAST_POINTS, MOST_POINTS_TOGETHER // max(1, len(best) + len(sample))))
    weight = (len(rows) - len(best)) / max(1, len(sample))
    return Convergence(
        _read(job, {**dict.fromkeys(best, 1.0), **dict.fromkeys(sample, weight)}, most), len(rows)
    )


def of_trials(job: TrainingJob, numbers: list[int]) -> list[Curve]:
    """The curves of the trials with these numbers that have points, in the order of their numbers."""
    trials = job.trials.filter(number__in=numbers, point_count__gt=0)
    return _read(job, dict.fromkeys(trials.values_list("pk", flat=True), 1.0), MOST_POINTS)


def _read(job: TrainingJob, weights: dict[int, float], most: int) -> list[Curve]:
    trials = job.trials.filter(pk__in=weights).order_by("number")
    columns = ("pk", "number", "status", "value", "parameters", "point_count")
    rows = list(trials.values_list(*columns))
    sketches = points.sketches({row[0]: row[5] for row in rows})
    found = []
    for pk, number, status, value, parameters, count in rows:
        if pk not in sketches:
            continue
        kept = coarser(sketches[pk], most)
        shown = np.where(np.isfinite(kept["value"]), kept["value"], np.nan)
        best = pk == job.best_trial_id
        step, seconds = kept["step"], kept["seconds"]
        found.append(Curve(number, status, value, best, parameters, step, shown, seconds, count, weights[pk]))
    return found


def choose(rows: list[tuple[int, int, float | None]], direction: str) -> tuple[list[int], list[int]]:
    """Of rows (pk, number, value) the pks of the best ones and of an even sample, `MOST_CURVES` together.

    The sample has the numbers whose multiples of the golden ratio have the smallest fractions: they lie evenly,
    and as trials come, few of them leave for others.
    """
    if len(rows) <= MOST_CURVES:
        return [], [row[0] for row in rows]
    sign = -1 if direction == "max" else 1
    ranked = sorted((row for row in rows if row[2] is not None), key=lambda row: sign * row[2])
    best = {row[0] for row in ranked[:BEST_CURVES]}
    rest = [row for row in rows if row[0] not in best]
    fractions = np.array([row[1] for row in rest]) * GOLDEN % 1.0
    sample = np.argsort(fractions, kind="stable")[: MOST_CURVES - len(best)]
    return [row[0] for row in ranked[:BEST_CURVES]], [rest[i][0] for i in sorted(sample.tolist())]


def band(curves: list[Curve], axis: str) -> Band | None:
    """The band of the ended curves but the best one; None of fewer than four.

    Each counts for as many trials as it stands for. A trial that was stopped keeps its last value, so that the
    band does not jump where it drops out; failed ones, and single points, are left out.
    """
    others = [curve for curve in curves if not curve.best and curve.status in ("Completed", "Stopped")]
    others = [curve for curve in others if np.isfinite(curve.value).sum() > 1]
    if len(others) < BAND_CURVES:
        return None
    begins = [curve.along(axis)[0] for curve in others]
    ends = [curve.along(axis)[-1] for curve in others]
    x = np.linspace(float(np.median(begins)), float(max(ends)), BAND_PLACES)
    if not x[-1] > x[0]:
        return None
    heights = np.vstack([_at(curve, axis, x) for curve in others])
    weights = np.array([curve.weight for curve in others])
    low, median, high = weighted_quantiles(heights, weights, (0.25, 0.5, 0.75))
    return Band(x, low, median, high)


def _at(curve: Curve, axis: str, x: np.ndarray) -> np.ndarray:
    """The curve's height at places along the axis: NaN before its begin, its last value after its end."""
    good = np.isfinite(curve.value)
    return np.interp(x, curve.along(axis)[good], curve.value[good], left=np.nan)


def weighted_quantiles(rows: np.ndarray, weights: np.ndarray, shares: tuple[float, ...]) -> np.ndarray:
    """Of each column of `rows` the least value that has that share of the weight up to it; NaN is left out.

    Shape (len(shares), columns).
    """
    order = np.argsort(rows, axis=0, kind="stable")  # NaN last
    ranked = np.take_along_axis(rows, order, axis=0)
    heavy = np.where(np.isfinite(ranked), weights[order], 0.0).cumsum(axis=0)
    total = heavy[-1]
    found = np.full((len(shares), rows.shape[1]), np.nan)
    for place, share in enumerate(shares):
        first = np.argmax(heavy >= share * total - 1e-9 * total, axis=0)
        found[place] = np.where(total > 0, np.take_along_axis(ranked, first[None], axis=0)[0], np.nan)
    return found


def course(job: TrainingJob) -> Course:
    """The objective over the job's trials."""
    ended = job.trials.filter(status__in=TRIAL_ENDED).order_by("number")
    rows = list(ended.values_list("number", "value", "status", "stop_request"))
    number = np.array([row[0] for row in rows], dtype=np.int64)
    outcome = [outcome_of(status, stop_request, value) for _, value, status, stop_request in rows]
    values = [np.nan if word else row[1] for row, word in zip(rows, outcome, strict=True)]
    objective = np.array(values, dtype=float)
    stopped = np.array([row[2] == TrialStatus.STOPPED for row in rows], dtype=bool) & np.isfinite(objective)
    return Course(number, objective, best_so_far(objective, job.direction), outcome, stopped)


def outcome_of(status: str, stop_request: str, value: float | None) -> str:
    """How an ended trial ended without an objective: "Failed", "Stopped" or "NaN"; empty where it has one."""
    if status == TrialStatus.COMPLETED:
        return "NaN" if value is None else ""
    kept = status == TrialStatus.STOPPED and stop_request == StopRequest.KEEP and value is not None
    return "" if kept else status


def best_so_far(objective: np.ndarray, direction: str) -> np.ndarray:
    """The best objective up to each trial; NaN before the first one that has an objective."""
    if direction == "max":
        return np.fmax.accumulate(objective) if len(objective) else objective
    return np.fmin.accumulate(objective) if len(objective) else objective
