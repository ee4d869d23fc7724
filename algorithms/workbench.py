"""The regex workbench: a pattern tried on a sample log, as the page shows it. Pure functions."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from algorithms.patterns import Candidate, diagnose, discover
from algorithms.patterns.readings import MAX_SAMPLE_LINES
from console.words import number
from runtime.indicator import Hit, IndicatorReader, PatternError
from runtime.lines import Line, split_lines

LONGEST_SAMPLE = 1024 * 1024
"""Characters of a sample that are looked at."""
MOST_ROWS = 1500
CONTEXT_ROWS = 2
LONGEST_ROW = 600
MOST_CURVE_POINTS = 200
KINDS = {"best": "best so far", "time": "time", "setting": "setting", "counter": "counter"}


@dataclass(frozen=True)
class Mark:
    """A match in a line, in characters: `start` to `end`, its number `value_start` to `value_end`."""

    start: int
    value_start: int
    value_end: int
    end: int


@dataclass
class Row:
    """A line of the sample and its matches; one without text stands for `skipped` lines without a match."""

    number: int
    text: str = ""
    marks: list[Mark] = field(default_factory=list)
    skipped: int = 0


@dataclass(frozen=True)
class Attempt:
    """What a pattern reads from a sample, and what speaks against it; `problem`: it cannot be used."""

    rows: list[Row]
    values: list[float]
    warnings: list[str]
    problem: str = ""

    @property
    def summary(self) -> dict[str, float | int | None]:
        """Count, first, last, min and max of the values; min and max are of the finite ones."""
        finite = [value for value in self.values if math.isfinite(value)]
        return {
            "count": len(self.values),
            "first": self.values[0] if self.values else None,
            "last": self.values[-1] if self.values else None,
            "min": min(finite, default=None),
            "max": max(finite, default=None),
        }

    @property
    def curve(self) -> list[tuple[int, float]]:
        """(index, value) of finite values, thinned evenly to what a small picture can show."""
        points = [(index, value) for index, value in enumerate(self.values) if math.isfinite(value)]
        return points[:: max(1, math.ceil(len(points) / MOST_CURVE_POINTS))]


def attempt(indicator: str, pattern: str, sample: str) -> Attempt:
    """Try a pattern on a sample; without a pattern that can be used, only the lines are shown."""
    sample = sample[:LONGEST_SAMPLE]
    lines = list(split_lines(sample.encode("utf-8", "replace")))
    problem, hits = "", []
    if pattern:
        try:
            hits = list(IndicatorReader(pattern).hits(lines))
        except PatternError as error:
            problem = str(error)
    marks: dict[int, list[Mark]] = {}
    for hit in hits:
        marks.setdefault(hit.row, []).append(_mark(hit))
    usable = pattern and not problem and sample.strip()
    warnings = _warnings(indicator, pattern, sample, len(lines)) if usable else []
    return Attempt(_rows(lines, marks), [hit.point.value for hit in hits], warnings, problem)


@lru_cache(maxsize=8)  # the sample stays the same while a pattern is typed
def quantities(sample: str) -> tuple[Candidate, ...]:
    """The number-bearing names of a sample, metrics first."""
    return tuple(discover(sample))


def describe(candidate: Candidate) -> str:
    """What a reader needs to choose among the names, in a few words."""
    course = number(candidate.last)
    if candidate.count > 1:
        course = f"{number(candidate.first)} → {course}"
    trend = "" if candidate.trend == "unknown" else candidate.trend
    words = (KINDS.get(candidate.kind, ""), course, trend, candidate.direction)
    return ", ".join(word for word in words if word)


def _warnings(indicator: str, pattern: str, sample: str, line_count: int) -> list[str]:
    found = [warning.message for warning in diagnose(pattern, sample, indicator)]
    if line_count > MAX_SAMPLE_LINES:
        found.append(
            f"Warnings and names are taken from the first {MAX_SAMPLE_LINES:,} of {line_count:,} lines."
        )
    return found


def _mark(hit: Hit) -> Mark:
    def characters(position: int) -> int:
        return len(hit.text[:position].decode("utf-8", "replace"))

    return Mark(*(characters(at) for at in (hit.match[0], hit.value[0], hit.value[1], hit.match[1])))


def _rows(lines: list[Line], marks: dict[int, list[Mark]]) -> list[Row]:
    """All lines of a short sample; of a long one the beginning and the neighbourhood of matches."""
    rows, previous = [], -1
    for index in range(len(lines)) if len(lines) <= MOST_ROWS else _chosen(len(lines), marks):
        if index > previous + 1:
            rows.append(Row(lines[previous + 1].number, skipped=index - previous - 1))
        text = lines[index].text.decode("utf-8", "replace")
        rows.append(Row(lines[index].number, text[:LONGEST_ROW], marks.get(index, [])))
        previous = index
    if previous + 1 < len(lines):
        rows.append(Row(lines[previous + 1].number, skipped=len(lines) - previous - 1))
    return rows


def _chosen(count: int, marked: Iterable[int]) -> list[int]:
    wanted = set(range(min(count, 50)))
    for index in marked:
        wanted |= set(range(max(0, index - CONTEXT_ROWS), min(count, index + CONTEXT_ROWS + 1)))
        if len(wanted) >= MOST_ROWS:
            break
    return sorted(wanted)
