"""What the Gaussian process of bayes_opt_search believes, as plain numbers to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from search.bayes import BayesOptSearch, on_one_core
from search.sampler import Observation
from search.space import Array, Categorical, Params

POINTS = 60


@dataclass(frozen=True)
class Slice:
    """The model along one hyperparameter, all others being held at the best trial's values.

    `values` are settings in order; `means` and `deviations` are in the units of the indicator; `acquisition`
    is scaled to 0 (least attractive on this slice) to 1 (most attractive).
    """

    name: str
    values: list[Any]
    means: list[float]
    deviations: list[float]
    acquisition: list[float]


@dataclass(frozen=True)
class Explanation:
    """The best trial, through which the slices go, one slice per hyperparameter, and the weight kappa now."""

    incumbent: Params
    slices: list[Slice]
    kappa: float


def explain(
    sampler: BayesOptSearch,
    history: Sequence[Observation] | None,
    pending: Sequence[Mapping[str, Any]] | None = (),
) -> Explanation | None:
    """What the sampler believes at this moment, or None before three trials have a value.

    A pure function of the sampler's settings, history and pending trials, like `ask`.
    """
    evidence = sampler.evidence(list(history or ()), list(pending or ()))
    if len(evidence.units) < 3:
        return None
    with on_one_core():
        belief = sampler.belief(evidence)
    best = evidence.units[int(np.argmin(evidence.losses))]
    sign = 1.0 if sampler.direction == "min" else -1.0
    slices = []
    for position, name in enumerate(sampler.space.names):
        units, values = _along(sampler, best, position)
        columns = belief.encoding.columns(units)
        mean, deviation = belief.model.predict(columns, return_std=True)
        attraction = -np.asarray(belief.acquisition(columns, False), dtype=np.float64)
        width = float(np.ptp(attraction))
        scaled = (attraction - attraction.min()) / (width if width > 0 else 1.0)
        slices.append(
            Slice(
                name,
                values,
                [float(m) for m in sign * (belief.middle + belief.scale * mean)],
                [float(s) for s in belief.scale * deviation],
                [float(a) for a in scaled],
            )
        )
    kappa = sampler.kappa_at(evidence.count, len(evidence.pending))
    return Explanation(sampler.space.from_unit(best), slices, kappa)


def _along(sampler: BayesOptSearch, through: Array, position: int) -> tuple[Array, list[Any]]:
    """Points of the unit cube along one coordinate, and the different values of it that they stand for."""
    dimension = sampler.space[sampler.space.names[position]]
    count = dimension.size if isinstance(dimension, Categorical) else POINTS
    line = (
        (np.arange(count) + 0.5) / count
        if isinstance(dimension, Categorical)
        else np.linspace(0.0, 1.0, count)
    )
    values = [dimension.from_unit(float(u)) for u in line]
    firsts = [i for i, value in enumerate(values) if i == 0 or value != values[i - 1]]
    units = np.repeat(through[None], len(firsts), axis=0)
    units[:, position] = line[firsts]
    return sampler.space.snap(units), [values[i] for i in firsts]
