"""Indicator points in packed form: 32 bytes each, read back as numpy arrays and never as Python objects.

A running trial writes a batch whenever it has new points; when it ends, its batches become one. Of long curves a
sketch is kept up to date with every batch, so that no chart has to read their points.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from jobs.models import PointBatch, Sketch, Trial
from jobs.results import thinning

DTYPE = np.dtype(
    [("step", "<f8"), ("value", "<f8"), ("seconds", "<f4"), ("line", "<u4"), ("offset", "<u8")], align=False
)
"""step: the script's own or the point's index from 1; seconds since the attempt started; line and byte offset
of the log, for links into it."""

NOTHING = np.empty(0, dtype=DTYPE)

Row = tuple[float, float, float, int, int]


def pack(rows: list[Row] | np.ndarray) -> bytes:
    """Rows of (step, value, seconds, line, offset) as bytes of `DTYPE`."""
    return np.array(rows, dtype=DTYPE).tobytes()


def unpack(data: bytes) -> np.ndarray:
    """The points of one batch, as a structured array of `DTYPE`."""
    return np.frombuffer(data, dtype=DTYPE)


def append(trial: Trial, first: int, rows: list[Row] | np.ndarray) -> None:
    """Store points from index `first` on, and take them into the trial's sketch. In a transaction of the caller's."""
    data = pack(rows)
    PointBatch.objects.create(trial=trial, first=first, count=len(rows), data=data)
    if first + len(rows) <= thinning.SKETCH_POINTS:
        return
    new = thinning.sketch_of(unpack(data), first)
    kept = Sketch.objects.filter(trial=trial).first()
    if kept is not None and kept.count == first:
        sketch = thinning.extended(np.frombuffer(bytes(kept.data), dtype=thinning.SKETCH), new)
    else:  # it has just become long
        sketch = thinning.extended(np.empty(0, dtype=thinning.SKETCH), thinning.sketch_of(read(trial)))
    columns = {"count": first + len(rows), "data": sketch.tobytes()}
    Sketch.objects.update_or_create(trial=trial, defaults=columns)


def replace(found: list[tuple[Trial, np.ndarray]]) -> None:
    """Make these arrays of `DTYPE` the points of the trials, instead of those they had."""
    clear([trial.pk for trial, _ in found])
    short = [pair for pair in found if 0 < len(pair[1]) <= thinning.SKETCH_POINTS]
    PointBatch.objects.bulk_create(
        PointBatch(trial=trial, first=0, count=len(rows), data=rows.tobytes()) for trial, rows in short
    )
    for trial, rows in found:
        if len(rows) > thinning.SKETCH_POINTS:
            append(trial, 0, rows)


def clear(trials: Iterable[int]) -> None:
    """Delete the points of the trials with these ids."""
    pks = list(trials)
    PointBatch.objects.filter(trial__in=pks).delete()
    Sketch.objects.filter(trial__in=pks).delete()


def read(trial: Trial | int, start: int = 0) -> np.ndarray:
    """The trial's points from index `start` on, as a structured array of `DTYPE`."""
    batches = PointBatch.objects.filter(trial=trial).order_by("first").values_list("first", "data")
    parts = [
        unpack(data)[max(0, start - first) :]
        for first, data in batches
        if first + len(data) // DTYPE.itemsize > start
    ]
    return np.concatenate(parts) if parts else NOTHING


def read_many(trials: Iterable[Trial]) -> dict[int, np.ndarray]:
    """The points of each of the trials, by id."""
    parts: dict[int, list[np.ndarray]] = {trial.pk: [NOTHING] for trial in trials}
    batches = PointBatch.objects.filter(trial__in=list(parts)).order_by("trial", "first")
    for pk, data in batches.values_list("trial", "data").iterator():
        parts[pk].append(unpack(bytes(data)))
    return {pk: np.concatenate(arrays) for pk, arrays in parts.items()}


def merge(trial: Trial) -> None:
    """Make the trial's batches one."""
    batches = PointBatch.objects.filter(trial=trial)
    if batches.count() < 2:
        return
    data = b"".join(bytes(part) for part in batches.order_by("first").values_list("data", flat=True))
    batches.delete()
    PointBatch.objects.create(trial=trial, first=0, count=len(data) // DTYPE.itemsize, data=data)


def sketches(trials: dict[int, int]) -> dict[int, np.ndarray]:
    """The curves of trials by id, given with their numbers of points, as arrays of `thinning.SKETCH`.

    Long curves come thinned, as they were kept; where that was never done, they are thinned now.
    """
    found = {}
    long = [pk for pk, count in trials.items() if count > thinning.SKETCH_POINTS]
    for pk, data in Sketch.objects.filter(trial__in=long).values_list("trial", "data"):
        found[pk] = np.frombuffer(bytes(data), dtype=thinning.SKETCH)
    parts: dict[int, list[np.ndarray]] = {}
    batches = PointBatch.objects.filter(trial__in=[pk for pk in trials if pk not in found])
    for pk, data in batches.order_by("trial", "first").values_list("trial", "data").iterator():
        parts.setdefault(pk, []).append(unpack(bytes(data)))
    for pk, arrays in parts.items():
        whole = thinning.sketch_of(np.concatenate(arrays))
        found[pk] = thinning.coarser(whole, thinning.SKETCH_POINTS)
    return found
