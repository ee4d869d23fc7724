"""The samplers that learn really search: far better than random with the trials people use."""

from __future__ import annotations

import math
from statistics import median

import numpy as np
import pytest

from search import Categorical, Float, Integer, Observation, SearchSpace, make_sampler

SPACE = SearchSpace(
    {
        "rate": Float(1e-5, 1.0, log=True),
        "momentum": Float(0.0, 1.0),
        "layers": Integer(1, 9),
        "optimizer": Categorical(["a", "b"]),
    }
)


def loss(params):
    bowl = (math.log10(params["rate"]) + 1.8) ** 2 + 6 * (params["momentum"] - 0.83) ** 2
    return bowl + 0.05 * (params["layers"] - 7) ** 2 + (params["optimizer"] == "b") * 0.5


def best_of(name, seed, trials=20, at_once=1, **settings):
    sampler = make_sampler(name, SPACE, num_samples=trials, seed=seed, **settings)
    history, pending = [], []
    while len(history) < trials:
        while len(pending) < at_once and len(history) + len(pending) < trials:
            pending.append(sampler.ask(history, pending))
        params = pending.pop(0)
        history.append(Observation(params, loss(params)))
    return min(o.value for o in history)


def typical(name, **settings):
    return median(best_of(name, seed, **settings) for seed in range(1, 10))


RANDOM = typical("random_search")


@pytest.mark.parametrize(
    ("name", "share"), [("bayes_opt_search", 0.3), ("tpe_search", 0.7), ("anneal_search", 0.85)]
)
@pytest.mark.parametrize("at_once", [1, 4])
def test_twenty_trials_end_well_below_random_search(name, share, at_once):
    assert typical(name, at_once=at_once) < share * RANDOM


@pytest.mark.parametrize("kind", ["ei", "poi"])
def test_the_other_acquisition_functions_search_too(kind):
    assert typical("bayes_opt_search", kind=kind) < 0.9 * RANDOM


@pytest.mark.parametrize("name", ["bayes_opt_search", "tpe_search", "anneal_search"])
def test_noise_does_not_keep_the_trials_from_the_good_region(name):
    """The noise is as large as the loss half a unit of momentum or a decade of rate away."""
    tries = []
    for seed in range(1, 6):
        rng, history = np.random.default_rng(seed), []
        sampler = make_sampler(name, SPACE, num_samples=30, seed=seed)
        while len(history) < 30:
            params = sampler.ask(history, [])
            history.append(Observation(params, loss(params) + rng.normal(0.0, 1.0)))
        tries += [loss(o.params) for o in history[20:]]
    drawn = [loss(SPACE.from_unit(u)) for u in np.random.default_rng(0).random((200, len(SPACE)))]
    assert median(tries) < 0.5 * median(drawn)


GRID = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9)


def test_one_diverged_trial_does_not_blind_the_model():
    sampler = make_sampler("bayes_opt_search", SearchSpace({"x": Float(0, 1)}), num_samples=20)
    history = [Observation({"x": x}, (x - 0.62) ** 2) for x in GRID]
    asked = sampler.ask([*history, Observation({"x": 0.99}, 1e12)] * 2, [])
    assert 0.55 < asked["x"] < 0.7


def test_a_bounded_model_still_finds_the_optimum_among_thousands():
    space = SearchSpace({"x": Float(0, 1), "y": Float(0, 1)})
    history = []
    for i in range(3000):
        point = {"x": (i * 0.7548776662) % 1, "y": (i * 0.5698402910) % 1}
        history.append(Observation(point, (point["x"] - 0.37) ** 2 + (point["y"] - 0.81) ** 2))
    params = make_sampler("bayes_opt_search", space, num_samples=3001).ask(history, [])
    assert math.hypot(params["x"] - 0.37, params["y"] - 0.81) < 0.005
