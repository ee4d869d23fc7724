"""bayes_opt_search: Gaussian process regression and an acquisition function."""

from __future__ import annotations

import numpy as np

from search.design import initial_point
from search.parameters import Parameter
from search.sampler import Evidence, Sampler, register
from search.space import Array


@register
class BayesOptSearch(Sampler):
    """Bayesian optimisation with a Gaussian process."""

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
            "Weight of the uncertainty in ucb at the start of the search: larger explores more. It falls "
            "over the number of trials, so that the last ones refine the best region.",
            minimum=0.0,
            maximum=100.0,
        ),
        Parameter(
            "xi",
            float,
            0.0,
            "Margin that ei and poi demand of an improvement: larger explores more.",
            minimum=0.0,
            maximum=100.0,
        ),
    )

    def propose(self, evidence: Evidence, rng: np.random.Generator) -> Array:
        return initial_point(self, evidence, rng)
