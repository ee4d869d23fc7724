"""What bayes_opt_search believes can be drawn: slices through the best trial, in the indicator's units."""

from __future__ import annotations

import math

import pytest

from search import Categorical, Float, Integer, Observation, SearchSpace, make_sampler
from search.explanation import explain

SPACE = SearchSpace({"x": Float(0, 10), "c": Categorical(["a", "b"]), "n": Integer(1, 4)})


def history(sign):
    points = [SPACE.from_unit(((i * 0.618) % 1, (i * 0.755) % 1, (i * 0.57) % 1)) for i in range(30)]
    return [Observation(p, 100 + sign * ((p["x"] - 4) ** 2 + 9 * (p["c"] == "b"))) for p in points]


@pytest.mark.parametrize(("direction", "sign"), [("min", 1.0), ("max", -1.0)])
def test_slices_show_the_function_in_its_own_units(direction, sign):
    sampler = make_sampler("bayes_opt_search", SPACE, direction=direction)
    found = explain(sampler, history(sign), [])
    by_name = {s.name: s for s in found.slices}
    assert by_name["c"].values == ["a", "b"]
    assert by_name["n"].values == [1, 2, 3, 4]
    assert sign * (by_name["c"].means[1] - by_name["c"].means[0]) == pytest.approx(9, abs=2)
    curve = dict(zip(by_name["x"].values, by_name["x"].means, strict=True))
    best = min(curve, key=lambda x: sign * curve[x])
    assert best == pytest.approx(4, abs=0.6)
    assert all(d >= 0 and math.isfinite(d) for d in by_name["x"].deviations)
    assert min(by_name["x"].acquisition) == 0.0
    assert max(by_name["x"].acquisition) == 1.0
    assert SPACE.validate(found.incumbent)


def test_there_is_nothing_to_explain_before_three_values():
    sampler = make_sampler("bayes_opt_search", SPACE)
    assert explain(sampler, history(1.0)[:2], []) is None


def test_a_pending_trial_lowers_the_uncertainty_around_it():
    sampler = make_sampler("bayes_opt_search", SPACE)
    few = history(1.0)[:6]
    best = min(few, key=lambda o: o.value).params
    waiting = {**best, "x": 9.9}
    alone, beside = explain(sampler, few, []), explain(sampler, few, [waiting])
    assert beside.slices[0].deviations[-1] < 0.7 * alone.slices[0].deviations[-1]
