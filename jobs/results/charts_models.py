"""The charts of what a model makes of the trials: importance, marginals, and what the search algorithm believes."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from console.words import brief, briefs
from jobs.results.charts import BEST, GREY, LEGEND, SECOND, escape, framed
from jobs.results.charts_space import empty, levels, scaled, shown
from jobs.results.landscape import MOST_PAIRED, Landscape
from search.explanation import Explanation
from search.importance import Importance
from search.space import Categorical

BAND = "rgba(54,102,213,0.2)"
MOST_BARS = 12
MOST_PAIRS = 4
LEAST_SHARE = 0.01
"""Share of the variance from which on a pair has a bar."""
LEAST_SCORE = 0.1
"""R² of a forest on unseen trials below which its shares mean little."""


def importance(found: Importance) -> go.Figure:
    """The share of the objective's variance that hyperparameters explain, with deviation over the trees."""
    title = "Importance of hyperparameters"
    if not found.singles:
        return empty(title, found.reason)
    pairs = [pair for pair in found.pairs[:MOST_PAIRS] if pair.mean >= LEAST_SHARE]
    effects = [*found.singles[:MOST_BARS], *pairs][::-1]
    figure = go.Figure()
    figure.add_bar(
        x=[effect.mean for effect in effects],
        y=[escape(" × ".join(effect.names)) for effect in effects],
        error_x={
            "type": "data",
            "array": [min(effect.deviation, 1 - effect.mean) for effect in effects],
            "arrayminus": [min(effect.deviation, effect.mean) for effect in effects],
            "color": GREY,
        },
        customdata=[effect.deviation for effect in effects],
        orientation="h",
        marker={"color": [SECOND if len(effect.names) > 1 else BEST for effect in effects]},
        name="Importance",
        hovertemplate="%{y}<br>%{x:.1%} ± %{customdata:.1%}<extra></extra>",
    )
    count = len(found.singles)
    cut = f" The first {MOST_BARS} of {count} hyperparameters." if count > MOST_BARS else ""
    note = f"Mean ± deviation over the trees of a forest fitted to {found.trials} trials. {trust(found)}{cut}"
    framed(figure, title, "Share of the variance explained", "", note=note)
    figure.update_xaxes(tickformat=".0%", rangemode="tozero")
    own = [effect.names[0] for effect in found.singles]
    words = dict(zip(own, briefs(own), strict=True))
    named = [" × ".join(words[name] for name in effect.names) for effect in effects]
    figure.update_yaxes(
        automargin=True, tickvals=list(range(len(effects))), ticktext=[escape(n) for n in named]
    )
    return figure


def trust(found: Importance) -> str:
    """How far the forest can be believed, in words."""
    score = found.forest_score
    if score is None:
        return ""
    if score < LEAST_SCORE:
        return "It does not foresee trials that it has not seen: these shares say little yet."
    return f"It explains {min(score, 1):.0%} of how trials that it has not seen differ (R²)."


def marginal(found: Importance, data: Landscape, name: str) -> go.Figure:
    """The expected objective along one hyperparameter, averaged over the others."""
    title = f"Marginal: {escape(brief(name, 40))}"
    if not found.marginals:
        return empty(title, found.reason)
    curve = next(row for row in found.marginals if row.name == name)
    figure = go.Figure()
    _band(figure, data, name, curve.values, np.array(curve.means), np.array(curve.deviations))
    framed(
        figure,
        title,
        escape(brief(name, 60)),
        data.indicator,
        note="Expected value, averaged over all others",
    )
    return scaled(figure, data, x=name)


