"""The two samplers that do not learn: random search and grid search."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from search.parameters import Parameter
from search.sampler import Evidence, Sampler, register
from search.space import Array, Categorical, Dimension, Float, Integer, Params, SearchSpace


@register
class RandomSearch(Sampler):
    """Draws every trial independently from the search space.

    Source: Bergstra and Bengio, Random Search for Hyper-Parameter Optimization, JMLR 13, 2012.
    """

    name = "random_search"
    title = "Random search"
    summary = "Draws every trial at random. A baseline, and a good choice when all trials run at once."

    def propose(self, evidence: Evidence, rng: np.random.Generator) -> Array:
        return rng.random(len(self.space))


@register
class GridSearch(Sampler):
    """Visits every cell of a grid once, in an order that spreads early trials over the whole grid.

    A range takes its own number of points (`Float.points`), or the setting `points`, or, left automatic, the
    largest number with which the grid still fits into `num_samples`. When the grid is used up it starts again
    from its beginning; `capacity` tells how many trials it has.
    """

    name = "grid_search"
    title = "Grid search"
    summary = "Tries every combination of evenly spaced values. Sensible for one or two hyperparameters."
    parameters = (
        Parameter(
            "points",
            int,
            None,
            "How many evenly spaced values are taken from each range that does not say so itself; left "
            "empty, as many as fit into the number of trials (at least 2).",
            minimum=1,
            maximum=1000,
        ),
    )

    def __init__(
        self,
        space: SearchSpace,
        direction: str = "min",
        num_samples: int = 20,
        seed: int = 1,
        **settings: Any,
    ) -> None:
        super().__init__(space, direction, num_samples, seed, **settings)
        self._axes = self._values_per_dimension()

    @property
    def capacity(self) -> int:
        """The number of cells of the grid."""
        return math.prod(len(values) for values in self._axes)

    def propose(self, evidence: Evidence, rng: np.random.Generator) -> Array:
        taken = {tuple(row) for row in np.round(evidence.known, 9)}
        start = evidence.count if evidence.count < self.capacity else 0
        for number in range(start, start + min(self.capacity, len(taken) + 1)):
            unit = self._cell(number % self.capacity)
            if tuple(np.round(unit, 9)) not in taken:
                return unit
        return self._cell(evidence.count % self.capacity)

    def _unless_known(self, params: Params, evidence: Evidence, rng: np.random.Generator) -> Params:
        """The cell's own values, which lose their last digits in the unit cube; off the grid is nothing to propose."""
        axes = zip(self.space.names, self._axes, strict=True)
        return {name: _nearest(params[name], choices) for name, choices in axes}

    def _values_per_dimension(self) -> list[list[Any]]:
        dimensions = list(self.space.dimensions.values())
        given = [self._given_points(dimension) for dimension in dimensions]
        automatic = 1
        while self._cells(given, automatic + 1) <= self.num_samples and automatic < 1000:
            automatic += 1
        automatic = max(automatic, 2)
        return [
            self._values(dimension, points or automatic)
            for dimension, points in zip(dimensions, given, strict=True)
        ]

    def _given_points(self, dimension: Dimension) -> int | None:
        if isinstance(dimension, Categorical):
            return dimension.size
        own = None if isinstance(dimension, Integer) else dimension.points
        points: int | None = own or self.settings["points"]
        return points

    def _cells(self, given: list[int | None], automatic: int) -> int:
        sizes = [dimension.size or automatic for dimension in self.space.dimensions.values()]
        return math.prod(points or min(automatic, size) for points, size in zip(given, sizes, strict=True))

    def _cell(self, number: int) -> Array:
        """Unit coordinates of the number-th cell visited.

        Cells are visited in steps of about 0.618 of the grid's size, without a common divisor with it, so
        every cell comes exactly once and neighbours in time are far apart.
        """
        total = self.capacity
        step = max(1, round(total * (math.sqrt(5) - 1) / 2))
        while math.gcd(step, total) != 1:
            step += 1
        rest = (self.seed + number * step) % total
        values: Params = {}
        for name, choices in zip(self.space.names, self._axes, strict=True):
            rest, index = divmod(rest, len(choices))
            values[name] = choices[index]
        return self.space.to_unit(values)

    @staticmethod
    def _values(dimension: Dimension, count: int) -> list[Any]:
        """At most count different values, evenly spaced on the dimension's scale, both ends included."""
        if isinstance(dimension, Categorical):
            return list(dimension.choices)
        if isinstance(dimension, Integer) and dimension.size <= count:
            return list(range(dimension.lower, dimension.upper + 1))
        units = [0.5] if count == 1 else np.linspace(0.0, 1.0, count)
        values = [dimension.from_unit(unit) for unit in units]
        if not isinstance(dimension, Integer):
            values = [_short(value, dimension) for value in values]
        return list(dict.fromkeys(values))


def _short(value: float, dimension: Float) -> float:
    """The value without the last digits, which are chance: 0.001, not 0.0010000000000000002."""
    return min(max(float(f"{value:.14g}"), dimension.lower), dimension.upper)


def _nearest(value: Any, choices: list[Any]) -> Any:
    """The number of the choices that is nearest to the value; a value that is one of them is returned as it is."""
    return value if value in choices else min(choices, key=lambda choice: abs(choice - value))
