"""The charts of hyperparameters and time, drawn with Plotly from plain data."""

from __future__ import annotations

from itertools import chain

import numpy as np
import plotly.graph_objects as go

from console.palette import SEQUENTIAL, sequential_scale
from console.words import brief, briefs
from console.words import number as short
from jobs.results import aspects
from jobs.results.charts import (
    BEST,
    FAILED,
    GREY,
    LEGEND,
    OUTCOMES,
    RUNNING,
    SECOND,
    TOLD,
    escape,
    framed,
    left_out,
    rug,
)
from jobs.results.landscape import Landscape
from search.space import Categorical

STATUS_COLOURS = {
    "Completed": BEST, "Failed": FAILED, "Stopped": SECOND, "Running": RUNNING, "No finite value": OUTCOMES["NaN"][1],
}  # fmt: skip
MOST_CROSSES = 300
BRUSH = "Draw a box over an axis to filter the trials; double-click to clear."
"""Told where there is a table to filter."""


def empty(title: str, why: str) -> go.Figure:
    """A chart without data that says why."""
    return framed(go.Figure(layout={"meta": {"empty": why}}), title, "", "")


def parallel(data: Landscape) -> go.Figure:
    """One line per trial through every hyperparameter; a box drawn over an axis filters the trials table."""
    found = aspects.parallel(data)
    figure = go.Figure()
    for word, (_, colour) in OUTCOMES.items():
        rows = np.flatnonzero(np.array(found.outcome) == word)
        _lines(figure, found, rows, word, {"color": colour, "width": 1, "dash": "dot"}, 0.6)
    for place in range(aspects.BANDS):
        rows = np.flatnonzero(found.band == place)
        last = place == aspects.BANDS - 1
        name = "Best ninth" if last else f"Group {place + 1} of {aspects.BANDS}"
        line = {"color": SEQUENTIAL[place], "width": 1.8 if last else 1}
        _lines(figure, found, rows, name, line, 0.9 if last else 0.5)
    places = list(range(len(found.axes)))
    figure.update_layout(
        meta={"axes": data.space.names, "limits": found.limits, "hint": BRUSH},
        dragmode="select",
        annotations=list(chain.from_iterable(_ends(data, found))),
        shapes=[
            {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": {"color": GREY, "width": 1}}
            for x in places
        ],
    )
    framed(figure, "Parallel coordinates", "", "", note=found.note)
    figure.update_xaxes(
        tickvals=places, ticktext=[escape(name) for name in briefs(found.axes)], showgrid=False,
        range=[-0.3, len(places) - 0.7], tickangle=0 if len(places) < 8 else 40,
    )  # fmt: skip
    figure.update_layout(showlegend=True, legend=LEGEND)
    figure.update_yaxes(visible=False, range=[-0.12, 1.12], fixedrange=True)
    return figure


def _lines(
    figure: go.Figure, found: aspects.Parallel, rows: np.ndarray, name: str, line: dict, opacity: float
) -> None:
    """One trace with a line per row, parted by gaps."""
    if not len(rows):
        return
    width = len(found.axes)
    y = np.hstack([found.heights[rows], np.full((len(rows), 1), np.nan)]).ravel()
    lost = name in OUTCOMES
    figure.add_scatter(
        x=np.tile(np.arange(width + 1, dtype=np.float32), len(rows)),
        y=y.astype(np.float32),
        customdata=np.repeat(found.number[rows], width + 1),
        mode="lines+markers",
        name="No finite value" if name == "NaN" else name,
        line=line,
        marker={"color": line["color"], "size": 4},
        opacity=opacity,
        showlegend=lost or name == "Best ninth",
        hovertemplate=f"Trial %{{customdata}}{f' ({name.lower()})' if lost else ''}<extra></extra>",
    )


def _ends(data: Landscape, found: aspects.Parallel):
    """The values at the bottom and the top of each axis."""
    for x, name in enumerate(data.space.names):
        dimension = data.space[name]
        few = isinstance(dimension, Categorical)
        ends = (dimension.choices[0], dimension.choices[-1]) if few else (dimension.lower, dimension.upper)
        yield _end(x, ends)
    yield _end(len(data.space), found.limits)


def _end(x: int, ends: tuple) -> list[dict]:
    return [
        {"x": x, "y": y, "text": escape(short(end)), "showarrow": False, "yanchor": anchor}
        for y, end, anchor in ((0, ends[0], "top"), (1, ends[1], "bottom"))
    ]


def slice_of(data: Landscape, name: str) -> go.Figure:
    """The objective against one hyperparameter, later trials lighter."""
    values = data.values(name)
    known = np.array([i for i, v in enumerate(values) if v is not None], dtype=int)
    known = known[aspects.sample(data.objective[known], data.direction, aspects.MOST_DOTS)]
    good = [i for i in known if np.isfinite(data.objective[i])]
    figure = go.Figure()
    figure.add_scatter(
        x=shown(data, name, [values[i] for i in good]),
        y=data.objective[good],
        customdata=data.number[good],
        name="Trials",
        mode="markers",
        marker={
            "color": data.number[good], "colorscale": sequential_scale(), "size": 7,
            "colorbar": {"title": {"text": "Trial"}, "thickness": 10},
        },
        hovertemplate=f"Trial %{{customdata}}<br>{escape(name)} %{{x}}<br>%{{y:.5g}}<extra></extra>",
    )  # fmt: skip
    lost = {word: np.intersect1d(rows, known) for word, rows in data.without().items()}
    places = {word: shown(data, name, [values[i] for i in rows]) for word, rows in lost.items()}
    rug(figure, places, {word: data.number[rows] for word, rows in lost.items()})
    if not good:
        figure.update_yaxes(showticklabels=False)
    note = aspects.sample_note(len(known), len(values))
    framed(figure, f"Slice: {escape(brief(name, 40))}", escape(brief(name, 60)), data.indicator, note=note)
    return scaled(figure, data, x=name)


def contour(data: Landscape, x: str, y: str) -> go.Figure:
    """The objective over two hyperparameters, filled in between the trials."""
    title = "Contour"
    if x == y:
        return empty(title, "Choose two different hyperparameters.")
    found = aspects.surface(data, x, y)
    if found is None:
        return empty(title, "The contour appears when three trials have a value.")
    figure = go.Figure()
    figure.add_contour(
        x=shown(data, x, found.x),
        y=shown(data, y, found.y),
        z=found.z.astype(np.float32),
        **levels(data),
        hovertemplate=f"{escape(x)} %{{x}}<br>{escape(y)} %{{y}}<br>about %{{z:.5g}}<extra></extra>",
    )
    _crosses(figure, data, x, y)
    figure.add_scatter(
        x=shown(data, x, [data.parameters[i][x] for i in found.dots]),
        y=shown(data, y, [data.parameters[i][y] for i in found.dots]),
        customdata=data.number[found.dots],
        text=[short(value) for value in data.objective[found.dots].tolist()],
        mode="markers",
        name="Trials",
        marker={"color": "#ffffff", "size": 6, "line": {"color": "#1c2230", "width": 1}},
        hovertemplate="Trial %{customdata}<br>%{text}<extra></extra>",
    )
    framed(figure, title, escape(brief(x)), brief(y))
    return scaled(figure, data, x=x, y=y)


def levels(data: Landscape) -> dict:
    """How contours of the objective are coloured: better ones lighter."""
    return {
        "name": data.indicator,
        "colorscale": sequential_scale(),
        "reversescale": data.direction == "min",
        "line": {"width": 0.5},
        "colorbar": {"title": {"text": escape(data.indicator)}, "thickness": 10},
    }


def _crosses(figure: go.Figure, data: Landscape, x: str, y: str) -> None:
    """Where trials ended without an objective."""
    for word, rows in data.without().items():
        kept = [i for i in rows[-MOST_CROSSES:] if x in data.parameters[i] and y in data.parameters[i]]
        symbol, colour = OUTCOMES[word]
        figure.add_scatter(
            x=shown(data, x, [data.parameters[i][x] for i in kept]),
            y=shown(data, y, [data.parameters[i][y] for i in kept]),
            customdata=data.number[kept],
            mode="markers",
            name="No finite value" if word == "NaN" else word,
            marker={"symbol": symbol, "color": colour, "size": 7, "line": {"width": 1}},
            hovertemplate=f"Trial %{{customdata}}: {TOLD[word]}<extra></extra>",
        )
        figure.update_layout(showlegend=True, legend=LEGEND)


def timeline(data: Landscape) -> go.Figure:
    """When which worker ran which trial; of a trial that was started again, its last attempt."""
    found = aspects.spans(data)
    figure = go.Figure()
    for status in dict.fromkeys(found.status):
        rows = [i for i, word in enumerate(found.status) if word == status]
        x = np.column_stack([found.begin[rows], found.end[rows], np.full(len(rows), np.nan)]).ravel()
        figure.add_scatter(
            x=x.astype(np.float32),
            y=[worker for i in rows for worker in (found.worker[i],) * 3],
            customdata=np.repeat(found.number[rows], 3),
            name=status,
            mode="lines+markers",
            line={"color": STATUS_COLOURS.get(status, GREY), "width": 12},
            marker={"symbol": "line-ns-open", "size": 12, "color": STATUS_COLOURS.get(status, GREY)},
            hovertemplate=f"Trial %{{customdata}}, {status}<br>%{{x:.1f}} s<extra></extra>",
        )
    figure.update_layout(showlegend=True, legend=LEGEND)
    framed(figure, "Timeline by worker", "Seconds since the first trial started", "", note=found.note)
    figure.update_yaxes(type="category", automargin=True)
    return figure


def distribution(data: Landscape) -> go.Figure:
    """The share of trials whose objective is at most that value."""
    values, share = aspects.distribution(data.objective)
    figure = go.Figure()
    figure.add_scatter(
        x=values,
        y=share,
        name="Share of trials",
        mode="lines+markers" if len(values) < 60 else "lines",
        line={"color": BEST, "shape": "hv"},
        hovertemplate="%{y:.1%} of the trials reach at most %{x:.5g}<extra></extra>",
    )
    framed(
        figure,
        "Distribution of the objective",
        escape(data.indicator),
        "Share of trials",
        note=left_out(data.without()),
    )
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    return figure


def shown(data: Landscape, name: str, values: list) -> list:
    """Values as an axis takes them: choices as text."""
    return [str(value) for value in values] if isinstance(data.space[name], Categorical) else values


def scaled(figure: go.Figure, data: Landscape, **axes: str) -> go.Figure:
    """Give the axes the scales of their hyperparameters."""
    for letter, name in axes.items():
        dimension = data.space[name]
        kind = "category" if isinstance(dimension, Categorical) else "log" if dimension.log else "linear"
        axis = figure.layout[f"{letter}axis"]
        axis.update(type=kind, exponentformat="power")
        if kind == "log" and dimension.upper >= 100 * dimension.lower:
            axis.update(dtick=1)  # whole powers are enough
    return figure
