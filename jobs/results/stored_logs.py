"""Indicator points in the stored log of a trial, without running anything again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from jobs.results import points
from runtime.indicator import IndicatorReader, Point
from runtime.log import SYSTEM_PREFIX

CHUNK = 1 << 20


def points_in(path: Path, pattern: str, most: int | None = None) -> Iterator[Point]:
    """The indicator's points in a stored log, or in its first `most` bytes. Raises OSError, PatternError.

    The platform's own lines are blanked out first.
    """
    reader = IndicatorReader(pattern)
    yield from fed(reader, path, most)
    yield from reader.close()


def fed(reader: IndicatorReader, path: Path, most: int | None = None) -> Iterator[Point]:
    """The points that the reader finds in the log so far; its last line may be whole only later. Raises OSError."""
    with path.open("rb") as file:
        for line in _bounded_lines(file):
            if most is not None and file.tell() > most:
                break
            blank = line.startswith(SYSTEM_PREFIX.encode())
            yield from reader.feed(b" " * (len(line) - 1) + b"\n" if blank else line)


def _bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(CHUNK):
        yield line


def rows_in(path: Path, pattern: str, known: np.ndarray) -> np.ndarray:
    """The points of a log as an array of `points.DTYPE`; `known` are those with the times of its lines so far.

    Raises OSError where the log cannot be read.
    """
    seconds = seconds_by_line(known)
    found = (
        (
            index if point.step is None else point.step,
            point.value,
            seconds(point.line),
            point.line,
            point.offset,
        )
        for index, point in enumerate(points_in(path, pattern), start=1)
    )
    return np.fromiter(found, dtype=points.DTYPE)


def seconds_by_line(known: np.ndarray) -> Callable[[int], float]:
    """When each line was printed, as far as the points known so far tell: from the next of them."""
    lines, times = known["line"], known["seconds"]
    return lambda line: float(times[min(lines.searchsorted(line), len(times) - 1)]) if len(times) else 0.0
