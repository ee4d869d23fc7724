"""What the charts of hyperparameters and time show, computed from a `Landscape` as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.results.landscape import Landscape
from search.space import Categorical

MOST_LINES = 300
MOST_DOTS = 1000
MOST_SPANS = 1000
MOST_STEPS = 400
MOST_ANCHORS = 500
GRID = 40
BANDS = 9


def sample(objective: np.ndarray, direction: str, most: int) -> np.ndarray:
    """Indices, in order, of at most `most` trials: the best quarter of `most` and an even sample of the rest."""
    count = len(objective)
    if count <= most:
        return np.arange(count)
    loss = objective if direction == "min" else -objective
    ranked = np.argsort(np.where(np.isfinite(loss), loss, np.inf), kind="stable")
    best = ranked[: most // 4]
    rest = np.setdiff1d(np.arange(count), best)
    even = rest[np.linspace(0, len(rest) - 1, most - len(best)).astype(int)]
    return np.sort(np.concatenate([best, even]))


def sample_note(shown: int, count: int) -> str:
    """What a sample leaves out, in words; empty when nothing."""
    return f"{shown:,} of {count:,} trials: the best ones and an even sample" if shown < count else ""


@dataclass(frozen=True)
class Parallel:
    """Lines through one axis per hyperparameter and one, the last, for the objective, each from 0 to 1."""

    axes: list[str]
    heights: np.ndarray
    """Shape (lines, axes); NaN where a trial has none."""
    number: np.ndarray
    band: np.ndarray
    """Where the objective stands among all, 0 (worst) to `BANDS` - 1; -1 without objective."""
    outcome: list[str]
    """"Failed", "Stopped" or "NaN" where it has no objective, else empty."""
    limits: tuple[float, float]
    """Objectives at the ends of the last axis."""
    note: str


def parallel(data: Landscape) -> Parallel:
    """The lines of at most `MOST_LINES` trials that have ended."""
    ended = data.ended
    words = {int(index): word for word, rows in data.without().items() for index in rows}
    chosen = ended[sample(data.objective[ended], data.direction, MOST_LINES)]
    objective = data.objective[chosen]
    finite = np.isfinite(objective)
    low, high = (
        (float(objective[finite].min()), float(objective[finite].max())) if finite.any() else (0.0, 1.0)
    )
    height = (objective - low) / (high - low) if high > low else np.where(finite, 0.5, np.nan)
    return Parallel(
        [*data.space.names, data.indicator],
        np.column_stack([data.units[chosen], height]),
        data.number[chosen],
        bands(objective, data.direction),
        [words.get(index, "") for index in chosen.tolist()],
        (low, high),
        sample_note(len(chosen), len(ended)),
    )


def bands(objective: np.ndarray, direction: str) -> np.ndarray:
    """The objectives by rank in `BANDS` groups of equal size, the best in the last; -1 where NaN."""
    found = np.full(len(objective), -1)
    good = np.flatnonzero(np.isfinite(objective))
    ranked = good[np.argsort(objective[good] if direction == "max" else -objective[good], kind="stable")]
    found[ranked] = np.arange(len(ranked)) * BANDS // max(1, len(ranked))
    return found


@dataclass(frozen=True)
class Surface:
    """The objective over two hyperparameters: a grid filled in between the trials, and the trials."""

    x: list
    y: list
    z: np.ndarray
    """Shape (len(y), len(x))."""
    dots: np.ndarray
    """Indices of the trials with a value that are drawn."""


def surface(data: Landscape, x: str, y: str) -> Surface | None:
    """The surface over hyperparameters x and y; None with fewer than three trials that have a value.

    Between trials it is the mean of their objectives weighted by inverse distance to the fourth power in
    the unit square (Shepard, ACM National Conference 1968); at a trial it is that trial's objective.
    """
    columns = [data.space.names.index(x), data.space.names.index(y)]
    known = np.flatnonzero(np.isfinite(data.objective) & np.isfinite(data.units[:, columns]).all(axis=1))
    if len(known) < 3:
        return None
    dots = known[sample(data.objective[known], data.direction, MOST_ANCHORS)]
    (across, xs), (up, ys) = _line(data, x), _line(data, y)
    anchors = data.units[dots][:, columns]
    flat_across, flat_up = (part.reshape(-1, 1) for part in np.meshgrid(across, up))
    squared = (flat_across - anchors[:, 0]) ** 2
    squared += (flat_up - anchors[:, 1]) ** 2
    weight = np.maximum(squared, 1e-9) ** -2.0
    z = (weight @ data.objective[dots]) / weight.sum(axis=1)
    return Surface(xs, ys, z.reshape(len(up), len(across)), dots)


def _line(data: Landscape, name: str) -> tuple[np.ndarray, list]:
    """Coordinates along a hyperparameter and the different values they stand for."""
    dimension = data.space[name]
    count = min(GRID, dimension.size or GRID) if not isinstance(dimension, Categorical) else dimension.size
    whole = dimension.size is not None
    units = (np.arange(count) + 0.5) / count if whole else np.linspace(0, 1, count)
    values = [dimension.from_unit(float(unit)) for unit in units]
    firsts = [i for i, value in enumerate(values) if i == 0 or value != values[i - 1]]
    return units[firsts], [values[i] for i in firsts]


@dataclass(frozen=True)
class Spans:
    """When trials ran: seconds since the first one started."""

    number: np.ndarray
    worker: list[str]
    status: list[str]
    """The trial's, or "No finite value" where it has completed without one."""
    begin: np.ndarray
    end: np.ndarray
    note: str = ""


def spans(data: Landscape) -> Spans:
    """The latest `MOST_SPANS` trials that have started, by worker and then by time."""
    every = np.flatnonzero(np.isfinite(data.begin))
    started = every[np.argsort(data.begin[every], kind="stable")][-MOST_SPANS:].tolist()
    note = f"The latest {len(started):,} of {len(every):,} trials" if len(started) < len(every) else ""
    lost = set(data.without().get("NaN", np.array([])).tolist())
    order = sorted(started, key=lambda i: (data.worker[i], data.begin[i]))
    return Spans(
        data.number[order],
        [data.worker[i] for i in order],
        ["No finite value" if i in lost else data.status[i] for i in order],
        data.begin[order],
        data.end[order],
        note,
    )


def distribution(objective: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The empirical distribution: different objectives in order, and the share of trials up to each.

    Of many, as many as a chart can show, at even steps of the share and with both ends.
    """
    finite = objective[np.isfinite(objective)]
    values, counts = np.unique(finite, return_counts=True)
    share = np.cumsum(counts) / max(1, len(finite))
    if len(values) <= MOST_STEPS:
        return values, share
    kept = np.unique(np.searchsorted(share, np.linspace(share[0], 1.0, MOST_STEPS) - 1e-12))
    return values[kept], share[kept]
