"""Long curves are thinned so that extremes stay, at once or while their points arrive."""

import numpy as np
import pytest

from jobs.models import PointBatch, Sketch, Trial
from jobs.results import curves, points, thinning


def rows(values):
    """A curve's points as the recorder has them: step, value, seconds, line, offset."""
    return [(float(i + 1), float(v), i / 10, i + 1, 8 * i) for i, v in enumerate(values)]


def sketched(values, most):
    return thinning.coarser(thinning.sketch_of(points.unpack(points.pack(rows(values)))), most)


def test_a_short_curve_is_kept_whole():
    assert curves.thinned(np.array([3.0, 1.0, 2.0]), 4).tolist() == [0, 1, 2]
    assert curves.thinned(np.array([]), 10).tolist() == []


@pytest.mark.parametrize("most", [4, 50, 400])
def test_a_thinned_curve_keeps_its_ends_and_extremes_in_order(most):
    values = np.random.default_rng(5).normal(size=5_000)
    values[1234], values[4321] = 99.0, -99.0
    kept = curves.thinned(values, most)
    assert len(kept) <= most
    assert {0, 1234, 4321, 4999} <= set(kept.tolist())
    assert (np.diff(kept) > 0).all()


def test_a_curve_of_nan_alone_is_thinned_too():
    kept = curves.thinned(np.full(1_000, np.nan), 20)
    assert 2 <= len(kept) <= 20
    assert (kept[0], kept[-1]) == (0, 999)


def test_extremes_are_found_among_nan_and_nan_among_numbers():
    values = np.full(1_000, np.nan)
    values[500], values[600] = 7.0, -7.0
    assert {500, 600} <= set(curves.thinned(values, 20).tolist())
    values = np.arange(1_000.0)
    values[333] = np.inf
    assert 333 in curves.thinned(values, 20)


@pytest.mark.parametrize("count", [401, 1_000, 4_097])
def test_thinning_in_steps_gives_what_thinning_at_once_gives(count):
    values = np.random.default_rng(count).normal(size=count)
    values[::97] = np.nan
    whole = thinning.sketch_of(points.unpack(points.pack(rows(values))))
    kept = np.empty(0, dtype=thinning.SKETCH)
    for start in range(0, count, 61):
        kept = thinning.extended(kept, whole[start : start + 61])
    assert kept.tobytes() == thinning.coarser(whole, thinning.SKETCH_POINTS).tobytes()  # NaN equals NaN here
    assert thinning.coarser(kept, 50).tobytes() == thinning.coarser(whole, 50).tobytes()


@pytest.mark.django_db(transaction=True)
def test_the_sketch_of_a_long_curve_is_kept_up_to_date_with_every_batch(make_job):
    trial = Trial.objects.create(job=make_job("steps.py", submit=False), number=1)
    values = np.random.default_rng(3).normal(size=2_000)
    for start in range(0, 2_000, 300):
        points.append(trial, start, rows(values)[start : start + 300])
        known = min(2_000, start + 300)
        assert Sketch.objects.filter(trial=trial).exists() == (known > thinning.SKETCH_POINTS)
        [kept] = points.sketches({trial.pk: known}).values()
        np.testing.assert_array_equal(kept, sketched(values[:known], thinning.SKETCH_POINTS))
    points.merge(trial)
    assert PointBatch.objects.filter(trial=trial).count() == 1
    points.replace([(trial, np.array(rows(values[:5]), dtype=points.DTYPE))])
    assert not Sketch.objects.filter(trial=trial).exists()
    assert len(points.read(trial)) == 5


@pytest.mark.django_db(transaction=True)
def test_charts_read_the_sketch_and_not_the_points(make_job):
    job = make_job("steps.py", submit=False)
    trial = Trial.objects.create(job=job, number=1, point_count=2_000)
    points.append(trial, 0, rows(np.arange(2_000.0)))
    PointBatch.objects.all().delete()
    [curve] = curves.convergence(job).curves
    assert (curve.value[0], curve.value[-1], curve.count) == (0.0, 1_999.0, 2_000)


@pytest.mark.django_db(transaction=True)
def test_a_long_curve_without_a_sketch_is_thinned_when_it_is_read(make_job):
    job = make_job("steps.py", submit=False)
    trial = Trial.objects.create(job=job, number=1, point_count=1_000)
    values = np.random.default_rng(4).normal(size=1_000)
    PointBatch.objects.create(trial=trial, first=0, count=1_000, data=points.pack(rows(values)))
    [kept] = points.sketches({trial.pk: 1_000}).values()
    np.testing.assert_array_equal(kept, sketched(values, thinning.SKETCH_POINTS))
