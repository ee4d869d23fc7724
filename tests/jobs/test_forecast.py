"""When a search will be done: forecasts with known answers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Trial
from jobs.results import forecast
from jobs.results.answer import answer


@pytest.mark.parametrize(
    ("durations", "spent", "waiting", "lanes", "left"),
    [
        ([], [], 5, 1, None),
        ([10.0], [], 0, 1, 0.0),
        ([10.0], [], 6, 2, 30.0),
        ([10.0], [], 7, 2, 40.0),
        ([10.0], [4.0], 0, 1, 6.0),
        ([10.0], [4.0], 1, 1, 16.0),
        ([10.0], [4.0, 9.0], 1, 2, 11.0),  # the one that ends after a second goes on with the next
        ([10.0, 20.0], [12.0], 0, 1, 8.0),  # it has outlived the short ones
        ([10.0], [99.0], 0, 1, 0.0),
    ],
)
def test_the_time_left_is_that_of_the_busiest_place(durations, spent, waiting, lanes, left):
    assert forecast.time_left(durations, spent, waiting, lanes) == left


def test_the_most_at_once_counts_what_overlaps_and_not_what_follows():
    assert forecast.most_at_once([]) == 0
    assert forecast.most_at_once([(0, 1), (1, 2), (2, 3)]) == 1
    assert forecast.most_at_once([(0, 3), (1, 2), (1.5, 4), (2.5, 5)]) == 3


@pytest.mark.django_db(transaction=True)
def test_a_job_that_may_run_more_at_once_than_it_did_is_not_forecast_as_if_it_had(make_job):
    columns = {"status": "Running", "num_samples": 10, "max_concurrent": 8, "completed_trials": 4}
    job = make_job("steps.py", submit=False, created_trials=5, **columns)
    now = timezone.now()
    for number in range(1, 5):  # two at a time, ten seconds each
        end = now - timedelta(seconds=40 - 10 * ((number - 1) // 2))
        Trial.objects.create(
            job=job, number=number, status="Completed", started=end - timedelta(seconds=10), ended=end
        )
    Trial.objects.create(job=job, number=5, status="Running", started=now - timedelta(seconds=5))
    assert answer(job).time_left.total_seconds() == pytest.approx(30, abs=2)
    job.paused = True
    assert answer(job).time_left is None
