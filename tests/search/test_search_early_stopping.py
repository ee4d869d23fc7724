"""The median rule and successive halving stop what is hopeless, and nothing else."""

from __future__ import annotations

import math

import pytest

from search.early_stopping import Curve, judge, median_rule, rungs, successive_halving


def rising(slope, steps=9):
    return Curve(range(1, steps + 1), [slope * s for s in range(1, steps + 1)])


OTHERS = [rising(s) for s in (1.0, 2.0, 3.0, 4.0)]


def test_the_median_rule_stops_a_trial_below_the_median():
    verdict = median_rule(rising(0.5), OTHERS, "max")
    assert verdict.stop
    assert "At step 9 the best value 4.5 is worse than 12.5" in verdict.reason


def test_the_median_rule_lets_a_good_trial_go_on():
    assert not median_rule(rising(3.5), OTHERS, "max").stop


def test_the_median_rule_turns_with_the_direction():
    assert not median_rule(rising(0.5), OTHERS, "min").stop
    assert median_rule(Curve([5, 6, 7], [50, 49, 48]), OTHERS, "min").stop


def test_the_median_rule_waits_for_steps_and_for_rivals():
    assert not median_rule(rising(0.1, steps=2), OTHERS, "max", grace_steps=3).stop
    assert not median_rule(rising(0.1), OTHERS[:2], "max", min_trials=3).stop
    assert not median_rule(rising(0.1, steps=9), [rising(5, steps=4)] * 5, "max").stop


def test_steps_beyond_the_trials_own_are_not_held_against_it():
    late = Curve(range(1, 10), [0.0] * 4 + [100.0] * 5)
    assert not median_rule(Curve(range(1, 5), [0.1] * 4), [late] * 4, "max").stop


@pytest.mark.parametrize("rule", ["median", "asha"])
def test_a_trial_without_finite_values_is_not_judged(rule):
    assert not judge(rule, Curve([], []), OTHERS, "max").stop
    assert not judge(rule, Curve([1, 2, 3, 4], [math.nan] * 4), OTHERS, "max").stop
    assert not judge(rule, Curve([math.inf, math.nan, -math.inf], [0.1] * 3), OTHERS, "max").stop


@pytest.mark.parametrize("rule", ["median", "asha"])
def test_a_step_that_is_no_number_hides_none_of_the_others(rule):
    assert judge(rule, Curve([math.nan, *range(1, 10), math.inf], [0.1] * 11), OTHERS, "max").stop


@pytest.mark.parametrize("rule", ["median", "asha"])
def test_rivals_without_finite_values_do_not_count(rule):
    broken = [Curve(range(1, 10), [math.nan] * 9)] * 10
    assert not judge(rule, rising(0.1), broken, "max").stop


def test_steps_may_start_at_zero():
    rivals = [Curve([0.0], [v]) for v in (5.0, 6.0, 7.0)]
    assert not successive_halving(Curve([0.0], [1.0]), rivals, "max").stop
    assert not median_rule(Curve([0.0], [1.0]), rivals, "max", grace_steps=1).stop


def test_rungs_multiply():
    assert rungs(1, 3, 30) == [1, 3, 9, 27]
    assert rungs(2, 2, 1) == []


def test_successive_halving_keeps_one_in_reduction_at_a_rung():
    others = [rising(s) for s in range(2, 10)]
    assert [successive_halving(rising(s), others, "max", reduction=3).stop for s in (1, 6, 7.5, 10)] == [
        True,
        True,
        False,
        False,
    ]


def test_successive_halving_lets_the_first_to_arrive_go_on():
    assert not successive_halving(rising(0.1), OTHERS[:1], "max", reduction=3).stop
    assert not successive_halving(rising(0.1, steps=9), [rising(5, steps=3)] * 9, "max", reduction=3).stop


def test_wrong_settings_are_refused_by_name():
    with pytest.raises(ValueError, match="no early stopping rule 'hope'"):
        judge("hope", OTHERS[0], OTHERS, "max")
    with pytest.raises(ValueError, match="reduction is 1"):
        judge("asha", OTHERS[0], OTHERS, "max", reduction=1)
    with pytest.raises(ValueError, match="direction is 'up'"):
        judge("median", OTHERS[0], OTHERS, "up")
    with pytest.raises(ValueError, match="2 steps and 1 values"):
        Curve([1, 2], [0.5])
