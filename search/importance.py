"""Which hyperparameters matter: functional analysis of variance over a random forest.

A forest is fitted to the finished trials; its variance over the whole search space is divided into the parts
that single hyperparameters and pairs of them explain. Source: Hutter, Hoos and Leyton-Brown, An Efficient
Approach for Assessing Hyperparameter Importance, ICML 2014.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from search.sampler import Observation
from search.space import Array, Categorical, SearchSpace

MINIMUM_TRIALS = 4
TREES = 64
CURVE_POINTS = 25
SURFACE_POINTS = 15
SURFACES = 5


@dataclass(frozen=True)
class Effect:
    """The share of the variance that one hyperparameter, or a pair beyond its two members, explains.

    `mean` and `deviation` are over the trees of the forest; the means of all effects of all orders add up to
    1.
    """

    names: tuple[str, ...]
    mean: float
    deviation: float


@dataclass(frozen=True)
class Marginal:
    """The expected value of the indicator along one hyperparameter, averaged over all others.

    `values` are settings of the hyperparameter in order, `means` and `deviations` (over trees) are in the
    units of the indicator.
    """

    name: str
    values: list[Any]
    means: list[float]
    deviations: list[float]


@dataclass(frozen=True)
class Surface:
    """The expected value of the indicator over two hyperparameters, averaged over all others.

    `values` are the settings of the first and of the second; `means[i][j]` and `deviations[i][j]` (over
    trees) belong to the i-th of the first and the j-th of the second, in the units of the indicator.
    """

    names: tuple[str, str]
    values: tuple[list[Any], list[Any]]
    means: list[list[float]]
    deviations: list[list[float]]


@dataclass(frozen=True)
class Importance:
    """The result of `analyse`: effects sorted by mean, largest first, and one marginal per hyperparameter.

    `surfaces` are the pairwise marginals of the pairs that explain most, in the order of `pairs`. `reason`
    says why there is none when `singles` is empty.
    """

    singles: list[Effect]
    pairs: list[Effect]
    marginals: list[Marginal]
    trials: int
    reason: str = ""
    forest_score: float | None = None
    surfaces: tuple[Surface, ...] = ()


def analyse(
    space: SearchSpace, history: Sequence[Observation], *, pairs: bool = True, seed: int = 1
) -> Importance:
    """Analyse finished trials; failed ones are left out.

    Deterministic. Returns an empty analysis with a reason when there are fewer than four values or all are
    the same. `forest_score` is the R2 of the forest on trials that each tree has not seen: near 0 or below,
    the analysis says little.
    """
    finished = [o for o in history if o.value is not None and np.isfinite(float(o.value))]
    values = np.array([float(o.value) for o in finished if o.value is not None])
    if len(finished) < MINIMUM_TRIALS:
        have = "1 trial has" if len(finished) == 1 else f"{len(finished) or 'No'} trials have"
        reason = f"{have} a value; importance needs at least {MINIMUM_TRIALS}."
        return Importance([], [], [], len(finished), reason)
    if float(np.ptp(values)) <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return Importance([], [], [], len(finished), "All trials reached the same value: nothing to explain.")
    units = space.to_units([o.params for o in finished])
    forest, score = _fit(units, values, seed)
    trees = [_Partition.of(estimator.tree_, len(space)) for estimator in forest.estimators_]
    singles = {(j,): np.array([tree.share((j,)) for tree in trees]) for j in range(len(space))}
    found = {names: _effect(space, names, shares) for names, shares in singles.items()}
    both: list[Effect] = []
    if pairs:
        for i, j in itertools.combinations(range(len(space)), 2):
            joint = np.array([tree.share((i, j)) for tree in trees])
            both.append(_effect(space, (i, j), np.maximum(joint - singles[i,] - singles[j,], 0.0)))
    both.sort(key=lambda effect: -effect.mean)
    return Importance(
        sorted(found.values(), key=lambda effect: -effect.mean),
        both,
        [_marginal(space, j, trees) for j in range(len(space))],
        len(finished),
        forest_score=score,
        surfaces=tuple(_surface(space, effect.names, trees) for effect in both[:SURFACES]),
    )


def _fit(units: Array, values: Array, seed: int) -> tuple[Any, float | None]:
    from sklearn.ensemble import RandomForestRegressor  # loads in about a second

    forest = RandomForestRegressor(
        TREES, min_samples_leaf=1 if len(values) < 50 else 2, bootstrap=True, random_state=seed
    )
    forest.fit(units, values)
    return forest, _unseen_score(forest, units, values)


def _unseen_score(forest: Any, units: Array, values: Array) -> float | None:
    """R2 of predictions made only by the trees that did not see a trial."""
    total, count = np.zeros(len(values)), np.zeros(len(values))
    for estimator, seen in zip(forest.estimators_, forest.estimators_samples_, strict=True):
        unseen = np.ones(len(values), dtype=bool)
        unseen[seen] = False
        if unseen.any():
            total[unseen] += estimator.predict(units[unseen])
            count[unseen] += 1
    covered = count > 0
    spread = float(((values[covered] - values[covered].mean()) ** 2).sum()) if covered.any() else 0.0
    if spread <= 0:
        return None
    rest = float(((values[covered] - total[covered] / count[covered]) ** 2).sum())
    return 1.0 - rest / spread


def _effect(space: SearchSpace, positions: tuple[int, ...], shares: Array) -> Effect:
    names = tuple(space.names[j] for j in positions)
    return Effect(names, float(shares.mean()), float(shares.std()))


@dataclass(frozen=True)
class _Partition:
    """A tree as boxes that divide the unit cube: `low` and `high` (leaves, d), and the value in each."""

    low: Array
    high: Array
    value: Array
    volume: Array
    mean: float
    variance: float

    @classmethod
    def of(cls, tree: Any, dimensions: int) -> _Partition:
        low, high, value = [], [], []
        stack = [(0, np.zeros(dimensions), np.ones(dimensions))]
        while stack:
            node, floor, ceiling = stack.pop()
            if tree.children_left[node] < 0:
                low.append(floor)
                high.append(ceiling)
                value.append(float(tree.value[node].ravel()[0]))
                continue
            feature, threshold = tree.feature[node], tree.threshold[node]
            left, right = ceiling.copy(), floor.copy()
            left[feature] = right[feature] = threshold
            stack += [(tree.children_left[node], floor, left), (tree.children_right[node], right, ceiling)]
        lows, highs, values = np.array(low), np.array(high), np.array(value)
        volume = (highs - lows).prod(axis=1)
        mean = float(volume @ values)
        return cls(lows, highs, values, volume, mean, float(volume @ (values - mean) ** 2))

    def marginal(self, positions: tuple[int, ...], cells: list[Array]) -> Array:
        """The mean over all other coordinates at the middles of a grid's cells, one axis per position."""
        inside = [
            (self.low[:, j, None] <= middle) & (middle < self.high[:, j, None])
            for j, middle in zip(positions, cells, strict=True)
        ]
        width = (self.high[:, positions] - self.low[:, positions]).prod(axis=1)
        weight = self.value * self.volume / np.maximum(width, 1e-300)
        if len(positions) == 1:
            return np.asarray(weight @ inside[0])
        return np.asarray((weight[:, None] * inside[0]).T @ inside[1])

    def share(self, positions: tuple[int, ...]) -> float:
        """The share of the variance that the marginal over these coordinates has (closed, so with its
        parts)."""
        if self.variance <= 1e-300:
            return 0.0
        middles, widths = [], []
        for j in positions:
            edges = np.unique(np.concatenate([self.low[:, j], self.high[:, j]]))
            middles.append((edges[:-1] + edges[1:]) / 2)
            widths.append(np.diff(edges))
        weights = widths[0] if len(positions) == 1 else np.outer(widths[0], widths[1])
        away = (self.marginal(positions, middles) - self.mean) ** 2
        return float((weights * away).sum() / self.variance)


