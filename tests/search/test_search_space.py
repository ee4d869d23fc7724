"""The search space checks its values, keeps its promises about scales, and survives JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import Categorical, Float, Integer, SearchSpace

SPACE = SearchSpace(
    {
        "rate": Float(1e-5, 1e-1, log=True, points=7),
        "momentum": Float(0.0, 0.99),
        "layers": Integer(1, 8),
        "units": Integer(8, 512, log=True),
        "optimizer": Categorical(["sgd", "adam", True, 3, None]),
    }
)
GOOD = {"rate": 0.01, "momentum": 0.5, "layers": 2, "units": 64, "optimizer": "adam"}


def test_a_space_comes_back_from_json_as_it_was():
    plain = json.loads(json.dumps(SPACE.to_json()))
    assert SearchSpace.from_json(plain) == SPACE
    assert SearchSpace.from_json(plain).names == SPACE.names
    assert SearchSpace({"rate": Float(0, 1)}) != SPACE


@given(st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_the_way_to_the_unit_cube_and_back_loses_nothing(unit):
    params = SPACE.from_unit(unit)
    again = SPACE.from_unit(SPACE.to_unit(params))
    assert again.pop("rate") == pytest.approx(params.pop("rate"), rel=1e-9)
    assert again.pop("momentum") == pytest.approx(params.pop("momentum"), abs=1e-12)
    assert again == params


@given(st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_snapping_moves_a_point_to_where_its_setting_lies(unit):
    snapped = SPACE.snap(np.array([unit]))[0]
    assert np.allclose(snapped, SPACE.to_unit(SPACE.from_unit(unit)), atol=1e-9)


def test_every_whole_number_has_an_equal_share_of_the_scale():
    drawn = [Integer(1, 4).from_unit(u) for u in np.linspace(0, 1, 4001)]
    assert [round(drawn.count(v) / 1000) for v in (1, 2, 3, 4)] == [1, 1, 1, 1]


def test_a_logarithmic_scale_spends_as_much_on_each_decade():
    drawn = [Float(1e-4, 1.0, log=True).from_unit(u) for u in np.linspace(0, 1, 1001)]
    assert sum(v < 1e-2 for v in drawn) == pytest.approx(500, abs=2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rate": 1.0}, "rate: .*outside"),
        ({"layers": 2.5}, "layers: .*not a whole number"),
        ({"layers": 9}, "layers: .*outside of 1 to 8"),
        ({"optimizer": "lion"}, "optimizer: .*none of the choices"),
        ({"momentum": "high"}, "momentum: .*give a number"),
        ({"momentum": float("nan")}, "momentum: .*finite"),
        ({"other": 1}, "other: not in the search space"),
    ],
)
def test_a_wrong_value_is_named_with_its_hyperparameter(change, message):
    with pytest.raises(ValueError, match=message):
        SPACE.validate({**GOOD, **change})


def test_right_values_come_back_plain_and_in_order():
    given_values = dict(reversed(GOOD.items())) | {"layers": np.int64(2), "momentum": np.float64(0.5)}
    checked = SPACE.validate(given_values)
    assert list(checked.items()) == list(GOOD.items())
    assert type(checked["layers"]) is int
    assert type(checked["momentum"]) is float


def test_a_missing_hyperparameter_is_named():
    with pytest.raises(ValueError, match="rate: there is no value"):
        SPACE.validate({k: v for k, v in GOOD.items() if k != "rate"})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Float(2, 1), "above the upper bound"),
        (lambda: Float(0, 1, log=True), "logarithmic scale needs a lower bound above 0"),
        (lambda: Float(0, float("inf")), "finite"),
        (lambda: Float(0, 1, points=0), "at least 1"),
        (lambda: Integer(1.5, 3), "whole number"),
        (lambda: Integer(0, 3, log=True), "above 0"),
        (lambda: Categorical([]), "at least one"),
        (lambda: Categorical("abc"), "give a list"),
        (lambda: Categorical(["a", "a"]), "twice"),
        (lambda: Categorical([[1]]), "neither"),
        (lambda: SearchSpace({}), "empty"),
        (lambda: SearchSpace({"x": 3}), "x: 3 is no range"),
        (lambda: SearchSpace.from_json({"dimensions": [{"name": "x", "type": "odd"}]}), "x: type is 'odd'"),
        (lambda: SearchSpace.from_json({"dimensions": [{"name": "x", "type": "float"}]}), "x: a float"),
    ],
)
def test_an_impossible_range_is_refused_with_the_remedy(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_choices_that_are_equal_in_python_stay_apart():
    choices = Categorical([1, True, "1"])
    units = choices.to_unit([1, True, "1"])
    assert [choices.from_unit(u) for u in units] == [1, True, "1"]
    assert [type(choices.from_unit(u)) for u in units] == [int, bool, str]


def test_the_size_is_counted_unless_a_range_is_continuous():
    assert SearchSpace({"n": Integer(1, 8), "c": Categorical(["a", "b"])}).size == 16
    assert SPACE.size is None
