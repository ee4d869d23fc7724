"""What the two main charts are drawn from: which curves, the band of the others, the course of the search."""

import numpy as np
import pytest

from jobs.models import PointBatch, Trial
from jobs.results import curves, points
from jobs.results.charts import evenly


def rows(values):
    """Rows (pk, number, value) as `choose` takes them."""
    return [(1000 + number, number, value) for number, value in enumerate(values, start=1)]


def curve(value, *, status="Completed", best=False, weight=1.0):
    value = np.array(value, dtype=float)
    step = np.arange(1.0, len(value) + 1)
    return curves.Curve(1, status, 1.0, best, {}, step, value, step * 10, len(value), weight)


def test_the_best_so_far_follows_the_direction_and_passes_over_nan():
    nan = np.nan
    objective = np.array([nan, 3.0, nan, 5.0, 1.0, 2.0])
    least = curves.best_so_far(objective, "min")
    greatest = curves.best_so_far(objective, "max")
    np.testing.assert_array_equal(least, [nan, 3, 3, 3, 1, 1])
    np.testing.assert_array_equal(greatest, [nan, 3, 3, 5, 5, 5])
    assert len(curves.best_so_far(np.array([]), "min")) == 0


def test_up_to_the_most_curves_all_are_drawn():
    few = rows(range(curves.MOST_CURVES))
    assert curves.choose(few, "max") == ([], [row[0] for row in few])


@pytest.mark.parametrize("direction", ["max", "min"])
def test_of_many_curves_the_best_and_an_even_sample_are_drawn(direction):
    values = np.random.default_rng(7).permutation(1_000).astype(float).tolist()
    many = rows([None if number % 10 == 0 else value for number, value in enumerate(values)])
    best, sample = curves.choose(many, direction)
    ranked = sorted((row for row in many if row[2] is not None), key=lambda row: row[2])
    wanted = ranked[-curves.BEST_CURVES :] if direction == "max" else ranked[: curves.BEST_CURVES]
    assert set(best) == {row[0] for row in wanted}
    assert len(best) + len(sample) == curves.MOST_CURVES
    assert not set(best) & set(sample)
    assert max(np.diff(sorted(sample))) < 25  # 950 trials, 150 of them: 6 apart on average


def test_as_trials_come_most_of_the_sample_stays():
    values = np.random.default_rng(8).random(1_000).tolist()
    _, before = curves.choose(rows(values[:990]), "min")
    _, after = curves.choose(rows(values), "min")
    assert len(set(before) & set(after)) >= 145


def test_many_curves_without_any_value_are_sampled():
    best, sample = curves.choose(rows([None] * 500), "min")
    assert (best, len(sample)) == ([], curves.MOST_CURVES)


def test_of_many_dots_the_best_quarter_and_an_even_sample_are_shown():
    objective = np.random.default_rng(1).random(5_000)
    objective[::7] = np.nan
    shown = evenly(np.arange(1, 5_001), objective, "max", 400)
    assert len(shown) == 400
    best = np.argsort(np.where(np.isnan(objective), -1, objective))[-100:]
    assert set(best) <= set(shown)
    assert np.isfinite(objective[shown]).all()


def test_what_was_left_out_is_told():
    assert curves.Convergence([], 0).note == ""
    short = [curve(np.arange(400.0)) for _ in range(200)]
    long = [curves.Curve(**{**vars(short[0]), "count": 1_000}), *short[1:]]
    assert curves.Convergence(short[:3], 3).note == ""
    note = curves.Convergence(long, 10_000).note
    assert note == (
        "200 of 10,000 curves: best 50 and an even sample; 400 of 1,000 points each, extremes kept"
    )


def test_the_band_is_the_median_and_the_quarters_of_the_others():
    flat = [curve([height] * 10) for height in (1.0, 2.0, 3.0, 4.0, 5.0)]
    band = curves.band([*flat, curve([-100.0] * 10, best=True)], "step")
    assert (band.x[0], band.x[-1]) == (1.0, 10.0)
    assert set(band.low) == {2.0}
    assert set(band.median) == {3.0}
    assert set(band.high) == {4.0}


def test_a_stopped_trial_keeps_its_last_value_in_the_band_and_a_failed_one_is_left_out():
    whole, short = curve([3.0] * 10), curve([1.0] * 4, status="Stopped")
    failed = curve([99.0] * 10, status="Failed")
    band = curves.band([whole, whole, short, short, short, failed, failed, failed], "step")
    assert set(band.median) == {1.0}
    assert band.x[-1] == 10.0


def test_the_band_is_over_seconds_too():
    assert curves.band([curve([1.0] * 10)] * 4, "seconds").x[-1] == 100.0


def test_fewer_than_four_others_have_no_band():
    assert curves.band([curve([1.0, 2.0])] * 3, "step") is None
    assert curves.band([curve([1.0])] * 9, "step") is None


def test_a_curve_counts_for_the_trials_it_stands_for():
    heights = np.array([[1.0], [2.0], [3.0]])
    assert curves.weighted_quantiles(heights, np.array([1.0, 1.0, 1.0]), (0.5,)) == [[2.0]]
    assert curves.weighted_quantiles(heights, np.array([1.0, 1.0, 8.0]), (0.5,)) == [[3.0]]
    gap = np.array([[np.nan, np.nan], [2.0, np.nan]])
    np.testing.assert_array_equal(
        curves.weighted_quantiles(gap, np.array([9.0, 1.0]), (0.5,)), [[2.0, np.nan]]
    )


@pytest.mark.django_db(transaction=True)
def test_a_curve_leaves_gaps_where_the_value_was_not_finite(make_job):
    job = make_job("steps.py", submit=False)
    trial = Trial.objects.create(job=job, number=1, point_count=3)
    packed = points.pack([(1, 0.5, 0, 1, 0), (2, float("inf"), 0, 2, 9), (3, float("nan"), 0, 3, 18)])
    PointBatch.objects.create(trial=trial, first=0, count=3, data=packed)
    [found] = curves.convergence(job).curves
    np.testing.assert_array_equal(found.value, [0.5, np.nan, np.nan])
    assert found.step.tolist() == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_the_course_tells_how_trials_ended_that_have_no_objective(make_job):
    job = make_job("steps.py", submit=False)
    ways = [("Completed", "", 3.0), ("Failed", "", 1.0), ("Stopped", "keep", 2.0), ("Stopped", "ignore", 0.5),
            ("Completed", "", None), ("Running", "", 0.1)]  # fmt: skip
    for number, (status, request, value) in enumerate(ways, start=1):
        Trial.objects.create(job=job, number=number, status=status, stop_request=request, value=value)
    data = curves.course(job)
    assert data.number.tolist() == [1, 2, 3, 4, 5]
    assert data.outcome == ["", "Failed", "", "Stopped", "NaN"]
    assert data.best.tolist() == [3.0, 3.0, 2.0, 2.0, 2.0]
    assert data.stopped.tolist() == [False, False, True, False, False]
    assert data.without("Stopped").tolist() == [4]
