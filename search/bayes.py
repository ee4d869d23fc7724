"""bayes_opt_search: Gaussian process regression and an acquisition function.

The acquisition functions are scikit-optimize's. The model behind them is `search.gaussian_process`, and the
search for their optimum is here, since scikit-optimize's own `Optimizer` spends most of its time in
refitting.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from search.design import initial_point
from search.parameters import Parameter
from search.sampler import Evidence, Sampler, register
from search.space import Array, Categorical, Float, SearchSpace

if TYPE_CHECKING:
    from search.gaussian_process import GaussianProcess

# Chosen on the `tune` problems of benchmarks/search_quality.py.
FINAL_KAPPA = 0.1  # share of kappa that is left at the end of num_samples
LEAST_KAPPA_BESIDE_PENDING = 0.2  # share that is left while other trials run, so that the last ones differ
FEWEST_VALUES = 3  # trials with a value that the model needs
CLIP = 2.0  # how many times (median - best) above the median a loss counts at most
MODEL_SIZE = (
    250  # trials the model is fitted to; of more, the best half of these and an even sample of the rest
)
FAILED_SIZE = 50
GLOBAL_CANDIDATES, LOCAL_CANDIDATES, LOCAL_CENTRES, POLISHED = 400, 200, 3, 4


@register
class BayesOptSearch(Sampler):
    """Bayesian optimisation with a Gaussian process.

    `ucb` minimises mean - kappa * deviation (Srinivas, Krause, Kakade and Seeger, ICML 2010), `ei` maximises
    the expected improvement (Jones, Schonlau and Welch, J. Global Optimization 13, 1998), `poi` the
    probability of improvement (Kushner, J. Basic Engineering 86, 1964). A failed trial counts as the worst
    loss seen, a pending one as what the model expects of it (Ginsbourger, Le Riche and Carraro's kriging
    believer, 2010).
    """

    name = "bayes_opt_search"
    title = "Bayesian optimization"
    summary = "Models the indicator with a Gaussian process. The best choice for few, costly trials."
    parameters = (
        Parameter(
            "kind",
            str,
            "ucb",
            "Acquisition function that chooses the next trial: ucb (confidence bound), ei (expected "
            "improvement) or poi (probability of improvement).",
            choices=("ucb", "ei", "poi"),
        ),
        Parameter(
            "kappa",
            float,
            2.5,
            "Weight of the uncertainty in ucb at the start of the search: larger explores more. From trial to "
            "trial it falls by the same factor, to a tenth at the last one (2.5 to 0.25), so that the end "
            "refines the best region; while other trials run, to a fifth.",
            minimum=0.0,
            maximum=100.0,
        ),
        Parameter(
            "xi",
            float,
            0.0,
            "Margin that ei and poi demand of an improvement, in standard deviations of the results: "
            "larger explores more.",
            minimum=0.0,
            maximum=100.0,
        ),
    )

    @property
    def n_initial_points(self) -> int:
        """The number of evenly spread trials before the model is used."""
        return min(12, max(3, round(0.35 * self.num_samples)))

    def propose(self, evidence: Evidence, rng: np.random.Generator) -> Array:
        first = self.n_initial_points
        if evidence.count < first or len(evidence.units) < FEWEST_VALUES:
            return initial_point(self, evidence, rng)
        with on_one_core():
            return self.belief(evidence).best_point(rng)

    def kappa_at(self, started: int, pending: int = 0) -> float:
        """The weight of the uncertainty when so many trials have been started, some of them still running."""
        share = FINAL_KAPPA ** min(1.0, started / max(1, self.num_samples - 1))
        least = LEAST_KAPPA_BESIDE_PENDING if pending else FINAL_KAPPA
        return float(self.settings["kappa"] * max(share, least))

    def belief(self, evidence: Evidence) -> Belief:
        """Fit the model to what is known; there must be at least one trial with a value."""
        from search.gaussian_process import GaussianProcess

        encoding = Encoding(self.space)
        units, losses = training_set(evidence)
        middle, scale = float(losses.mean()), float(losses.std())
        scale = scale if scale > 1e-12 * max(1.0, abs(middle)) else 1.0
        targets = (losses - middle) / scale
        points = encoding.columns(units)
        model = GaussianProcess(encoding.groups).fit(points, targets)
        lowest = float(model.predict(points).min())
        if len(evidence.pending):
            waiting = encoding.columns(evidence.pending)
            expected = model.predict(waiting)
            model.condition(np.concatenate([points, waiting]), np.concatenate([targets, expected]))
        order = np.argsort(losses, kind="stable")
        kappa = self.kappa_at(evidence.count, len(evidence.pending))
        acquisition = self._acquisition(model, lowest, kappa)
        return Belief(encoding, model, units[order[:LOCAL_CENTRES]], acquisition, middle, scale)

    def _acquisition(self, model: GaussianProcess, lowest: float, kappa: float) -> Acquisition:
        """The chosen function of points (m, c), smaller being better; with its gradient for one point."""
        from skopt.acquisition import gaussian_ei, gaussian_lcb, gaussian_pi

        if self.settings["kind"] == "ucb":
            return lambda points, gradient: gaussian_lcb(points, model, kappa, gradient)
        improvement = gaussian_ei if self.settings["kind"] == "ei" else gaussian_pi
        margin = self.settings["xi"]

        def negative(points: Array, gradient: bool) -> Any:
            found = improvement(points, model, lowest, margin, gradient)
            return (-found[0], -found[1]) if gradient else -found

        return negative


Acquisition = Callable[[Array, bool], Any]


@cache
def _linear_algebra() -> Any:
    import scipy.linalg  # noqa: F401  its libraries must be loaded before they can be found
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def on_one_core() -> AbstractContextManager[Any]:
    """Keep linear algebra on one core: the matrices are small, and threads that wait for each other on a
    busy machine made an ask a hundred times slower."""
    limited: AbstractContextManager[Any] = _linear_algebra().limit(limits=1, user_api="blas")
    return limited


def training_set(evidence: Evidence) -> tuple[Array, Array]:
    """The points and clipped losses that the model is fitted to, shapes (n, d) and (n,).

    Losses are clipped at median + 2 * (median - best), so that a diverged trial does not flatten the rest;
    failed trials get the worst loss that is left. At most `MODEL_SIZE` + `FAILED_SIZE` trials are kept.
    """
    units, losses = evidence.units, evidence.losses
    if len(units) > MODEL_SIZE:
        order = np.argsort(losses, kind="stable")
        half = MODEL_SIZE // 2
        rest = np.sort(order[half:])
        sample = rest[np.linspace(0, len(rest) - 1, MODEL_SIZE - half).astype(int)]
        kept = np.concatenate([order[:half], sample])
        units, losses = units[kept], losses[kept]
    middle, best = float(np.median(losses)), float(losses.min())
    if middle > best:
        losses = np.minimum(losses, middle + CLIP * (middle - best))
    failed = evidence.failed[-FAILED_SIZE:]
    return np.concatenate([units, failed]), np.concatenate([losses, np.full(len(failed), losses.max())])


class Encoding:
    """Columns of the model: one per numeric hyperparameter, one per choice of a categorical one.

    Whole numbers and choices enter the model as the values they stand for, not as the points that were
    drawn (Garrido-Merchan and Hernandez-Lobato, Neurocomputing 380, 2020).
    """

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        dimensions = list(space.dimensions.values())
        widths = [d.size if isinstance(d, Categorical) else 1 for d in dimensions]
        self.groups = np.repeat(np.arange(len(dimensions)), widths)
        self.free = np.array([isinstance(d, Float) and d.size is None for d in dimensions])

    def columns(self, units: Array) -> Array:
        """Columns of points of the unit cube (n, d), shape (n, c); two choices are one unit apart."""
        parts = []
        for position, dimension in enumerate(self.space.dimensions.values()):
            column = units[:, position]
            if isinstance(dimension, Categorical):
                chosen = np.minimum((column * dimension.size).astype(int), dimension.size - 1)
                parts.append(np.eye(dimension.size)[chosen] * math.sqrt(0.5))
            else:
                parts.append(column[:, None])
        return np.concatenate(parts, axis=1)


@dataclass(frozen=True)
class Belief:
    """What the model believes, in standardised losses: loss = middle + scale * standardised."""

    encoding: Encoding
    model: GaussianProcess
    centres: Array  # the best points known, (k, d)
    acquisition: Acquisition
    middle: float
    scale: float

    def best_point(self, rng: np.random.Generator) -> Array:
        """The point of the unit cube with the smallest acquisition found, shape (d,)."""
        candidates = self._candidates(rng)
        values = self.acquisition(self.encoding.columns(candidates), False)
        order = np.argsort(values, kind="stable")
        best, best_value = candidates[order[0]], float(values[order[0]])
        if self.encoding.free.any():
            for start in self._apart(candidates[order]):
                point, value = self._polish(start)
                if value < best_value:
                    best, best_value = point, value
        return np.asarray(best)

    def _candidates(self, rng: np.random.Generator) -> Array:
        """Points all over the cube, and around the best ones at many scales and in some coordinates only."""
        dimensions = len(self.encoding.space)
        parts = [rng.random((GLOBAL_CANDIDATES, dimensions))]
        for centre in self.centres:
            shape = (LOCAL_CANDIDATES, dimensions)
            width = np.exp(rng.uniform(math.log(0.005), math.log(0.3), (LOCAL_CANDIDATES, 1)))
            moved = rng.random(shape) < max(0.5, 2 / dimensions)
            parts.append(np.clip(centre + moved * width * rng.standard_normal(shape), 0.0, 1.0))
        return self.encoding.space.snap(np.concatenate(parts))

    @staticmethod
    def _apart(points: Array) -> list[Array]:
        """The first few points that are not close to each other."""
        picked = [points[0]]
        for point in points[1:200]:
            if len(picked) == POLISHED:
                break
            if np.abs(np.array(picked) - point).max(axis=1).min() > 0.05:
                picked.append(point)
        return picked

    def _polish(self, start: Array) -> tuple[Array, float]:
        """Follow the acquisition's gradient in the continuous coordinates; returns point and value."""
        from scipy.optimize import minimize

        free = self.encoding.free
        row = self.encoding.columns(start[None])[0]
        columns = np.flatnonzero(free[self.encoding.groups])

        def value_and_gradient(coordinates: Array) -> tuple[float, Array]:
            row[columns] = coordinates
            value, gradient = self.acquisition(row[None], True)
            return float(value[0]), np.asarray(gradient)[columns]

        found = minimize(
            value_and_gradient,
            row[columns].copy(),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0.0, 1.0)] * len(columns),
            options={"maxiter": 20},
        )
        point = start.copy()
        point[free] = found.x
        return point, float(found.fun)
