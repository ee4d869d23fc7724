"""List the quantities a log prints, so that one can be picked as the search indicator."""

import math
import re
from dataclasses import dataclass
from itertools import pairwise

from algorithms.patterns.choice import choose
from algorithms.patterns.names import (
    COUNTERS,
    FILLERS,
    RIVALS,
    SETTINGS,
    TIMES,
    loose_text,
    split_of,
    suggest_direction,
    words,
)
from algorithms.patterns.readings import Reading
from algorithms.patterns.scene import Scene, read_scene

MOST_CANDIDATES = 60
_MOST_TRIED = 80
_MOST_SCORED = 1_000_000
_MOST_LINES = 600
_MOST_READINGS = 4000


_KINDS = ("named", "listed", "column", "after", "below", "more")


@dataclass(frozen=True)
class Candidate:
    """A quantity of the log: `name` generates its pattern. `kind`: metric, best, time, setting or counter.

    `first`, `last`, `low` and `high` are of the printed values (low and high of the finite ones, None without any);
    `trend` is falling, rising, level, unsteady or unknown; `direction` is "max", "min" or None.
    """

    name: str
    count: int
    first: float
    last: float
    low: float | None
    high: float | None
    trend: str
    direction: str | None
    kind: str


def discover(sample: str) -> list[Candidate]:
    """Return the quantities of a sample: metrics first, the most often printed first."""
    scene = read_scene(sample, _MOST_LINES)
    if len(scene.readings) > _MOST_READINGS:  # lines of many numbers: fewer of them tell as much
        scene = read_scene(sample, max(50, _MOST_LINES * _MOST_READINGS // len(scene.readings)))
    found: list[Candidate] = []
    taken: set[frozenset[tuple[int, int]]] = set()
    most = max(10, min(_MOST_TRIED, _MOST_SCORED // max(1, len(scene.readings))))
    for name in _names(scene)[:most]:
        target = choose(name, scene)
        if target is None:
            continue
        places = frozenset((reading.row, reading.start) for reading in target.readings)
        if places in taken:
            continue
        taken.add(places)
        found.append(_candidate(name, [reading.value for reading in target.readings]))
    order = ("metric", "best", "setting", "time", "counter")
    found.sort(key=lambda item: (order.index(item.kind), item.direction is None, -item.count))
    return found[:MOST_CANDIDATES]


def _names(scene: Scene) -> list[str]:
    """Return the printed names, each with the split of the data it is printed under when that is needed."""
    places = {
        kind: {(item.row, item.start) for item in scene.readings if item.kind == kind} for kind in _KINDS
    }
    counts: dict[str, int] = {}
    for reading in scene.readings:
        place = (reading.row, reading.start)
        narrow = reading.kind == "column" and len(scene.tables[reading.table].header) <= 2
        if (
            reading.flaw
            or reading.kind == "more"
            or (reading.kind == "after" and (place in places["named"] or place in places["column"]))
            or (reading.kind == "named" and place in places["column"] and not reading.strong)
            or (reading.kind == "named" and place in places["listed"])
            or (narrow and place in places["named"])
            or not _telling(reading.name)
        ):
            continue
        name = _full_name(reading)
        counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: -counts[name])


def _telling(name: str) -> bool:
    """Return whether a name can be picked: it has a letter, is no sentence and does not end in "for" or "of"."""
    found = re.findall(r"[^\W\d_]+", name)
    return bool(found) and len(name) <= 60 and len(found) <= 7 and found[-1].lower() not in FILLERS


def _full_name(reading: Reading) -> str:
    name = reading.name
    if reading.kind == "column" and reading.labels and len(reading.labels) < 24:
        return f"{reading.labels} {name}"
    if split_of(words(name)) is None:
        nearby = re.findall(r"[^\W\d_]+", loose_text(reading.before[-200:]))
        split = next((word for word in reversed(nearby) if split_of(words(word))), None)
        if split:
            return f"{split} {name}"
    return name


def _candidate(name: str, values: list[float]) -> Candidate:
    finite = [value for value in values if math.isfinite(value)]
    return Candidate(
        name=name,
        count=len(values),
        first=values[0],
        last=values[-1],
        low=min(finite, default=None),
        high=max(finite, default=None),
        trend=trend(finite),
        direction=suggest_direction(name),
        kind="counter" if _counting(values) and suggest_direction(name) is None else kind_of(name),
    )


def _counting(values: list[float]) -> bool:
    steps = {after - before for before, after in pairwise(values)}
    return len(values) > 2 and all(value.is_integer() for value in values) and min(steps) >= 0 < max(steps)


def kind_of(name: str) -> str:
    """Return what a name stands for: a metric, a best-so-far, a time, a setting or a counter."""
    found = set(words(name)) | {word.lower() for word in re.findall(r"[^\W\d_]+", name)}
    if found & (RIVALS - {"max", "min", "last"}):
        return "best"
    if suggest_direction(name) is None or found & TIMES:
        for kind, known in (("time", TIMES), ("setting", SETTINGS), ("counter", COUNTERS)):
            if found & known:
                return kind
    return "metric"


def trend(values: list[float]) -> str:
    """Return how values develop: falling, rising, level, unsteady, or unknown for fewer than three."""
    if len(values) < 3:
        return "unknown"
    third = max(1, len(values) // 3)
    before, after = sum(values[:third]) / third, sum(values[-third:]) / third
    spread = max(values) - min(values)
    if spread <= 1e-9 * max(1.0, abs(max(values))):
        return "level"
    if abs(after - before) < 0.25 * spread:
        return "unsteady"
    return "rising" if after > before else "falling"
