"""grid_search visits each cell of its grid exactly once."""

from __future__ import annotations

from search import Categorical, Float, Integer, Observation, SearchSpace, make_sampler


def visited(sampler, count):
    history = []
    for _ in range(count):
        history.append(Observation(sampler.ask(history, []), None))
    return [tuple(o.params.values()) for o in history]


def test_each_cell_comes_once_and_both_ends_are_visited():
    space = SearchSpace({"a": Float(1, 100, log=True, points=3), "b": Categorical(["x", "y"])})
    sampler = make_sampler("grid_search", space)
    assert sampler.capacity == 6
    assert set(visited(sampler, 6)) == {(a, b) for a in (1.0, 10.0, 100.0) for b in "xy"}


def test_a_range_without_points_gets_as_many_as_fit_into_the_trials():
    space = SearchSpace({"a": Float(0, 1), "b": Float(0, 1)})
    assert make_sampler("grid_search", space, num_samples=20).capacity == 16
    assert make_sampler("grid_search", space, num_samples=20, points=3).capacity == 9


def test_whole_numbers_are_not_visited_twice():
    space = SearchSpace({"n": Integer(1, 4, log=True), "m": Integer(0, 1000)})
    sampler = make_sampler("grid_search", space, points=10)
    cells = visited(sampler, sampler.capacity)
    assert len(set(cells)) == sampler.capacity == 40


def test_pending_cells_are_left_to_the_others():
    space = SearchSpace({"a": Float(0, 1, points=4)})
    sampler, pending = make_sampler("grid_search", space), []
    for _ in range(4):
        pending.append(sampler.ask([], pending))
    assert sorted(round(p["a"], 6) for p in pending) == [0.0, 0.333333, 0.666667, 1.0]
