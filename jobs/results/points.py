"""Indicator points in packed form: 32 bytes each, read back as numpy arrays and never as Python objects.

A running trial writes a batch whenever it has new points; when it ends, its batches become one.
"""

import numpy as np

from jobs.models import PointBatch, Trial

DTYPE = np.dtype(
    [("step", "<f8"), ("value", "<f8"), ("seconds", "<f4"), ("line", "<u4"), ("offset", "<u8")], align=False
)
"""step: the script's own or the point's index from 1; seconds since the attempt started; line and byte offset
of the log, for links into it."""


def pack(rows: list[tuple[float, float, float, int, int]]) -> bytes:
    """Rows of (step, value, seconds, line, offset) as bytes of `DTYPE`."""
    return np.array(rows, dtype=DTYPE).tobytes()


def unpack(data: bytes) -> np.ndarray:
    """The points of one batch, as a structured array of `DTYPE`."""
    return np.frombuffer(data, dtype=DTYPE)


def read(trial: Trial | int, start: int = 0) -> np.ndarray:
    """The trial's points from index `start` on, as a structured array of `DTYPE`."""
    batches = PointBatch.objects.filter(trial=trial).order_by("first").values_list("first", "data")
    parts = [
        unpack(data)[max(0, start - first) :]
        for first, data in batches
        if first + len(data) // DTYPE.itemsize > start
    ]
    return np.concatenate(parts) if parts else np.empty(0, dtype=DTYPE)


def merge(trial: Trial) -> None:
    """Make the trial's batches one."""
    batches = PointBatch.objects.filter(trial=trial)
    if batches.count() < 2:
        return
    data = b"".join(bytes(part) for part in batches.order_by("first").values_list("data", flat=True))
    batches.delete()
    PointBatch.objects.create(trial=trial, first=0, count=len(data) // DTYPE.itemsize, data=data)
