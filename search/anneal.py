"""anneal_search: draw near a good trial, from a neighbourhood that shrinks as trials accumulate."""

from __future__ import annotations

import numpy as np

from search.design import initial_point
from search.neighbours import expected_rank
from search.parameters import Parameter
from search.sampler import Evidence, Sampler, register
from search.space import Array, Categorical

# Chosen on the `tune` problems of benchmarks/search_quality.py.
INITIAL_POINTS = 5
DRAWS = 6


@register
class AnnealSearch(Sampler):
    """Simulated-annealing search after hyperopt's `anneal`.

    For each hyperparameter a trial to start from is picked by a geometric distribution over the trials sorted
    by value, and a new value is drawn uniformly from a window around it of the width 1 / (1 + n *
    shrink_coef) of the range, shifted to stay inside; a categorical one keeps its choice except with that
    probability. Source: hyperopt.anneal (Bergstra, Yamins and Cox, ICML 2013; described in its docstring).

    Two things are added, which save many trials when there are few. The first quarter of the trials (5 at
    most) fills the space evenly. Later, several settings are drawn, and the one is tried whose neighbours
    ranked best, by weights of inverse distance (Shepard, A two-dimensional interpolation function, ACM 1968).
    """

    name = "anneal_search"
    title = "Annealing"
    summary = "Explores around good trials in a neighbourhood that shrinks. Cheap, and robust to noise."
    parameters = (
        Parameter(
            "avg_best_idx",
            float,
            2.0,
            "Mean of the geometric distribution that picks which of the best trials to explore around: 1 is "
            "always the best one, larger values take runners-up more often.",
            minimum=1.0,
            maximum=100.0,
        ),
        Parameter(
            "shrink_coef",
            float,
            0.1,
            "How fast the neighbourhood shrinks: after n trials it is 1 / (1 + n * shrink_coef) wide.",
            minimum=0.0,
            maximum=10.0,
        ),
    )

    def propose(self, evidence: Evidence, rng: np.random.Generator) -> Array:
        if not len(evidence.units) or evidence.count < min(INITIAL_POINTS, self.num_samples // 4):
            return initial_point(self, evidence, rng)
        drawn = self.space.snap(self._draw(evidence, rng))
        return np.asarray(drawn[np.argmin(expected_rank(drawn, evidence))])

    def _draw(self, evidence: Evidence, rng: np.random.Generator) -> Array:
        """Settings near good trials, shape (DRAWS, d)."""
        shape = (DRAWS, len(self.space))
        order = np.argsort(evidence.losses, kind="stable")
        ranks = np.minimum(rng.geometric(1.0 / self.settings["avg_best_idx"], shape), len(order)) - 1
        starts = evidence.units[order[ranks], np.arange(len(self.space))]
        width = 1.0 / (1.0 + evidence.count * self.settings["shrink_coef"])
        drawn = np.clip(starts, width / 2, 1 - width / 2) + width * (rng.random(shape) - 0.5)
        redrawn = np.where(rng.random(shape) < width, rng.random(shape), starts)
        categorical = [isinstance(d, Categorical) for d in self.space.dimensions.values()]
        return np.where(categorical, redrawn, drawn)
