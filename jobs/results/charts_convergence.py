"""The chart of all trials' curves, written in Plotly's JSON form directly: see `drawing`."""

from __future__ import annotations

import numpy as np
from plotly.colors import sample_colorscale

from console.palette import sequential_scale
from jobs.results.charts import (
    BEST,
    DASHES,
    GREY,
    LEGEND,
    OUTCOMES,
    RUNNING,
    STEADY,
    escape,
    frame,
    hidden_axis,
    hover,
)
from jobs.results.curves import Band, Convergence, Curve, band
from jobs.results.drawing import Drawing, packed

AXES = {"step": "Step", "seconds": "Seconds since the trial started"}
SHADE = "rgba(134,143,159,0.16)"
UNSETTLED = 4
"""Points at the end of a thinned curve that may give way to others as the curve grows."""


def convergence(data: Convergence, indicator: str, direction: str, axis: str = "step") -> Drawing:
    """One curve per trial over `axis` ("step" or "seconds"), coloured by objective, the best one on top of the
    band of the others."""
    colours = _colours(data.curves, direction)
    ordered = sorted(data.curves, key=lambda curve: curve.best)
    traces = [
        _curve(curve, axis, BEST if curve.best else colours[curve.number], indicator) for curve in ordered
    ]
    found = band(data.curves, axis)
    if found is not None:
        at = len(ordered) - any(curve.best for curve in ordered)
        traces[at:at] = _band(found, axis, indicator)
    traces += _ends(data.curves, axis) + _running(data.curves, axis) + _gaps(data.curves, axis)
    layout = frame("Convergence per trial", AXES[axis], indicator, note=data.note)
    layout |= {"meta": STEADY, "showlegend": True, "legend": LEGEND, "yaxis2": hidden_axis()}
    if key := _key(data.curves, direction):
        layout["coloraxis"] = key
        traces.append(_key_holder())
    return Drawing(traces, layout)


def _curve(curve: Curve, axis: str, colour: str, indicator: str) -> dict:
    lost = curve.status in OUTCOMES
    dash = DASHES.get(curve.status, "solid")
    growing = curve.status == "Running" and len(curve.value) < curve.count
    return {
        "uid": f"t{curve.number}",
        "type": "scatter",
        "x": packed(curve.along(axis)),
        "y": packed(curve.value),
        "name": f"Best: trial {curve.number}" if curve.best else f"Trial {curve.number}",
        "showlegend": curve.best,
        "mode": "markers" if len(curve.step) < 2 else "lines",
        "line": {"color": colour, "width": 3 if curve.best else 1.2, "dash": dash},
        "marker": {"color": colour},
        "opacity": 1.0 if curve.best else 0.7 if lost else 0.55,
        "meta": {
            "trial": curve.number,
            "best": curve.best,
            "status": curve.status,
            "stable": max(0, len(curve.value) - UNSETTLED) if growing else len(curve.value),
        },
        "hovertemplate": hover(curve, indicator, axis),
    }


def _band(found: Band, axis: str, indicator: str) -> list[dict]:
    """The middle half as an area, the median as a line."""
    known = np.isfinite(found.median)
    x, low, high = found.x[known], found.low[known], found.high[known]
    place = "%{x:.5g} s" if axis == "seconds" else "step %{x:.5g}"
    area = {
        "uid": "band", "type": "scatter", "name": "Middle half", "mode": "lines", "fill": "toself",
        "x": packed(np.concatenate([x, x[::-1]])), "y": packed(np.concatenate([low, high[::-1]])),
        "line": {"width": 0}, "fillcolor": SHADE, "hoverinfo": "skip", "showlegend": True,
    }  # fmt: skip
    middle = {
        "uid": "median", "type": "scatter", "name": "Median of others", "mode": "lines",
        "x": packed(x), "y": packed(found.median[known]), "showlegend": True,
        "line": {"color": GREY, "width": 2.5, "dash": "dashdot"},
        "hovertemplate": f"Median of the others, {place}<br>{escape(indicator)} %{{y:.6g}}<extra></extra>",
    }  # fmt: skip
    return [area, middle]


def _ends(curves: list[Curve], axis: str) -> list[dict]:
    """Where the curves of trials that failed or were stopped break off."""
    traces = []
    for status in ("Failed", "Stopped"):
        symbol, colour = OUTCOMES[status]
        lost = [(curve, at) for curve in curves if curve.status == status for at in _last(curve)]
        if lost:
            marks = _marks(status.lower(), lost, axis)
            hover = f"Trial %{{customdata}} {status.lower()} here, at %{{y:.6g}}<extra></extra>"
            marker = {"symbol": symbol, "color": colour, "size": 8}
            traces.append({**marks, "name": status, "marker": marker, "hovertemplate": hover})
    return traces