def _line(space: SearchSpace, position: int, points: int) -> tuple[Array, list[Any]]:
    """Unit coordinates along one hyperparameter, and the different values that they stand for."""
    dimension = space[space.names[position]]
    count = dimension.size if isinstance(dimension, Categorical) else points
    units = (np.arange(count) + 0.5) / count
    values = [dimension.from_unit(float(u)) for u in units]
    firsts = [i for i, value in enumerate(values) if i == 0 or value != values[i - 1]]
    return units[firsts], [values[i] for i in firsts]


def _marginal(space: SearchSpace, position: int, trees: list[_Partition]) -> Marginal:
    units, values = _line(space, position, CURVE_POINTS)
    curves = np.array([tree.marginal((position,), [units]) for tree in trees])
    return Marginal(space.names[position], values, curves.mean(axis=0).tolist(), curves.std(axis=0).tolist())


def _surface(space: SearchSpace, names: tuple[str, ...], trees: list[_Partition]) -> Surface:
    first, second = (space.names.index(name) for name in names)
    (rows, row_values), (columns, column_values) = (
        _line(space, position, SURFACE_POINTS) for position in (first, second)
    )
    grids = np.array([tree.marginal((first, second), [rows, columns]) for tree in trees])
    return Surface(
        (names[0], names[1]),
        (row_values, column_values),
        grids.mean(axis=0).tolist(),
        grids.std(axis=0).tolist(),
    )
