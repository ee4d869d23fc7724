"""A figure in the form that Plotly's JSON has. Its own Python classes check every property of every trace: where a
page waits for the chart, that takes longer than all the rest of the request."""

from __future__ import annotations

import base64
import json

import numpy as np

KINDS = {"f": "f8", "i": "i4"}
"""What an array is written as, by the kind of its type; Plotly knows no integers of 64 bits."""


class Drawing:
    """A figure: traces and layout are dictionaries, values may be arrays."""

    def __init__(self, data: list[dict], layout: dict) -> None:
        self.data, self.layout = data, layout

    def to_json(self) -> str:
        """As `plotly.graph_objects.Figure.to_json`."""
        whole = {"data": self.data, "layout": self.layout}
        return json.dumps(
            whole, separators=(",", ":"), default=lambda array: packed(array, KINDS[array.dtype.kind])
        )


def packed(values: np.ndarray, kind: str = "f4") -> dict[str, str]:
    """An array as Plotly's typed-array JSON, in single precision unless `kind` says otherwise."""
    return {"dtype": kind, "bdata": base64.b64encode(values.astype(f"<{kind}").tobytes()).decode()}
