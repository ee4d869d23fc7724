"""tpe_search: tree-structured Parzen estimators over whole settings."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from search.design import initial_point
from search.neighbours import expected_rank
from search.parameters import Parameter
from search.sampler import Evidence, Sampler, register
from search.space import Array, Categorical

# Chosen on the `tune` problems of benchmarks/search_quality.py.
CANDIDATES = 64
FINALISTS = 8
WIDTH = 0.15


@register
class TPESearch(Sampler):
    """Proposes where good trials are dense and bad ones are not.

    l(x) is a kernel density of the best `gamma` of the trials, g(x) one of the rest. Of candidates drawn from
    l, those with the largest l(x) / g(x) promise the largest expected improvement; among the best eight of
    them, the one whose neighbours ranked best is tried.
    Source: Bergstra, Bardenet, Bengio and Kegl, Algorithms for Hyper-Parameter Optimization, NIPS 2011.
    Kernels are joint over all hyperparameters, as in Falkner, Klein and Hutter, BOHB, ICML 2018. Failed and
    pending trials count as bad ones, so that the next trial keeps away from them.
    """

    name = "tpe_search"
    title = "Tree-structured Parzen estimators (TPE)"
    summary = (
        "Models where good and bad trials lie. Good with many hyperparameters and with categorical ones."
    )
    parameters = (
        Parameter(
            "n_initial_points",
            int,
            None,
            "Evenly spread trials before the model is used. Left empty: a quarter of the number of trials, "
            "at least 3 and at most 20. The documented value 20 makes a search of 20 trials random.",
            minimum=1,
            maximum=1000,
        ),
        Parameter(
            "gamma",
            float,
            0.25,
            "The share of trials that count as good, above 0 and below 1.",
            minimum=0.0,
            maximum=1.0,
            open_bounds=True,
        ),
    )

    @property
    def n_initial_points(self) -> int:
        """The number of trials before the model is used."""
        chosen: int | None = self.settings["n_initial_points"]
        return min(20, max(3, self.num_samples // 4)) if chosen is None else chosen

    def propose(self, evidence: Evidence, rng: np.random.Generator) -> Array:
        if evidence.count < self.n_initial_points or len(evidence.units) < 2:
            return initial_point(self, evidence, rng)
        order = np.argsort(evidence.losses, kind="stable")
        good = min(math.ceil(self.settings["gamma"] * len(order)), len(order) - 1)
        bad = np.concatenate([evidence.units[order[good:]], evidence.failed, evidence.pending])
        better = Density.around(self, evidence.units[order[:good]])
        worse = Density.around(self, bad)
        candidates = self.space.snap(better.draw(rng, CANDIDATES))
        ratio = better.log(candidates) - worse.log(candidates)
        finalists = candidates[np.argsort(-ratio, kind="stable")[:FINALISTS]]
        return np.asarray(finalists[np.argmin(expected_rank(finalists, evidence))])


@dataclass(frozen=True)
class Density:
    """A mixture of one kernel per point and one wide component for the prior.

    Numeric coordinates have Gaussian kernels truncated to [0, 1]; categorical ones keep the point's choice
    with probability 1 - b and are uniform otherwise (Aitchison and Aitken, 1976).
    """

    centres: Array
    widths: Array
    sizes: Array  # number of choices per coordinate, 0 for a numeric one

    @classmethod
    def around(cls, sampler: Sampler, points: Array) -> Density:
        dimensions = len(sampler.space)
        width = WIDTH * max(len(points), 1) ** (-1.0 / (dimensions + 4))
        centres = np.concatenate([points, np.full((1, dimensions), 0.5)])
        widths = np.concatenate([np.full(len(points), width), [1.0]])
        sizes = np.array(
            [d.size if isinstance(d, Categorical) else 0 for d in sampler.space.dimensions.values()],
            dtype=float,
        )
        return cls(centres, widths, sizes)

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Draw count points, shape (count, d)."""
        which = rng.integers(len(self.centres), size=count)
        centres, widths = self.centres[which], self.widths[which, None]
        points = centres + widths * rng.standard_normal(centres.shape)
        for _ in range(20):
            outside = (points < 0) | (points > 1)
            if not outside.any():
                break
            again = centres + widths * rng.standard_normal(centres.shape)
            points = np.where(outside, again, points)
        points = np.clip(points, 0.0, 1.0)
        categorical = self.sizes > 0
        if categorical.any():
            keep = rng.random(centres.shape) >= np.minimum(2 * widths, 1.0)
            uniform = (rng.integers(np.maximum(self.sizes, 1), size=centres.shape) + 0.5) / np.maximum(
                self.sizes, 1
            )
            points = np.where(categorical, np.where(keep, centres, uniform), points)
        return np.asarray(points)

    def log(self, points: Array) -> Array:
        """Log density at points (m, d), shape (m,)."""
        from scipy.special import logsumexp, ndtr  # scipy takes 0.3 s to load

        numeric = self.sizes == 0
        widths = self.widths[:, None]
        total = np.zeros((len(points), len(self.centres)))
        if numeric.any():
            centres = self.centres[:, numeric]
            mass = ndtr((1 - centres) / widths) - ndtr(-centres / widths)
            scaled = (points[:, None, numeric] - centres) / widths
            total += -0.5 * (scaled**2).sum(axis=2) - np.log(mass * widths).sum(axis=1)
        if not numeric.all():
            sizes = self.sizes[~numeric]
            blur = np.minimum(2 * widths, 1.0)
            same = np.abs(points[:, None, ~numeric] - self.centres[:, ~numeric]) < 0.5 / sizes
            total += np.log(np.where(same, 1 - blur, 0.0) + blur / sizes).sum(axis=2)
        return np.asarray(logsumexp(total, axis=1))