def _running(curves: list[Curve], axis: str) -> list[dict]:
    """Where the curves of running trials have got to."""
    running = [(curve, at) for curve in curves if curve.status == "Running" for at in _last(curve)]
    if not running:
        return []
    marker = {"symbol": "circle-open", "color": RUNNING, "size": 8, "line": {"width": 2}}
    hover = "Trial %{customdata} runs, now at %{y:.6g}<extra></extra>"
    return [{**_marks("running", running, axis), "name": "Running", "marker": marker, "hovertemplate": hover}]


def _gaps(curves: list[Curve], axis: str) -> list[dict]:
    """Along the lower edge, where values were NaN or infinite."""
    gaps = [(curve, np.flatnonzero(np.isnan(curve.value))) for curve in curves]
    gaps = [(curve, at) for curve, at in gaps if len(at)]
    if not gaps:
        return []
    numbers = np.concatenate([np.full(len(at), curve.number) for curve, at in gaps])
    symbol, colour = OUTCOMES["NaN"]
    x = np.concatenate([curve.along(axis)[at] for curve, at in gaps])
    return [
        {
            "uid": "gaps", "type": "scatter", "mode": "markers", "name": "NaN or infinite", "showlegend": True,
            "x": packed(x), "y": packed(np.full(len(x), 0.015)), "yaxis": "y2", "customdata": numbers.tolist(),
            "marker": {"symbol": symbol, "color": colour, "size": 8},
            "hovertemplate": "Trial %{customdata}: not a finite value at %{x}<extra></extra>",
        }
    ]  # fmt: skip


def _marks(uid: str, places: list[tuple[Curve, int]], axis: str) -> dict:
    """Markers at one point of each curve."""
    return {
        "uid": uid,
        "type": "scatter",
        "mode": "markers",
        "showlegend": True,
        "x": packed(np.array([curve.along(axis)[at] for curve, at in places])),
        "y": packed(np.array([curve.value[at] for curve, at in places])),
        "customdata": [curve.number for curve, _ in places],
    }


def _last(curve: Curve) -> list[int]:
    """The place of the curve's last finite value, if it has one."""
    return np.flatnonzero(np.isfinite(curve.value))[-1:].tolist()


def _colours(curves: list[Curve], direction: str) -> dict[int, str]:
    """A colour per trial: where its objective stands among all, better ones lighter."""
    ranked = [curve.number for curve in _ranked(curves, direction)]
    shades = sample_colorscale(sequential_scale(), np.linspace(0, 1, len(ranked)).tolist()) if ranked else []
    found = dict(zip(ranked, shades, strict=True))
    plain = {
        curve.number: OUTCOMES[curve.status][1] if curve.status in OUTCOMES else GREY for curve in curves
    }
    return {number: found.get(number, colour) for number, colour in plain.items()}


def _ranked(curves: list[Curve], direction: str) -> list[Curve]:
    """The curves with an objective that counts, the worst first."""
    scored = [curve for curve in curves if curve.objective is not None and curve.status != "Failed"]
    return sorted(scored, key=lambda curve: curve.objective or 0.0, reverse=direction == "min")


def _key(curves: list[Curve], direction: str) -> dict:
    """The key to the colours: worst, middle and best objective."""
    ranked = _ranked(curves, direction)
    if len(ranked) < 2:
        return {}
    told = [ranked[0], ranked[len(ranked) // 2], ranked[-1]]
    bar = {
        "title": {"text": "Objective<br> ", "side": "top", "font": {"size": 11}},
        "thickness": 8, "len": 0.7, "outlinewidth": 0,
        "tickvals": [0.05, 0.5, 0.95], "ticktext": [f"{curve.objective:.3g}" for curve in told],
    }  # fmt: skip
    return {"cmin": 0, "cmax": 1, "colorscale": sequential_scale(), "colorbar": bar}


def _key_holder() -> dict:
    """A trace that shows nothing but brings the colour bar."""
    return {
        "uid": "key", "type": "scatter", "mode": "markers", "x": [None], "y": [None], "hoverinfo": "skip",
        "marker": {"color": [0], "coloraxis": "coloraxis"}, "showlegend": False, "name": "",
    }  # fmt: skip
