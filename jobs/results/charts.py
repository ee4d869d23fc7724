"""The charts, drawn with Plotly from plain data. The page's theme sets the colours of text and grid."""

from __future__ import annotations

import base64
import json

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale
from plotly.io.json import to_json_plotly

from console.palette import categorical, sequential_scale
from console.words import number as short
from jobs.results.comparison import Progress
from jobs.results.curves import Convergence, Course, Curve

BEST = categorical(0)
SECOND = categorical(1)
FAILED = categorical(2)


class Drawing:
    """A figure of very many traces. Plotly checks a trace's every property, which takes longer than all the rest
    of a request; these traces are written in its JSON form directly."""

    def __init__(self, frame: go.Figure, traces: list[dict]) -> None:
        self.layout, self.data = frame.layout, traces

    def to_json(self) -> str:
        """As `plotly.graph_objects.Figure.to_json`."""
        layout = to_json_plotly(self.layout.to_plotly_json())
        return f'{{"data":{json.dumps(self.data, separators=(",", ":"))},"layout":{layout}}}'


def convergence(data: Convergence, indicator: str, direction: str) -> Drawing:
    """One curve per trial, indicator against step, coloured by objective, the best one drawn on top."""
    colours = _colours(data.curves, direction)
    ordered = sorted(data.curves, key=lambda curve: curve.best)
    traces = [_trace(curve, BEST if curve.best else colours[curve.number], indicator) for curve in ordered]
    frame = framed(go.Figure(), "Convergence per trial", "Step", indicator, note=data.note)
    return Drawing(frame, traces)


def _trace(curve: Curve, colour: str, indicator: str) -> dict:
    return {
        "type": "scatter",
        "x": _packed(curve.step),
        "y": _packed(curve.value),
        "name": f"Trial {curve.number}",
        "mode": "markers" if len(curve.step) < 2 else "lines",
        "line": {"color": colour, "width": 3 if curve.best else 1.2},
        "marker": {"color": colour},
        "opacity": 1.0 if curve.best else 0.55,
        "meta": {"trial": curve.number, "best": curve.best},
        "hovertemplate": _hover(curve, indicator),
    }


def _packed(values: np.ndarray) -> dict[str, str]:
    """An array as Plotly's typed-array JSON, in single precision."""
    return {"dtype": "f4", "bdata": base64.b64encode(values.astype("<f4").tobytes()).decode()}


def best_so_far(data: Course, indicator: str) -> go.Figure:
    """The objective of every trial, and the best value so far as steps."""
    figure = go.Figure()
    figure.add_scatter(
        x=data.number,
        y=data.objective,
        name="Objective of the trial",
        mode="markers",
        marker={"color": SECOND, "size": 7},
        customdata=data.number,
        hovertemplate="Trial %{x}<br>" + escape(indicator) + " %{y:.5g}<extra></extra>",
    )
    figure.add_scatter(
        x=data.number,
        y=data.best,
        name="Best so far",
        mode="lines",
        line={"color": BEST, "width": 2.5, "shape": "hv"},
        hovertemplate="After trial %{x}<br>best " + escape(indicator) + " %{y:.5g}<extra></extra>",
    )
    if len(data.failed):
        figure.add_scatter(
            x=data.failed,
            y=np.zeros(len(data.failed)),
            yaxis="y2",
            name="Without objective",
            mode="markers",
            marker={"color": FAILED, "symbol": "x", "size": 7},
            hovertemplate="Trial %{x} ended without an objective<extra></extra>",
        )
        hidden = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
        figure.update_layout(yaxis2=hidden)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})
    return framed(figure, "Best value over trials", "Trial", indicator)


