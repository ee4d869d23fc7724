"""Samplers declare their settings as data, with the documented defaults, and refuse wrong ones by name."""

from __future__ import annotations

import pytest

from search import COMMON_PARAMETERS, SAMPLERS, Float, SearchSpace, make_sampler

SPACE = SearchSpace({"x": Float(0, 1)})


def test_the_documented_algorithms_come_first():
    assert list(SAMPLERS)[:3] == ["bayes_opt_search", "tpe_search", "anneal_search"]


def test_the_documented_defaults_hold():
    defaults = {p.name: p.default for p in COMMON_PARAMETERS}
    assert defaults == {"num_samples": 20, "seed": 1}
    assert make_sampler("bayes_opt_search", SPACE).settings == {"kind": "ucb", "kappa": 2.5, "xi": 0.0}
    assert make_sampler("tpe_search", SPACE).settings == {"n_initial_points": None, "gamma": 0.25}
    assert make_sampler("anneal_search", SPACE).settings == {"avg_best_idx": 2.0, "shrink_coef": 0.1}


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_setting_explains_itself_and_accepts_its_own_default(name):
    sampler = SAMPLERS[name]
    assert sampler.title
    assert sampler.summary
    for parameter in (*sampler.parameters, *COMMON_PARAMETERS):
        assert parameter.help.endswith(".")
        assert parameter.type in (int, float, str)
        assert parameter.check(parameter.default) == parameter.default


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("bayes_opt_search", {"kind": "eis"}, "kind is 'eis'; give one of ucb, ei, poi"),
        ("bayes_opt_search", {"kappa": -1}, "kappa is -1; give a number of at least 0"),
        ("bayes_opt_search", {"kappa": None}, "kappa has no value"),
        ("bayes_opt_search", {"gamma": 0.5}, "bayes_opt_search has no setting 'gamma'"),
        ("tpe_search", {"gamma": 1.0}, "gamma is 1.0; give a number above 0 and below 1"),
        ("tpe_search", {"gamma": float("nan")}, "gamma is nan"),
        ("tpe_search", {"n_initial_points": 2.5}, "n_initial_points is 2.5; give a whole number"),
        ("anneal_search", {"avg_best_idx": 0.5}, "avg_best_idx"),
        ("anneal_search", {"shrink_coef": True}, "shrink_coef is True"),
        ("random_search", {"num_samples": 0}, "num_samples is 0"),
        ("random_search", {"seed": -1}, "seed is -1"),
        ("random_search", {"direction": "up"}, "direction is 'up'; give one of min, max"),
        ("simplex", {}, "no search algorithm 'simplex'; give one of bayes_opt_search"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_remedy(name, settings, message):
    with pytest.raises(ValueError, match=message):
        make_sampler(name, SPACE, **settings)


def test_tpe_leaves_its_random_phase_by_default_and_stays_in_it_when_told():
    assert make_sampler("tpe_search", SPACE, num_samples=20).n_initial_points == 5
    assert make_sampler("tpe_search", SPACE, num_samples=20, n_initial_points=20).n_initial_points == 20
    assert make_sampler("tpe_search", SPACE, num_samples=200).n_initial_points == 20


def test_kappa_is_the_documented_one_at_the_start_and_small_at_the_end():
    sampler = make_sampler("bayes_opt_search", SPACE, num_samples=20)
    weights = [sampler.kappa_at(n) for n in range(25)]
    assert weights[0] == 2.5
    assert weights == sorted(weights, reverse=True)
    assert weights[19] == weights[24] == pytest.approx(0.25)
    assert sampler.kappa_at(19, pending=4) == pytest.approx(0.5)
    assert sampler.kappa_at(3, pending=4) == sampler.kappa_at(3)
    assert make_sampler("bayes_opt_search", SPACE, num_samples=1).kappa_at(1) == pytest.approx(0.25)
