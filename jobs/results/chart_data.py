"""The numbers behind a chart, as CSV."""

from __future__ import annotations

import base64
import csv
import io
from typing import Any

import numpy as np


def as_csv(figure: Any) -> str:
    """The figure's rows as text."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["series", "trial", "x", "y", "z"])
    writer.writerows(rows_of(figure))
    return text.getvalue()


def rows_of(figure: Any) -> list[list[Any]]:
    """Rows of series, trial (where it belongs to one), x, y and z (where it has one) of a Plotly figure."""
    found: list[list[Any]] = []
    for trace in figure.data:
        trace = trace if isinstance(trace, dict) else trace.to_plotly_json()
        found += _grid(trace) if trace["type"] == "contour" else _points(trace)
    return found


def _points(trace: dict) -> list[list[Any]]:
    x, y = _plain(trace.get("x")), _plain(trace.get("y"))
    meta = trace.get("meta")
    whole = meta.get("trial") if isinstance(meta, dict) else None
    own = _plain(trace.get("customdata")) if whole is None else []
    numbers = own if own and all(isinstance(value, int) for value in own) else [whole] * len(x)
    rows = zip(numbers, x, y, strict=True)
    known = [(n, a, b) for n, a, b in rows if a is not None and b is not None and a == a and b == b]
    return [[trace.get("name"), "" if n is None else n, a, b, ""] for n, a, b in known]


def _grid(trace: dict) -> list[list[Any]]:
    x, y = _plain(trace["x"]), _plain(trace["y"])
    rows = zip(y, np.asarray(trace["z"]).tolist(), strict=True)
    return [[trace.get("name"), "", a, b, c] for b, line in rows for a, c in zip(x, line, strict=True)]


def _plain(values: Any) -> list[Any]:
    if values is None:
        return []
    if isinstance(values, dict):
        values = np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])
    return [v.item() if isinstance(v, np.generic) else v for v in values]
