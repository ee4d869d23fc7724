"""Every chart as a table, for readers who do not see it and for those who want the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jobs.results import aspects
from jobs.results.charts import evenly
from jobs.results.curves import Convergence, Course
from jobs.results.landscape import Landscape
from search.explanation import Explanation
from search.importance import Importance

MOST_ROWS = 300


@dataclass(frozen=True)
class Table:
    """A header, rows of plain values, and what was left out. The column "Trial" holds numbers of trials."""

    caption: str
    header: list[str]
    rows: list[list[Any]] = field(default_factory=list)
    note: str = ""


def _cut(caption: str, header: list[str], rows: Sequence[list[Any]], note: str = "") -> Table:
    words = [note] if note else []
    if len(rows) > MOST_ROWS:
        words.append(f"{MOST_ROWS} of {len(rows):,} rows; the CSV file has all")
    return Table(caption, header, list(rows[:MOST_ROWS]), "; ".join(words))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def convergence(data: Convergence) -> Table:
    """One row per curve: where it began, how good it got, where it ended."""
    header = [
        "Trial",
        "Status",
        "Objective",
        "Points",
        "First",
        "Least",
        "Greatest",
        "Last",
        "Seconds",
        "Not finite",
    ]
    rows = []
    for curve in data.curves:
        value = curve.value[np.isfinite(curve.value)]
        ends = [value[0], value.min(), value.max(), value[-1]] if len(value) else [np.nan] * 4
        lost = int(np.isnan(curve.value).sum())
        shown = [_number(end) for end in ends]
        status = f"{curve.status}, best" if curve.best else curve.status
        rows.append(
            [curve.number, status, curve.objective, curve.count, *shown, float(curve.seconds[-1]), lost]
        )
    return _cut("Curves of the trials", header, rows, data.note)


def best_so_far(data: Course, direction: str) -> Table:
    """Trials with their objective and the best so far; of many, those that a chart of so many would show."""
    shown = evenly(data.number, data.objective, direction, MOST_ROWS // 2)
    lost = [i for i, word in enumerate(data.outcome) if word][: MOST_ROWS // 2]
    rows = []
    for i in sorted({*shown.tolist(), *lost}):
        outcome = data.outcome[i] or ("Stopped early" if data.stopped[i] else "Completed")
        rows.append([int(data.number[i]), _number(data.objective[i]), _number(data.best[i]), outcome])
    note = f"{len(rows):,} of {len(data.number):,} trials" if len(rows) < len(data.number) else ""
    return _cut("Objective of the trials", ["Trial", "Objective", "Best so far", "Outcome"], rows, note)


def trials(data: Landscape, names: list[str]) -> Table:
    """The ended trials with these hyperparameters, the best first."""
    sign = -1.0 if data.direction == "max" else 1.0
    ended = data.ended[np.argsort(sign * data.objective[data.ended], kind="stable")]
    rows = [
        [
            int(data.number[i]),
            *[data.parameters[i].get(name) for name in names],
            _number(data.objective[i]),
            data.status[i],
        ]
        for i in ended[: MOST_ROWS + 1].tolist()
    ]
    note = f"The best {MOST_ROWS} of {len(ended):,} trials" if len(ended) > MOST_ROWS else ""
    return Table("Trials", ["Trial", *names, data.indicator, "Status"], rows[:MOST_ROWS], note)


def importance(found: Importance) -> Table:
    """Hyperparameters and pairs by their share of the variance."""
    header = ["Hyperparameter", "Share of variance", "Deviation"]
    effects = [*found.singles, *found.pairs]
    rows = [[" × ".join(e.names), round(e.mean, 4), round(e.deviation, 4)] for e in effects]
    return _cut("Importance of hyperparameters", header, rows, found.reason)


def marginal(found: Importance, name: str) -> Table:
    """The expected objective along one hyperparameter."""
    header = [name, "Expected objective", "Deviation"]
    curve = next((row for row in found.marginals if row.name == name), None)
    if curve is None:
        return Table("Marginal", header, [], found.reason)
    return _cut(
        "Marginal",
        header,
        [list(row) for row in zip(curve.values, curve.means, curve.deviations, strict=True)],
    )


def pairwise(found: Importance, rank: int, reason: str) -> Table:
    """The expected objective over the two hyperparameters of that rank; a reason where there is none."""
    title = "Marginal of two hyperparameters"
    if not found.surfaces:
        return Table(title, ["First", "Second", "Expected objective", "Deviation"], [], reason)
    surface = found.surfaces[rank - 1]
    rows = [
        [first, second, surface.means[i][j], surface.deviations[i][j]]
        for i, first in enumerate(surface.values[0])
        for j, second in enumerate(surface.values[1])
    ]
    return _cut(title, [*surface.names, "Expected objective", "Deviation"], rows)


def belief(found: Explanation | None, name: str) -> Table:
    """What the search algorithm believes along one hyperparameter."""
    header = [name, "Mean", "Deviation", "Acquisition"]
    if found is None:
        return Table("Sampler's view", header)
    curve = next(row for row in found.slices if row.name == name)
    columns = (curve.values, curve.means, curve.deviations, curve.acquisition)
    return _cut("Sampler's view", header, [list(row) for row in zip(*columns, strict=True)])


def timeline(data: Landscape) -> Table:
    """When which worker ran which trial."""
    found = aspects.spans(data)
    header = ["Trial", "Worker", "Status", "Started after s", "Ended after s"]
    columns = (found.number.tolist(), found.worker, found.status, found.begin.tolist(), found.end.tolist())
    rows = [[n, w, s, round(a, 1), round(b, 1)] for n, w, s, a, b in zip(*columns, strict=True)]
    return _cut("Timeline by worker", header, rows, found.note)


def distribution(data: Landscape) -> Table:
    """The objective that each tenth of the trials does not exceed."""
    values, share = aspects.distribution(data.objective)
    rows = []
    for tenth in range(1, 11) if len(values) else []:
        at = int(np.searchsorted(share, tenth / 10 - 1e-9))
        rows.append([f"{tenth * 10} %", float(values[min(at, len(values) - 1)])])
    return Table("Distribution of the objective", ["Share of trials", f"{data.indicator} at most"], rows)


def of_figure(figure: Any, points: list[list[Any]]) -> Table:
    """Any chart by its series, as the CSV file has them."""
    title = figure.layout.title.text or "Chart"
    return _cut(title, ["Series", "x", "y"], [[row[0], row[2], row[3]] for row in points])
