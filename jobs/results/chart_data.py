"""The numbers behind a chart, as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np


def as_csv(figure: Any) -> str:
    """Rows of series, trial (where it belongs to one), x, y and z (where it has one) of a Plotly figure."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["series", "trial", "x", "y", "z"])
    for trace in figure.data:
        writer.writerows(_grid(trace) if trace.type == "contour" else _points(trace))
    return text.getvalue()


def _points(trace: Any) -> list[list[Any]]:
    x, y = _plain(trace.x), _plain(trace.y)
    whole = (trace.meta or {}).get("trial") if isinstance(trace.meta, dict) else None
    own = _plain(trace.customdata) if trace.customdata is not None and whole is None else None
    numbers = own if own and all(isinstance(value, int) for value in own) else [whole] * len(x)
    rows = zip(numbers, x, y, strict=True)
    return [[trace.name, "" if n is None else n, a, b, ""] for n, a, b in rows if a == a and b == b]


def _grid(trace: Any) -> list[list[Any]]:
    rows = zip(_plain(trace.y), np.asarray(trace.z).tolist(), strict=True)
    return [[trace.name, "", a, b, c] for b, line in rows for a, c in zip(_plain(trace.x), line, strict=True)]


def _plain(values: Any) -> list[Any]:
    return [] if values is None else [v.item() if isinstance(v, np.generic) else v for v in values]
