"""fANOVA finds what a known function depends on."""

from __future__ import annotations

import numpy as np
import pytest

from search import Categorical, Float, Integer, Observation, SearchSpace
from search.importance import analyse

SPACE = SearchSpace(
    {"a": Float(1e-3, 1, log=True), "b": Float(0, 1), "c": Categorical(["x", "y"]), "n": Integer(1, 5)}
)


def history(function, count=200, space=SPACE):
    rng = np.random.default_rng(4)
    settings = [space.from_unit(rng.random(len(space))) for _ in range(count)]
    return [Observation(p, function(p)) for p in settings]


def test_the_only_influence_gets_everything():
    found = analyse(SPACE, history(lambda p: np.log10(p["a"])))
    assert found.singles[0].names == ("a",)
    assert found.singles[0].mean > 0.95
    assert found.forest_score > 0.9


def test_variance_is_divided_as_analysis_by_hand_divides_it():
    # u and v uniform: var(2u) = 4/12 and var(v) = 1/12, so the shares are 0.8 and 0.2
    space = SearchSpace({"u": Float(0, 1), "v": Float(0, 1)})
    found = analyse(space, history(lambda p: 2 * p["u"] + p["v"], 600, space))
    shares = {e.names[0]: e.mean for e in found.singles}
    assert shares["u"] == pytest.approx(0.8, abs=0.05)
    assert shares["v"] == pytest.approx(0.2, abs=0.05)
    assert found.pairs[0].mean < 0.05


def test_an_interaction_is_found_as_a_pair():
    found = analyse(SPACE, history(lambda p: (p["b"] > 0.5) != (p["c"] == "x"), 400))
    assert set(found.pairs[0].names) == {"b", "c"}
    assert found.pairs[0].mean > 0.7


def test_shares_of_all_orders_do_not_exceed_the_whole():
    found = analyse(SPACE, history(lambda p: p["a"] * p["b"] + (p["c"] == "x") * p["n"]))
    assert sum(e.mean for e in found.singles + found.pairs) <= 1.0 + 1e-9


def test_marginals_follow_the_function_in_its_own_units():
    found = analyse(SPACE, history(lambda p: 10.0 * p["n"], 300))
    marginal = next(m for m in found.marginals if m.name == "n")
    assert marginal.values == [1, 2, 3, 4, 5]
    assert marginal.means == pytest.approx([10, 20, 30, 40, 50], abs=3)
    assert all(d >= 0 for d in marginal.deviations)


def test_the_surface_of_the_strongest_pair_follows_the_function():
    found = analyse(SPACE, history(lambda p: 10.0 * ((p["b"] > 0.5) != (p["c"] == "x")), 400))
    surface = found.surfaces[0]
    assert surface.names == found.pairs[0].names == ("b", "c")
    numbers, choices = surface.values
    assert choices == ["x", "y"]
    for i, b in enumerate(numbers):
        for j, c in enumerate(choices):
            if abs(b - 0.5) > 0.1:
                assert surface.means[i][j] == pytest.approx(10.0 * ((b > 0.5) != (c == "x")), abs=2.5)
    assert np.min(surface.deviations) >= 0


def test_a_surface_averages_to_the_marginals_of_its_pair():
    found = analyse(SPACE, history(lambda p: p["n"] + (p["c"] == "x") * p["n"], 300))
    surface = next(s for s in found.surfaces if s.names == ("c", "n"))
    marginal = next(m for m in found.marginals if m.name == "n")
    assert np.mean(surface.means, axis=0) == pytest.approx(marginal.means, abs=1e-9)


def test_failed_trials_are_left_out():
    good = history(lambda p: p["b"])
    mixed = good + [Observation(o.params, v) for o in good[:20] for v in (None, float("nan"), float("inf"))]
    assert analyse(SPACE, mixed).singles == analyse(SPACE, good).singles


@pytest.mark.parametrize(("count", "value", "words"), [(3, None, "at least 4"), (30, 1.0, "same value")])
def test_too_little_to_analyse_is_said(count, value, words):
    found = analyse(SPACE, history(lambda p: p["b"] if value is None else value, count))
    assert found.singles == []
    assert words in found.reason