def pairwise(found: Importance, data: Landscape, rank: int) -> go.Figure:
    """The expected objective over the two hyperparameters of that rank, averaged over the others."""
    title = "Marginal of two hyperparameters"
    if not found.surfaces:
        return empty(title, no_pairs(found, len(data.space)))
    surface, effect = found.surfaces[rank - 1], found.pairs[rank - 1]
    x, y = surface.names
    figure = go.Figure()
    figure.add_contour(
        x=shown(data, x, surface.values[0]),
        y=shown(data, y, surface.values[1]),
        z=np.array(surface.means, dtype=np.float32).T,
        customdata=np.array(surface.deviations, dtype=np.float32).T,
        **levels(data),
        hovertemplate=f"{escape(x)} %{{x}}<br>{escape(y)} %{{y}}<br>%{{z:.5g}} ± %{{customdata:.3g}}<extra></extra>",
    )
    note = (
        "Expected value, averaged over all others. Beyond what each does alone, the two explain "
        f"{effect.mean:.1%} of the variance."
    )
    names = [" × ".join(brief(name) for name in pair.names) for pair in found.pairs[: len(found.surfaces)]]
    figure.update_layout(meta={"options": {str(i): name for i, name in enumerate(names, 1)}})
    framed(
        figure,
        f"Marginal: {escape(brief(x, 24))} × {escape(brief(y, 24))}",
        escape(brief(x)),
        brief(y),
        note=note,
    )
    return scaled(figure, data, x=x, y=y)


def no_pairs(found: Importance, dimensions: int) -> str:
    """Why no pair of hyperparameters was analysed."""
    if dimensions < 2:
        return "A pair needs two hyperparameters; this job searches one."
    return (
        found.reason
        or f"Pairs are analysed up to {MOST_PAIRED} hyperparameters; this job searches {dimensions}."
    )


def belief(found: Explanation | None, data: Landscape, name: str, kind: str) -> go.Figure:
    """What the search algorithm believes along one hyperparameter, through the best trial."""
    title = f"Sampler's view: {escape(brief(name, 40))}"
    if found is None:
        return empty(title, "The sampler's view appears when three trials have a value.")
    curve = next(row for row in found.slices if row.name == name)
    figure = go.Figure()
    mean = np.array(curve.means)
    _band(figure, data, name, curve.values, mean, np.array(curve.deviations))
    figure.add_scatter(
        x=shown(data, name, curve.values),
        y=curve.acquisition,
        yaxis="y2",
        name=f"Acquisition ({kind})",
        mode="lines",
        line={"color": SECOND, "dash": "dot"},
        hovertemplate="acquisition %{y:.2f} of the most attractive here<extra></extra>",
    )
    best = np.flatnonzero(data.number == data.best)
    if len(best) and name in data.parameters[best[0]]:
        figure.add_scatter(
            x=shown(data, name, [data.parameters[best[0]][name]]),
            y=data.objective[best],
            customdata=[data.best],
            name="Best trial",
            mode="markers",
            marker={"symbol": "star", "size": 12, "color": BEST},
            hovertemplate="Trial %{customdata}, the best: %{y:.5g}<extra></extra>",
        )
    scale = {"overlaying": "y", "side": "right", "range": [0, 1.05], "title": {"text": "Acquisition, 0 to 1"}}
    figure.update_layout(
        yaxis2={**scale, "showgrid": False, "tickvals": [0, 0.5, 1]}, showlegend=True, legend=LEGEND
    )
    note = "Expected value ± deviation through the best trial; dotted, where the algorithm wants to look"
    framed(figure, title, escape(brief(name, 60)), data.indicator, note=note)
    return scaled(figure, data, x=name)


def _band(figure, data: Landscape, name: str, values: list, mean: np.ndarray, deviation: np.ndarray) -> None:
    """Mean and mean ± deviation along a hyperparameter; bars of error for choices."""
    along = shown(data, name, values)
    hover = f"{escape(name)} %{{x}}<br>%{{y:.5g}} ± %{{customdata:.3g}}<extra></extra>"
    common = {"x": along, "y": mean, "customdata": deviation, "name": "Mean", "hovertemplate": hover}
    if isinstance(data.space[name], Categorical):
        error = {"type": "data", "array": deviation}
        figure.add_scatter(**common, mode="markers", error_y=error, marker={"color": BEST, "size": 9})
        return
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(x=along, y=mean - deviation, name="Mean - deviation", **edge)
    fill = {"fill": "tonexty", "fillcolor": BAND}
    figure.add_scatter(x=along, y=mean + deviation, name="Mean + deviation", **edge, **fill)
    figure.add_scatter(**common, mode="lines", line={"color": BEST, "width": 2})
