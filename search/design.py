"""The first trials of a search: points that fill the unit cube evenly."""

from __future__ import annotations

import numpy as np

from search.sampler import Evidence, Sampler
from search.space import Array


def initial_point(sampler: Sampler, evidence: Evidence, rng: np.random.Generator) -> Array:
    """The next point of a randomly shifted R-sequence, moved a little when trials are pending.

    The k-th point is (shift + k * alpha) mod 1 with alpha_j = g^-j, g the root of g^(d+1) = g + 1, and a
    shift drawn from the seed. Source: Roberts, The Unreasonable Effectiveness of Quasirandom Sequences, 2018.
    The small move keeps two workers that ask at the same moment from getting the same point.
    """
    dimensions = len(sampler.space)
    root = 2.0
    for _ in range(40):
        root = (1.0 + root) ** (1.0 / (dimensions + 1))
    alpha = root ** -np.arange(1.0, dimensions + 1.0)
    shift = np.random.default_rng([sampler.seed, dimensions]).random(dimensions)
    point = (shift + evidence.count * alpha) % 1.0
    if len(evidence.pending):
        point += 0.05 * rng.uniform(-1.0, 1.0, dimensions)
    return np.abs((point + 1.0) % 2.0 - 1.0)
