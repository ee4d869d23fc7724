"""The data of the charts of hyperparameters and time, with known answers."""

import numpy as np
import pytest

from jobs.results import aspects
from jobs.results.landscape import Landscape
from search import Categorical, Float, SearchSpace

NAN = float("nan")
SPACE = SearchSpace({"rate": Float(1e-4, 1.0, log=True), "kind": Categorical(["a", "b"]), "x": Float(0, 2)})


def landscape(rows, direction="min"):
    """A landscape of rows (objective, rate, kind, x, status, worker, begin, end)."""
    objective, rate, kind, x, status, worker, begin, end = zip(*rows, strict=True)
    parameters = [{"rate": r, "kind": k, "x": v} for r, k, v in zip(rate, kind, x, strict=True)]
    best = int(np.nanargmin(objective)) + 1
    number = np.arange(1, len(rows) + 1)
    times = np.array(begin, dtype=float), np.array(end, dtype=float)
    objective = np.array(objective, dtype=float)
    return Landscape(
        SPACE, direction, "loss", best, number, list(status), objective, parameters, list(worker), *times
    )


FOUR = [
    (3.0, 1e-4, "a", 0.0, "Completed", "one", 0.0, 1.0),
    (1.0, 1e-2, "b", 1.0, "Completed", "two", 0.5, 2.0),
    (NAN, 1.0, "a", 2.0, "Failed", "one", 1.0, 1.5),
    (2.0, 1.0, "b", 2.0, "Completed", "two", 2.0, 4.0),
]


def test_units_follow_the_scale_of_each_hyperparameter():
    units = landscape(FOUR).units
    assert units[:, 0] == pytest.approx([0, 0.5, 1, 1])
    assert units[:, 1] == pytest.approx([0.25, 0.75, 0.25, 0.75])


def test_a_value_from_before_the_space_was_changed_is_left_out_alone():
    data = landscape(FOUR)
    data.parameters[0]["kind"] = "gone"
    assert np.isnan(data.units[:, 1]).tolist() == [True, False, False, False]


def test_parallel_coordinates_end_at_the_objective():
    found = aspects.parallel(landscape(FOUR))
    assert found.axes == ["rate", "kind", "x", "loss"]
    assert found.heights[:, 3] == pytest.approx([1.0, 0.0, NAN, 0.5], nan_ok=True)
    assert found.limits == (1.0, 3.0)
    assert found.band[1] == found.band.max()
    assert found.band[2] == -1


def test_bands_are_of_equal_size_and_the_best_are_last():
    found = aspects.bands(np.arange(18.0), "max")
    assert found.tolist() == [band for band in range(9) for _ in range(2)]
    assert aspects.bands(np.arange(18.0), "min").tolist() == found.tolist()[::-1]


@pytest.mark.parametrize("direction", ["min", "max"])
def test_a_sample_keeps_the_best_and_its_size(direction):
    objective = np.random.default_rng(1).random(10_000)
    objective[5] = NAN
    chosen = aspects.sample(objective, direction, 300)
    assert len(chosen) == len(set(chosen.tolist())) == 300
    assert (np.nanargmin(objective) if direction == "min" else np.nanargmax(objective)) in chosen
    assert aspects.sample_note(300, 10_000).startswith("300 of 10,000 trials")


def test_a_surface_is_a_trials_objective_at_that_trial_and_between_them_in_between():
    data = landscape(FOUR)
    found = aspects.surface(data, "rate", "x")
    assert found.z[0, 0] == pytest.approx(3.0, abs=1e-6)
    assert found.z[-1, -1] == pytest.approx(2.0, abs=1e-6)
    assert found.z.min() >= 1.0
    assert found.z.max() <= 3.0
    assert found.dots.tolist() == [0, 1, 3]
    assert (found.x[0], found.x[-1], found.y[-1]) == (pytest.approx(1e-4), pytest.approx(1), 2.0)


def test_a_surface_over_choices_has_one_column_for_each():
    assert aspects.surface(landscape(FOUR), "kind", "x").z.shape == (aspects.GRID, 2)


def test_two_trials_make_no_surface():
    assert aspects.surface(landscape(FOUR[:2]), "rate", "x") is None


def test_spans_are_by_worker_and_time_and_leave_out_what_never_started():
    rows = [*FOUR, (NAN, 0.1, "a", 1.0, "Pending", "none", NAN, NAN)]
    found = aspects.spans(landscape(rows))
    assert found.number.tolist() == [1, 3, 2, 4]
    assert found.worker == ["one", "one", "two", "two"]
    assert (found.end - found.begin).tolist() == [1.0, 0.5, 1.5, 2.0]


def test_the_distribution_is_the_share_of_trials_up_to_each_value():
    values, share = aspects.distribution(np.array([2.0, 1.0, NAN, 2.0, 4.0]))
    assert values.tolist() == [1.0, 2.0, 4.0]
    assert share == pytest.approx([0.25, 0.75, 1.0])
    assert len(aspects.distribution(np.array([NAN]))[0]) == 0
