"""The verdict in words, from plain values with known answers."""

import numpy as np
import pytest

from jobs.results import verdict
from search import Categorical, Float, Integer, Observation, SearchSpace
from search.importance import analyse

NAN = float("nan")


@pytest.mark.parametrize(
    ("objective", "direction", "words"),
    [
        ([], "min", ""),
        ([NAN, 1.0], "min", ""),
        ([3.0, 2.0], "min", "Improved with the latest trial."),
        ([3.0, 1.0, 2.0, NAN, 2.0], "min", "Improved 3 trials ago."),
        ([1.0, 3.0, 1.0], "max", "Improved 1 trial ago."),
        ([NAN, 3.0, 1.0], "max", "No trial has been better than the first one."),
        ([3.0, 1.0, *[2.0] * 14], "min", "Flat for the last 14 trials."),
        ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0], "min", "Flat for the last 5 trials."),
    ],
)
def test_when_the_search_last_improved(objective, direction, words):
    assert verdict.improvement(np.array(objective, dtype=float), direction) == words


SPACE = SearchSpace(
    {
        "rate": Float(1e-4, 1.0, log=True),
        "layers": Integer(1, 4),
        "kind": Categorical(["a", "b", "c"]),
        "batch": Integer(8, 512),
    }
)


def test_a_best_value_inside_of_every_range_is_no_edge():
    assert verdict.at_edges(SPACE, {"rate": 0.01, "layers": 2, "kind": "a", "batch": 64}) == []


def test_a_best_value_at_an_end_names_the_end_and_the_hyperparameter():
    found = verdict.at_edges(SPACE, {"rate": 1.05e-4, "layers": 4, "kind": "c", "batch": 509})
    assert found == [
        "The best value sits at the lower end (0.0001) of the range of rate: consider widening it.",
        "The best value sits at the upper end (4) of the range of layers: consider widening it.",
        "The best value sits at the upper end (512) of the range of batch: consider widening it.",
    ]


def test_a_hyperparameter_that_changes_nothing_is_named_and_no_other():
    space = SearchSpace({"x": Float(0, 1), "idle": Float(0, 1)})
    rng = np.random.default_rng(1)
    history = [Observation({"x": x, "idle": i}, (x - 0.4) ** 2) for x, i in rng.random((80, 2)).tolist()]
    assert verdict.without_effect(analyse(space, history)) == ["idle"]
    assert verdict.without_effect(analyse(space, history[:8])) == []


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], ""),
        (["a"], "a has no visible effect."),
        (["a", "b", "c"], "a, b and c have no visible effect."),
        (list("abcdefghi"), "9 hyperparameters have no visible effect, a and b among them."),
    ],
)
def test_hyperparameters_without_effect_are_named_in_one_sentence(names, words):
    assert verdict.idle_sentence(names) == words


@pytest.mark.parametrize(
    ("best", "other", "direction", "words"),
    [
        (0.5, 1.0, "min", "0.5 (50.0%) better than the defaults (1)."),
        (0.9, 0.6, "max", "0.3 (50.0%) better than the defaults (0.6)."),
        (0.5, 0.5, "min", "No better than the defaults (0.5)."),
        (-1.0, 0.0, "min", "1 better than the defaults (0)."),
    ],
)
def test_the_best_value_is_compared(best, other, direction, words):
    assert verdict.compared(best, other, direction, "the defaults") == words


def test_the_trial_of_the_defaults_is_found_by_value_not_by_type():
    rows = [(1, {"rate": 0.2, "on": True}), (2, {"rate": 0.1, "on": True}), (3, {"rate": 0.1, "on": True})]
    assert verdict.trial_with(rows, {"rate": 0.1, "on": True}) == 2
    assert verdict.trial_with(rows, {"rate": 0.1, "on": False}) is None
