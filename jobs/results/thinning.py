"""Down-sampling of curves that keeps extremes, so that it can go on while points arrive: pure functions of arrays.

A curve is cut into buckets of 2^k consecutive points; of each, the least and the greatest value stay, and the
first point without a finite value. Thinning what was thinned to finer buckets gives what thinning the whole
curve gives, and a longer curve has the same buckets, or pairs of them.
"""

from __future__ import annotations

import numpy as np

SKETCH = np.dtype([("index", "<u4"), ("step", "<f8"), ("value", "<f8"), ("seconds", "<f4")], align=False)
"""A point that was kept: its index in the whole curve from 0, and what it says."""
SKETCH_POINTS = 400


def buckets_for(most: int) -> int:
    """How many buckets keep a finite curve, with both its ends, to at most `most` points."""
    return max(1, (most - 2) // 2)


def width_of(count: int, buckets: int) -> int:
    """Points in a bucket for a curve of `count` points; 1 means that every point is kept."""
    if count <= 2 * buckets + 2:
        return 1
    return 1 << (-(-count // buckets) - 1).bit_length()


def thin(index: np.ndarray, value: np.ndarray, width: int) -> np.ndarray:
    """Positions, in order, of the points to keep for buckets of that width. `index` must ascend."""
    count = len(index)
    if width == 1 or count < 3:
        return np.arange(count)
    bucket = index // width
    finite = np.isfinite(value)
    place = np.arange(count)
    kept = [
        np.array([0, count - 1]),
        _firsts(bucket, np.where(finite, value, np.inf), place),
        _firsts(bucket, np.where(finite, -value, np.inf), place),
        place[~finite][np.unique(bucket[~finite], return_index=True)[1]],
    ]
    return np.unique(np.concatenate(kept))


def _firsts(bucket: np.ndarray, value: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The place of each bucket's least value, the first of equals; of buckets without any, their first."""
    order = np.lexsort((place, value, bucket))
    return order[np.unique(bucket[order], return_index=True)[1]]


def sketch_of(rows: np.ndarray, first: int = 0) -> np.ndarray:
    """Points with step, value and seconds as an array of `SKETCH`; `first` is the index of the first one."""
    found = np.empty(len(rows), dtype=SKETCH)
    found["index"] = np.arange(first, first + len(rows))
    for name in ("step", "value", "seconds"):
        found[name] = rows[name]
    return found


def extended(sketch: np.ndarray, more: np.ndarray) -> np.ndarray:
    """A sketch with the points that came after it, thinned to at most about `SKETCH_POINTS`."""
    together = np.concatenate([sketch, more])
    return coarser(together, SKETCH_POINTS)


def coarser(sketch: np.ndarray, most: int) -> np.ndarray:
    """A sketch thinned to at most about `most` points."""
    if not len(sketch):
        return sketch
    count = int(sketch["index"][-1]) + 1
    return sketch[thin(sketch["index"], sketch["value"], width_of(count, buckets_for(most)))]
