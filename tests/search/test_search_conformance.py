"""Every sampler of the registry keeps the promises of `Sampler.ask`, on any space and any history."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import SAMPLERS, Categorical, Float, Integer, Observation, SearchSpace, make_sampler

SETTINGS = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
WIDE = {"allow_nan": False, "allow_infinity": False}
choice_values = st.one_of(st.text(max_size=3), st.integers(-5, 5), st.booleans(), st.none())


@st.composite
def floats(draw):
    log = draw(st.booleans())
    lowest = 1e-300 if log else -1e300
    lower, upper = sorted(draw(st.tuples(*[st.floats(lowest, 1e300, **WIDE)] * 2)))
    return Float(lower, upper, log=log)


@st.composite
def integers(draw):
    log = draw(st.booleans())
    lower = draw(st.integers(1 if log else -1000, 1000))
    return Integer(lower, lower + draw(st.sampled_from([0, 1, 3, 20, 10**6])), log=log)


@st.composite
def categoricals(draw):
    return Categorical(
        draw(st.lists(choice_values, min_size=1, max_size=5, unique_by=lambda c: (type(c), c)))
    )


dimensions = st.one_of(floats(), integers(), categoricals())
spaces = st.lists(dimensions, min_size=1, max_size=5).map(
    lambda ds: SearchSpace({f"p{i}": d for i, d in enumerate(ds)})
)
outcomes = st.one_of(
    st.none(), st.floats(allow_nan=True, allow_infinity=True), st.sampled_from([0.0, 1.0, -1.0])
)


@st.composite
def situations(draw):
    space = draw(spaces)
    unit = st.lists(st.floats(0, 1), min_size=len(space), max_size=len(space))
    history = [
        Observation(space.from_unit(draw(unit)), draw(outcomes)) for _ in range(draw(st.integers(0, 14)))
    ]
    pending = [space.from_unit(draw(unit)) for _ in range(draw(st.integers(0, 4)))]
    return space, history, pending


@pytest.mark.parametrize("name", SAMPLERS)
@given(situation=situations(), direction=st.sampled_from(["min", "max"]), seed=st.integers(0, 2**31))
@SETTINGS
def test_the_answer_is_inside_the_space_plain_and_repeatable(name, situation, direction, seed):
    space, history, pending = situation
    asked = [
        make_sampler(name, space, direction=direction, seed=seed, num_samples=12).ask(history, pending)
        for _ in range(2)
    ]
    assert asked[0] == asked[1]
    assert list(asked[0]) == space.names
    assert space.validate(asked[0]) == asked[0]
    for value in asked[0].values():
        assert type(value) in (float, int, str, bool, type(None))


MIXED = SearchSpace(
    {
        "rate": Float(1e-6, 1.0, log=True),
        "momentum": Float(0, 1),
        "layers": Integer(1, 50),
        "optimizer": Categorical(["sgd", "adam", "rmsprop"]),
    }
)


def history_of(sampler, count, function):
    history = []
    for _ in range(count):
        params = sampler.ask(history, [])
        history.append(Observation(params, function(params)))
    return history


@pytest.mark.parametrize("name", SAMPLERS)
def test_many_pending_trials_all_get_different_settings(name):
    sampler = make_sampler(name, MIXED, num_samples=60)
    history = history_of(sampler, 12, lambda p: p["momentum"])
    pending = []
    for _ in range(20):
        pending.append(sampler.ask(history, pending))
    assert len({tuple(p.values()) for p in pending}) == 20


@pytest.mark.parametrize("name", ["bayes_opt_search", "tpe_search", "anneal_search", "random_search"])
def test_two_workers_that_ask_at_once_get_different_settings(name):
    space = SearchSpace({"x": Float(0, 1), "y": Float(0, 1)})
    sampler = make_sampler(name, space)
    first, second = sampler.ask([], []), {"x": 0.9, "y": 0.3}
    assert sampler.ask([], [first]) != sampler.ask([], [second])


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize(
    "value",
    [None, math.nan, math.inf, -math.inf, 0.5, 1e308],
    ids=["none", "nan", "inf", "-inf", "same", "huge"],
)
def test_a_history_of_one_value_only_is_survived(name, value):
    sampler = make_sampler(name, MIXED)
    history = history_of(sampler, 15, lambda _: value)
    assert MIXED.validate(sampler.ask(history, []))


@pytest.mark.parametrize("name", SAMPLERS)
def test_no_history_at_all_may_be_given_as_none(name):
    sampler = make_sampler(name, MIXED)
    assert sampler.ask(None, None) == sampler.ask([], []) == sampler.ask()


@pytest.mark.parametrize("name", SAMPLERS)
def test_duplicate_observations_are_survived(name):
    point = {"rate": 0.01, "momentum": 0.5, "layers": 3, "optimizer": "adam"}
    sampler = make_sampler(name, MIXED)
    assert sampler.ask([Observation(point, v) for v in (0.1, 0.2, 0.1, None) * 5], [point, point]) != point


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_finite_space_is_used_up_before_anything_is_repeated(name):
    space = SearchSpace({"a": Integer(1, 3), "b": Categorical(["x", "y"])})
    sampler = make_sampler(name, space, num_samples=10)
    history = history_of(sampler, 6, lambda p: p["a"])
    assert len({tuple(o.params.values()) for o in history}) == space.size == 6
    assert space.validate(sampler.ask(history, []))


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("count", [1, 30])
def test_one_and_thirty_dimensions_work(name, count):
    space = SearchSpace({f"x{i}": Float(-1, 1) for i in range(count)})
    sampler = make_sampler(name, space, num_samples=12)
    history = history_of(sampler, 12, lambda p: sum(v * v for v in p.values()))
    assert len({tuple(o.params.values()) for o in history}) == 12


@pytest.mark.parametrize("name", SAMPLERS)
def test_ten_thousand_observations_are_digested(name):
    unit = [((i * 0.618) % 1, (i * 0.755) % 1, (i * 0.57) % 1, (i * 0.31) % 1) for i in range(10_000)]
    history = [Observation(p := MIXED.from_unit(u), p["momentum"]) for u in unit]
    assert MIXED.validate(make_sampler(name, MIXED, num_samples=10_001).ask(history, []))


@pytest.mark.parametrize("name", SAMPLERS)
def test_the_direction_turns_the_search_around(name):
    space = SearchSpace({"x": Float(0, 1)})
    low = make_sampler(name, space, direction="min")
    high = make_sampler(name, space, direction="max")
    history = [Observation({"x": i / 10}, i / 10 + 0.01) for i in range(11)]
    mirrored = [Observation(o.params, -o.value) for o in history]
    assert low.ask(history, []) == high.ask(mirrored, [])


@pytest.mark.parametrize("name", ["bayes_opt_search", "tpe_search", "anneal_search"])
def test_a_region_where_trials_fail_is_avoided(name):
    space = SearchSpace({"x": Float(0, 1), "y": Float(0, 1)})

    def failing(p):
        return None if p["x"] > 0.5 else (p["x"] - 0.3) ** 2 + (p["y"] - 0.4) ** 2

    tries = [o for seed in range(5) for o in history_of(make_sampler(name, space, seed=seed), 20, failing)]
    assert sum(o.value is None for o in tries) < 0.35 * len(tries)


@pytest.mark.parametrize("name", SAMPLERS)
def test_an_observation_that_cannot_be_read_is_named(name):
    sampler = make_sampler(name, MIXED)
    point = {"rate": 0.01, "momentum": 0.5, "layers": 3}
    with pytest.raises(ValueError, match="Hyperparameter optimizer"):
        sampler.ask([Observation(point, 1.0)], [])
    with pytest.raises(ValueError, match=r"Hyperparameter optimizer.*none of the choices"):
        sampler.ask([Observation({**point, "optimizer": "lion"}, 1.0)], [])
