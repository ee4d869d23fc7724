"""The charts' data, and what their addresses answer."""

import numpy as np
import pytest

from jobs.models import PointBatch, Trial
from jobs.results import charts, curves, points

pytestmark = pytest.mark.django_db(transaction=True)


def rows(values):
    """Rows (pk, number, status, value) as `choose` takes them."""
    return [(number, number, "Completed", value) for number, value in enumerate(values, start=1)]


def test_a_short_curve_is_kept_whole():
    assert curves.thin(np.array([3.0, 1.0, 2.0]), 3).tolist() == [0, 1, 2]
    assert curves.thin(np.array([]), 10).tolist() == []


@pytest.mark.parametrize("most", [4, 50, 400])
def test_a_thinned_curve_keeps_its_ends_and_extremes_in_order(most):
    values = np.random.default_rng(5).normal(size=5_000)
    values[1234], values[4321] = 99.0, -99.0
    kept = curves.thin(values, most)
    assert len(kept) <= most
    assert {0, 1234, 4321, 4999} <= set(kept.tolist())
    assert (np.diff(kept) > 0).all()


def test_a_curve_of_nan_alone_is_thinned_too():
    kept = curves.thin(np.full(1_000, np.nan), 20)
    assert 2 <= len(kept) <= 20
    assert (kept[0], kept[-1]) == (0, 999)


def test_extremes_are_found_among_nan():
    values = np.full(1_000, np.nan)
    values[500], values[600] = 7.0, -7.0
    assert {500, 600} <= set(curves.thin(values, 20).tolist())


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
    assert curves.choose(few, "max") == few


@pytest.mark.parametrize("direction", ["max", "min"])
def test_of_many_curves_the_best_and_an_even_sample_are_drawn(direction):
    values = np.random.default_rng(7).permutation(1_000).astype(float).tolist()
    many = rows([None if number % 10 == 0 else value for number, value in enumerate(values)])
    chosen = curves.choose(many, direction)
    ranked = sorted((row for row in many if row[3] is not None), key=lambda row: row[3])
    best = ranked[-curves.BEST_CURVES :] if direction == "max" else ranked[: curves.BEST_CURVES]
    assert len(chosen) == curves.MOST_CURVES
    assert set(best) <= set(chosen)
    assert [row[1] for row in chosen] == sorted(row[1] for row in chosen)
    others = [row[1] for row in chosen if row not in best]
    assert max(np.diff(others)) < 40


def test_many_curves_without_any_value_are_sampled():
    assert len(curves.choose(rows([None] * 500), "min")) == curves.MOST_CURVES


def test_what_was_left_out_is_told():
    assert curves.Convergence([], 0, 10).note == ""
    note = curves.Convergence([None] * 200, 1_000, 9_999).note
    assert "200 of 1000 curves" in note
    assert "400 of up to 9999 points" in note


def test_a_curve_leaves_gaps_where_the_value_was_not_finite(make_job):
    job = make_job("steps.py", submit=False)
    trial = Trial.objects.create(job=job, number=1, point_count=3)
    packed = points.pack([(1, 0.5, 0, 1, 0), (2, float("inf"), 0, 2, 9), (3, float("nan"), 0, 3, 18)])
    PointBatch.objects.create(trial=trial, first=0, count=3, data=packed)
    [curve] = curves.convergence(job).curves
    np.testing.assert_array_equal(curve.value, [0.5, np.nan, np.nan])
    assert curve.step.tolist() == [1, 2, 3]


def test_the_convergence_chart_has_one_trace_per_trial_and_the_best_on_top(make_job, work, page):
    job = make_job("steps.py", num_samples=3)
    work()
    job.refresh_from_db()
    figure = page.get(f"{job.get_absolute_url()}charts/convergence/").json()
    trials = [trace["meta"]["trial"] for trace in figure["data"]]
    assert sorted(trials) == [1, 2, 3]
    assert [trace["meta"]["best"] for trace in figure["data"]] == [False, False, True]
    assert trials[-1] == job.best_trial.number
    assert figure["layout"]["xaxis"]["title"]["text"] == "Step"
    assert figure["layout"]["yaxis"]["title"]["text"] == "loss"


def test_the_course_chart_shows_every_objective_and_the_failed_trials(make_job, work):
    job = make_job("steps.py", num_samples=3)
    work()
    job.refresh_from_db()
    Trial.objects.create(job=job, number=4, status="Failed")
    data = curves.course(job)
    assert (data.number.tolist(), data.failed.tolist()) == ([1, 2, 3, 4], [4])
    assert data.best[-1] == job.best_value
    names = [trace.name for trace in charts.best_so_far(data, "loss").data]
    assert names == ["Objective of the trial", "Best so far", "Without objective"]


def test_an_unchanged_chart_is_not_sent_again(make_job, work, page):
    job = make_job("steps.py", num_samples=2, max_concurrent=1)
    address = f"{job.get_absolute_url()}charts/convergence/"
    empty = page.get(address)
    assert empty["X-Active"] == "1"
    work()
    first = page.get(address, headers={"If-None-Match": empty["ETag"]})
    assert (first.status_code, first["X-Active"]) == (200, "0")
    again = page.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    weak = page.get(address, headers={"If-None-Match": f"W/{first['ETag']}"})
    assert weak.status_code == 304


@pytest.mark.parametrize("name", ["curve", "usage"])
def test_every_trial_has_its_own_charts(make_job, work, page, name):
    job = make_job("steps.py", num_samples=1)
    work()
    figure = page.get(f"{job.get_absolute_url()}trials/1/{name}/").json()
    if name == "curve":
        assert len(figure["data"]) == 1
        assert figure["layout"]["yaxis"]["title"]["text"] == "loss"
    else:
        assert [trace["name"] for trace in figure["data"]] == ["cpuUsage (%)", "memUsage (MB)"]


def test_an_unknown_chart_is_not_found(make_job, page):
    assert page.get(f"{make_job('steps.py').get_absolute_url()}charts/nonsense/").status_code == 404


def test_names_in_hover_texts_are_no_markup(make_job):
    curve = curves.Curve(1, "Completed", 1.0, True, {"<b>x": "%{y}"}, np.array([1.0]), np.array([1.0]))
    figure = charts.convergence(curves.Convergence([curve], 1, 1), "<i>loss%{x}", "min")
    assert "<b>x" not in figure.data[0]["hovertemplate"]
    assert "%{y}<br>" not in figure.data[0]["hovertemplate"].replace("%{y:.6g}", "")
    assert "<i>loss" not in figure.data[0]["hovertemplate"]
    course = curves.Course(np.array([1]), np.array([1.0]), np.array([1.0]), np.array([]))
    assert all("<i>loss" not in trace.hovertemplate for trace in charts.best_so_far(course, "<i>loss").data)
    single = charts.single_curve(np.array([1.0]), np.array([1.0]), "<i>loss")
    assert "<i>loss" not in single.data[0].hovertemplate
