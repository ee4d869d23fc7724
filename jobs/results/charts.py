"""The charts, drawn with Plotly from plain data. The page's theme sets the colours of text and grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import plotly.graph_objects as go

from console.palette import categorical
from console.words import brief
from console.words import number as short
from jobs.results.comparison import Progress
from jobs.results.curves import GOLDEN, Course, Curve
from jobs.results.drawing import Drawing

BEST = categorical(0)
SECOND = categorical(1)
FAILED = categorical(2)
RUNNING = categorical(3)
GREY = "#868f9f"
OUTCOMES = {
    "Failed": ("x", FAILED),
    "Stopped": ("square-open", SECOND),
    "NaN": ("triangle-down-open", categorical(6)),
}
"""Marker and colour of trials that ended without an objective, the same in every chart."""
DASHES = {"Failed": "dot", "Stopped": "dash"}
TOLD = {"Failed": "failed", "Stopped": "was stopped", "NaN": "ended without a finite value"}
LEGEND = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0}
STEADY = {"steady": True}
"""Says that the page may lay the chart out by itself, which takes half the time of drawing it."""
BEST_VALUE = "Best value over trials"
MOST_DOTS = 1_000
MOST_NAMED = 4
"""Changes of ranges that are named beside their lines."""
MOST_TOLD = 12
"""Hyperparameters that a hover text names."""


def best_so_far(
    data: Course, indicator: str, direction: str, changes: Sequence[tuple[int, str]] = ()
) -> Drawing:
    """The objective of every trial, and the best value so far as steps; in words where no trial has one.

    `changes` are the first trials of new ranges, each with what changed.
    """
    if not np.isfinite(data.objective).any():
        layout = frame(BEST_VALUE, "", "") | {"meta": {"empty": _without_value(data, indicator)}}
        return Drawing([], layout)
    shown = evenly(data.number, data.objective, direction, MOST_DOTS)
    turns = np.flatnonzero(
        np.diff(data.best, prepend=np.nan) != 0
    )  # where it changes, and NaN before the first
    turns = np.union1d(turns[np.isfinite(data.best[turns])], np.flatnonzero(np.isfinite(data.best))[-1:])
    best = {
        "type": "scatter",
        "x": data.number[turns],
        "y": data.best[turns],
        "name": "Best so far",
        "mode": "lines",
        "line": {"color": BEST, "width": 2.5, "shape": "hv"},
        "hovertemplate": f"From trial %{{x}} on<br>best {escape(indicator)} %{{y:.5g}}<extra></extra>",
    }
    lost = _rug({word: data.without(word) for word in OUTCOMES}, {})
    scored = int(np.isfinite(data.objective).sum())
    note = f"{len(shown):,} of {scored:,} trials: best and an even sample" if len(shown) < scored else ""
    layout = frame(BEST_VALUE, "Trial", indicator, note)
    layout |= {"meta": STEADY, "showlegend": True, "legend": LEGEND, "yaxis2": hidden_axis()}
    layout["shapes"] = [_line_before(first) for first, _ in changes]
    return Drawing([*_objectives(data, shown, indicator), best, *lost, *_changes(changes)], layout)


def _objectives(data: Course, shown: np.ndarray, indicator: str) -> Iterator[dict]:
    """Of the trials that are shown, a dot for each objective; those of trials that were stopped apart."""
    for stopped, name, symbol in (
        (False, "Objective of the trial", "circle"),
        (True, "Stopped early", "square-open"),
    ):
        rows = shown[data.stopped[shown] == stopped]
        if len(rows) or not stopped:
            yield {
                "type": "scatter",
                "x": data.number[rows],
                "y": data.objective[rows],
                "name": name,
                "mode": "markers",
                "marker": {"color": SECOND, "size": 7 if len(shown) < 300 else 5, "symbol": symbol},
                "customdata": data.number[rows],
                "hovertemplate": f"Trial %{{x}}<br>{escape(indicator)} %{{y:.5g}}<extra></extra>",
            }


def _without_value(data: Course, indicator: str) -> str:
    """Why there is no value to show; empty where no trial has ended."""
    counts = {word: len(data.without(word)) for word in OUTCOMES}
    told = [
        f"{count} {'without a finite value' if word == 'NaN' else word.lower()}"
        for word, count in counts.items()
    ]
    ended = ", ".join(words for words, count in zip(told, counts.values(), strict=True) if count)
    return f"No trial has a value of {indicator} that counts: {ended}." if ended else ""


def _line_before(trial: int) -> dict:
    """A line over the whole height of the chart, before the trial."""
    line = {"color": GREY, "width": 1.5, "dash": "dash"}
    return {
        "type": "line",
        "x0": trial - 0.5,
        "x1": trial - 0.5,
        "y0": 0,
        "y1": 1,
        "yref": "y domain",
        "line": line,
    }


def _changes(changes: Sequence[tuple[int, str]]) -> Iterator[dict]:
    """What changed where other ranges begin, told at the upper ends of their lines."""
    if changes:
        yield {
            "type": "scatter",
            "x": [first - 0.5 for first, _ in changes],
            "y": [0.985] * len(changes),
            "yaxis": "y2",
            "name": "Ranges changed",
            "mode": "markers+text" if len(changes) <= MOST_NAMED else "markers",
            "text": ["new ranges"] * len(changes),
            "textposition": "middle right",
            "textfont": {"size": 10},
            "hovertext": [escape(words) for _, words in changes],
            "customdata": [first for first, _ in changes],
            "marker": {"symbol": "diamond", "color": GREY, "size": 8},
            "hovertemplate": "Ranges from trial %{customdata} on<br>%{hovertext}<extra></extra>",
        }


def evenly(number: np.ndarray, objective: np.ndarray, direction: str, most: int) -> np.ndarray:
    """Indices, in order, of at most `most` trials with an objective: the best quarter and an even sample."""
    known = np.flatnonzero(np.isfinite(objective))
    if len(known) <= most:
        return known
    ranked = known[np.argsort(objective[known] * (-1 if direction == "max" else 1), kind="stable")]
    best, rest = ranked[: most // 4], ranked[most // 4 :]
    even = rest[np.argsort(number[rest] * GOLDEN % 1.0, kind="stable")[: most - len(best)]]
    return np.sort(np.concatenate([best, even]))


def rug(figure: go.Figure, places: dict[str, np.ndarray], numbers: dict[str, np.ndarray]) -> None:
    """Marks along the lower edge where trials ended without an objective, by how they ended.

    `numbers` are the trials' numbers where the places are something else.
    """
    for trace in _rug(places, numbers):
        figure.add_trace(trace)
        figure.update_layout(yaxis2=hidden_axis(), showlegend=True, legend=LEGEND)


def _rug(places: dict[str, np.ndarray], numbers: dict[str, np.ndarray]) -> Iterator[dict]:
    for word, x in places.items():
        if not len(x):
            continue
        symbol, colour = OUTCOMES[word]
        yield {
            "type": "scatter",
            "x": x,
            "y": np.full(len(x), 0.015),
            "yaxis": "y2",
            "name": "No finite value" if word == "NaN" else word,
            "mode": "markers",
            "customdata": numbers.get(word, x),
            "marker": {"color": colour, "symbol": symbol, "size": 8},
            "hovertemplate": f"Trial %{{customdata}}: {TOLD[word]}<extra></extra>",
        }


def hidden_axis() -> dict:
    """A second y axis for marks along the lower edge."""
    return {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}


def overlaid(curves: list[Curve], indicator: str) -> go.Figure:
    """The curves of a few trials, told apart by colour."""
    figure = go.Figure()
    for index, curve in enumerate(curves):
        figure.add_scatter(
            x=curve.step,
            y=curve.value,
            name=f"Trial {curve.number}" + (f" ({curve.status.lower()})" if curve.status in OUTCOMES else ""),
            mode="lines+markers" if len(curve.step) < 60 else "lines",
            line={"color": categorical(index), "width": 2, "dash": DASHES.get(curve.status, "solid")},
            meta={"trial": curve.number},
            hovertemplate=hover(curve, indicator),
        )
    figure.update_layout(showlegend=True, legend=LEGEND)
    return framed(figure, "Curves of the trials", "Step", indicator)


def progress(jobs: list[Progress], by_time: bool) -> go.Figure:
    """The best value so far of searches for the same indicator, over their ended trials or over time."""
    figure = go.Figure()
    valued = [job for job in jobs if np.isfinite(job.best).any()]
    for index, job in enumerate(valued):
        figure.add_scatter(
            x=job.seconds if by_time else np.arange(1, len(job.best) + 1),
            y=job.best,
            name=f"{escape(brief(job.name, 40))} ({job.job})",
            mode="lines+markers" if len(job.best) < 60 else "lines",
            line={"color": categorical(index), "width": 2, "shape": "hv"},
            marker={"size": 4},
            hovertemplate="%{fullData.name}<br>%{x:.5g}: %{y:.5g}<extra></extra>",
        )
    figure.update_layout(showlegend=True, legend=LEGEND)
    rest = [f"{brief(job.name, 40)} ({job.job})" for job in jobs if job not in valued]
    note = f"Without a value: {escape(', '.join(rest))}" if rest else ""
    indicator = jobs[0].indicator if jobs else ""
    if by_time:
        x = "Seconds since the first trial started"
        return framed(figure, "Best value over time", x, indicator, note=note)
    return framed(figure, "Best value over trials", "Trials that have ended", indicator, note=note)


def single_curve(
    step: np.ndarray, value: np.ndarray, indicator: str, lines: np.ndarray | None = None
) -> go.Figure:
    """One trial's indicator against its steps; `lines` are the points' lines in the log, opened by a click."""
    figure = go.Figure()
    figure.add_scatter(
        x=step,
        y=value,
        mode="lines+markers" if len(step) < 60 else "lines",
        line={"color": BEST, "width": 2},
        customdata=None if lines is None else lines.tolist(),
        hovertemplate="Step %{x}<br>" + escape(indicator) + " %{y:.6g}<extra></extra>",
    )
    return framed(figure, "Indicator by step", "Step", indicator)


def usage(seconds: np.ndarray, series: dict[str, tuple[np.ndarray, str]]) -> go.Figure:
    """What a trial used over time: series by name with values and unit, percent above and memory below."""
    figure = go.Figure()
    for index, (name, (values, unit)) in enumerate(series.items()):
        figure.add_scatter(
            x=seconds,
            y=values,
            name=f"{name} ({unit})",
            mode="lines+markers" if len(seconds) < 30 else "lines",
            line={"color": categorical(index), "width": 2},
            yaxis="y" if unit == "%" else "y2",
            hovertemplate=f"{name} %{{y:.4g}} {unit}<br>after %{{x:.1f}} s<extra></extra>",
        )
    below = {"domain": [0, 0.44], "title": {"text": "Memory (MB)"}, "rangemode": "tozero", "zeroline": False}
    figure.update_layout(yaxis2=below, showlegend=True, legend=LEGEND)
    framed(figure, "Resource usage", "Seconds since the start", "Usage (%)")
    figure.update_yaxes(rangemode="tozero", nticks=5)
    figure.update_layout(yaxis_domain=[0.56, 1], xaxis_anchor="y2")
    if len(seconds):
        figure.update_xaxes(range=[0, max(1.0, float(seconds[-1]) * 1.03)])
    return figure


def hover(curve: Curve, indicator: str, axis: str = "step") -> str:
    """What is told of a curve's point: trial, place, value, hyperparameters."""
    words = "best" if curve.best else curve.status.lower() if curve.status != "Completed" else ""
    place = "%{x:.5g} s" if axis == "seconds" else "step %{x}"
    lines = [
        f"<b>Trial {curve.number}</b>{f' ({words})' if words else ''}, {place}",
        f"{escape(indicator)} %{{y:.6g}}",
    ]
    told = list(curve.parameters.items())
    lines += [f"{escape(name)} {escape(short(value))}" for name, value in told[:MOST_TOLD]]
    if len(told) > MOST_TOLD:
        lines.append(f"and {len(told) - MOST_TOLD} more")
    return "<br>".join(lines) + "<extra></extra>"