def overlaid(curves: list[Curve], indicator: str) -> go.Figure:
    """The curves of a few trials, told apart by colour."""
    figure = go.Figure()
    for index, curve in enumerate(curves):
        figure.add_scatter(
            x=curve.step,
            y=curve.value,
            name=f"Trial {curve.number}",
            mode="lines+markers" if len(curve.step) < 60 else "lines",
            line={"color": categorical(index), "width": 2},
            meta={"trial": curve.number},
            hovertemplate=_hover(curve, indicator),
        )
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})
    return framed(figure, "Curves of the trials", "Step", indicator)


def progress(jobs: list[Progress], by_time: bool) -> go.Figure:
    """The best value so far of several searches, over their ended trials or over time."""
    figure = go.Figure()
    for index, job in enumerate(jobs):
        figure.add_scatter(
            x=job.seconds if by_time else np.arange(1, len(job.best) + 1),
            y=job.best,
            name=f"{escape(job.name)} ({job.job})",
            mode="lines+markers" if len(job.best) < 60 else "lines",
            line={"color": categorical(index), "width": 2, "shape": "hv"},
            marker={"size": 4},
            hovertemplate="%{fullData.name}<br>%{x:.5g}: %{y:.5g}<extra></extra>",
        )
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})
    names = ", ".join(dict.fromkeys(job.indicator for job in jobs))
    if by_time:
        return framed(figure, "Best value over time", "Seconds since the first trial started", names)
    return framed(figure, "Best value over trials", "Trials that have ended", names)


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
    """What a trial used over time: series by name with values and unit, percent left and memory right."""
    figure = go.Figure()
    for index, (name, (values, unit)) in enumerate(series.items()):
        figure.add_scatter(
            x=seconds,
            y=values,
            name=f"{name} ({unit})",
            mode="lines+markers" if len(seconds) < 30 else "lines",
            line={"color": categorical(index), "width": 2},
            yaxis="y" if unit == "%" else "y2",
            hovertemplate=f"{name} %{{y:.4g}} {unit}<br>after %{{x:.0f}} s<extra></extra>",
        )
    figure.update_layout(
        yaxis2={"overlaying": "y", "side": "right", "title": {"text": "Memory (MB)"}, "rangemode": "tozero"},
        showlegend=True,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
    )
    figure.update_yaxes(rangemode="tozero")
    return framed(figure, "Resource usage", "Seconds since the start", "Percent")


def _colours(curves: list[Curve], direction: str) -> dict[int, str]:
    """A colour per trial: where its objective stands among all, better ones lighter."""
    objectives = {curve.number: curve.objective for curve in curves if curve.objective is not None}
    ranked = sorted(objectives, key=lambda number: objectives[number], reverse=direction == "min")
    places = np.linspace(0, 1, len(ranked)) if ranked else []
    shades = sample_colorscale(sequential_scale(), list(places)) if len(ranked) else []
    found = dict(zip(ranked, shades, strict=True))
    return {curve.number: found.get(curve.number, "#868f9f") for curve in curves}


def _hover(curve: Curve, indicator: str) -> str:
    lines = [
        f"<b>Trial {curve.number}</b>{' (best)' if curve.best else ''}, step %{{x}}",
        f"{escape(indicator)} %{{y:.6g}}",
    ]
    lines += [f"{escape(name)} {escape(short(value))}" for name, value in curve.parameters.items()]
    return "<br>".join(lines) + "<extra></extra>"


def escape(text: object) -> str:
    """Plotly reads a small HTML and %{…} in hover texts: names and values must not."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace("%", "&#37;")


def framed(figure: go.Figure, title: str, x: str, y: str, note: str = "") -> go.Figure:
    """The figure with title, axis titles and a note of what is shown below the title."""
    subtitle = {"text": note} if note else {}
    figure.update_layout(
        template="none",
        title={"text": title, "x": 0.02, "xref": "container", "font": {"size": 15}, "subtitle": subtitle},
        margin={"l": 64, "r": 16, "t": 64, "b": 48},
        hovermode="closest",
        showlegend=figure.layout.showlegend or False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(title={"text": x}, zeroline=False)
    figure.layout.yaxis.update(title={"text": escape(y)}, zeroline=False)
    return figure
