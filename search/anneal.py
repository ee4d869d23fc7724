"""anneal_search: draw near a good trial, from a neighbourhood that shrinks as trials accumulate."""

from __future__ import annotations

import numpy as np

from search.design import initial_point
from search.parameters import Parameter
from search.sampler import Evidence, Sampler, register
from search.space import Array, Categorical

INITIAL_POINTS = 5


@register
class AnnealSearch(Sampler):
    """Simulated-annealing search after hyperopt's `anneal`.

    A trial to start from is picked by a geometric distribution over the trials sorted by value; around it
    each hyperparameter is drawn uniformly from a window of the width 1 / (1 + n * shrink_coef) of its range,
    shifted to stay inside; a categorical one keeps its choice except with that probability.
    The first quarter of the trials (5 at most) fills the space evenly instead, and whole trials are picked to
    start from, where hyperopt picks one for each hyperparameter.
    Source: hyperopt.anneal (Bergstra, Yamins and Cox, ICML 2013; described in its docstring).
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
        order = np.argsort(evidence.losses, kind="stable")
        rank = min(int(rng.geometric(1.0 / self.settings["avg_best_idx"])) - 1, len(order) - 1)
        start = evidence.units[order[rank]]
        width = 1.0 / (1.0 + evidence.count * self.settings["shrink_coef"])
        middle = np.clip(start, width / 2, 1 - width / 2)
        drawn = middle + width * (rng.random(len(start)) - 0.5)
        redraw = rng.random(len(start)) < width
        for j, dimension in enumerate(self.space.dimensions.values()):
            if isinstance(dimension, Categorical):
                drawn[j] = rng.random() if redraw[j] else start[j]
        return np.asarray(drawn)