def escape(text: object) -> str:
    """Plotly reads a small HTML and %{…} in hover texts: names and values must not."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace("%", "&#37;")


def left_out(without: dict[str, np.ndarray]) -> str:
    """How many trials a chart of objectives cannot show, in words; empty when none."""
    words = {"Failed": "failed", "Stopped": "stopped", "NaN": "without a finite value"}
    parts = [f"{len(rows):,} {words[word]}" for word, rows in without.items()]
    return f"Not in it: {', '.join(parts)}" if parts else ""


def framed(figure: go.Figure, title: str, x: str, y: str, note: str = "") -> go.Figure:
    """The figure with title, axis titles and a note of what is shown below the title."""
    shown = figure.layout.showlegend or False
    return figure.update_layout({**frame(title, x, y, note), "template": "none", "showlegend": shown})


def frame(title: str, x: str, y: str, note: str = "") -> dict:
    """A layout with title, axis titles and a note of what is shown below the title."""
    place = {"x": 0.02, "y": 1, "xref": "container", "yref": "container", "yanchor": "top", "pad": {"t": 12}}
    subtitle = {"text": note} if note else {}
    return {
        "title": {"text": title, **place, "font": {"size": 15}, "subtitle": subtitle},
        "margin": {"l": 64, "r": 16, "t": 64 if note else 44, "b": 48},
        "hovermode": "closest",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {"title": {"text": x, "standoff": 6}, "zeroline": False},
        "yaxis": {"title": {"text": escape(y)}, "zeroline": False},
    }
