"""The search indicator of a job that has ended is read anew from the stored logs."""

import shutil
from datetime import timedelta

import django_rq
import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from jobs.execution import claims, lifecycle, rereading, steering, tasks
from jobs.execution.lifecycle import NotPossible
from jobs.execution.states import JobStatus, TrialStatus
from jobs.models import Event, IndicatorReading, TrainingJob
from jobs.results import points
from runtime.indicator import PatternError

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def read(ana):
    """`read(job, pattern)` reads the indicator anew as the queue's worker does."""

    def read(job, pattern, name="loss", direction="min"):
        reading = rereading.ask(job, name=name, direction=direction, pattern=pattern, by=ana)
        tasks.read_anew(reading.pk)
        job.refresh_from_db()

    return read


def values(job):
    return list(job.trials.order_by("number").values_list("status", "value", "point_count", "reason"))


def test_a_wrong_pattern_put_right_gives_values_and_the_best(make_job, work, read):
    job = make_job("steps.py", num_samples=3, pattern=r"accuracy=(\S+)")
    work()
    job.refresh_from_db()
    assert (job.status, job.failed_trials) == (JobStatus.FAILED, 3)
    read(job, r"loss=(\S+)")
    trials = list(job.trials.order_by("number"))
    assert {trial.status for trial in trials} == {TrialStatus.COMPLETED}
    for trial in trials:
        rows = points.read(trial)
        log = trial.log_path.read_text().splitlines()
        assert trial.value == rows["value"].min()
        assert [f"loss={value:.6f}" in log[line - 1] for value, line in rows[["value", "line"]]] == [True] * 3
    assert (job.completed_trials, job.failed_trials) == (3, 0)
    assert job.best_value == min(trial.value for trial in trials)
    assert job.best_trial.value == job.best_value
    assert (job.status, job.reason) == (JobStatus.COMPLETED, "")


def test_a_pattern_that_matches_nothing_takes_values_away_but_fails_nothing(make_job, work, read, page):
    job = make_job("steps.py", num_samples=2)
    work()
    before, repeated = values(job), job.pattern
    read(job, r"accuracy=(\S+)", name="accuracy", direction="max")
    assert (job.status, job.completed_trials, job.failed_trials) == (JobStatus.COMPLETED, 2, 0)
    assert (job.best_trial, job.best_value) == (None, None)
    reason = "No line of its log matches the search indicator accuracy."
    assert values(job) == [(TrialStatus.COMPLETED, None, 0, reason)] * 2
    text = page.get(job.get_absolute_url()).content.decode()
    assert "No line of any trial matched accuracy." in text
    chart = page.get(f"{job.get_absolute_url()}charts/best-so-far/").json()
    assert chart["data"] == []
    assert "No trial has a value of accuracy that counts: 2 without" in chart["layout"]["meta"]["empty"]
    former = page.get(f"{job.get_absolute_url()}reread/?former").content.decode()
    assert 'value="loss=(\\S+)"' in former and 'value="loss"' in former
    read(job, repeated)
    assert values(job) == before
    assert job.best_value == min(value for _, value, _, _ in before)
    event = Event.objects.filter(job=job, kind="indicator read anew").first()
    assert "2 of 2 logs hold values" in event.message and "accuracy (max), accuracy=" in event.message


def test_a_job_that_completed_by_a_value_that_was_kept_stays_completed(make_job, work, read, ana, meanwhile):
    job = make_job("never_ends.py", num_samples=1)
    meanwhile(lambda trial: steering.stop_trial(trial, ana, keep=True))
    work()
    read(job, r"accuracy=(\S+)")
    assert (job.status, job.best_value, job.trials.get().value) == (JobStatus.COMPLETED, None, None)


def test_the_other_direction_finds_the_other_best(make_job, work, read):
    job = make_job("steps.py", num_samples=3, objective="latest")
    work()
    read(job, job.pattern, direction="max")
    assert job.best_value == max(job.trials.values_list("value", flat=True))


def test_trials_that_failed_of_something_else_stay_failed(make_job, work, read):
    job = make_job("exits_1_after_metrics.py", num_samples=1)
    work()
    reason = job.trials.get().reason
    read(job, r"loss=(\S+)")
    trial = job.trials.get()
    assert (trial.status, trial.reason, job.status) == (TrialStatus.FAILED, reason, JobStatus.FAILED)
    assert trial.value is not None and job.best_value is None


def test_a_log_that_is_gone_has_no_values(make_job, work, read, page):
    job = make_job("steps.py", num_samples=2)
    work()
    shutil.rmtree(job.trials.get(number=1).directory)
    text = page.get(f"{job.get_absolute_url()}reread/preview/", {"pattern": r"loss=(\S+)"}).content.decode()
    assert (
        "1 of the 2 logs looked at would lose their values (trial 1)" in text and "Its log is gone." in text
    )
    read(job, r"loss=(\S+)")
    assert [row[3] for row in values(job)] == ["Its log is gone.", ""]
    assert job.best_trial.number == 2


def test_a_killed_reading_goes_on_where_it_was(make_job, work, ana, monkeypatch):
    monkeypatch.setattr(rereading, "MOST_TRIALS", 1)
    job = make_job("steps.py", num_samples=3)
    work()
    reading = rereading.ask(job, name="step", direction="max", pattern=r"step=(\d+)", by=ana)
    assert rereading._read_some(reading.pk)
    reading.refresh_from_db()
    assert (reading.trials_done, reading.last_number, reading.trials_total) == (1, 1, 3)
    with pytest.raises(NotPossible, match="1 of 3 logs are done"):
        steering.extend(job, 1, ana)
    with pytest.raises(NotPossible, match="being read anew"):
        rereading.ask(job, name="loss", direction="min", pattern=r"loss=(\S+)", by=ana)
    tasks.read_anew(reading.pk)
    tasks.read_anew(reading.pk)
    reading.refresh_from_db()
    assert (reading.trials_done, bool(reading.ended)) == (3, True)
    job.refresh_from_db()
    assert (job.best_value, Event.objects.filter(job=job, kind="indicator read anew").count()) == (2, 1)
    steering.extend(job, 1, ana)


@pytest.mark.stack
def test_a_reading_that_the_queue_has_lost_is_queued_again(make_job, work, ana, queue_server):
    job = make_job("steps.py", num_samples=1)
    work()
    queue = django_rq.get_queue(django_settings.SYSTEM_QUEUE)
    reading = rereading.ask(job, name="step", direction="max", pattern=r"step=(\d+)", by=ana)
    assert queue.job_ids == [f"reading-{reading.pk}"]
    queue.empty()
    rereading.requeue_lost()
    assert queue.job_ids == []
    IndicatorReading.objects.update(moved=timezone.now() - timedelta(seconds=31))
    rereading.requeue_lost()
    assert queue.job_ids == [f"reading-{reading.pk}"]


def test_a_job_deleted_while_it_is_read_ends_the_reading(make_job, work, ana):
    job = make_job("steps.py", num_samples=2)
    work()
    reading = rereading.ask(job, name="step", direction="max", pattern=r"step=(\d+)", by=ana)
    rereading._read_some(reading.pk)
    lifecycle.delete(job, by=ana)
    tasks.read_anew(reading.pk)
    assert not IndicatorReading.objects.exists()


def test_a_pattern_that_is_refused_changes_nothing(make_job, work, ana):
    job = make_job("steps.py", num_samples=1)
    work()
    before = TrainingJob.objects.values().get(pk=job.pk)
    job.refresh_from_db()
    with pytest.raises(PatternError):
        rereading.ask(job, name="loss", direction="min", pattern="loss=(", by=ana)
    assert TrainingJob.objects.values().get(pk=job.pk) == before


def test_trials_that_run_go_over_to_the_new_indicator_and_no_other_starts_meanwhile(
    make_job, work, ana, meanwhile, eventually
):
    job = make_job("never_ends.py", num_samples=2, max_concurrent=2)
    seen = {}

    def act(trial):
        reading = rereading.ask(trial.job, name="step", direction="max", pattern=r"step=(\d+)", by=ana)
        seen["claimed"] = claims.claim_next("default", "other:1")
        eventually(lambda: job.trials.get().indicator_revision == 1)
        rows = points.read(trial)
        log = trial.log_path.read_text().splitlines()
        seen["lines"] = [f"step={value:g} " in log[line - 1] for value, line in rows[["value", "line"]]]
        tasks.read_anew(reading.pk)
        steering.stop_trial(trial, ana, keep=True)
        eventually(lambda: job.trials.filter(number=2, point_count__gt=0).exists())
        lifecycle.stop(job, ana)

    meanwhile(act)
    work()
    job.refresh_from_db()
    assert seen["claimed"] is None
    assert len(seen["lines"]) > 1 and all(seen["lines"])
    first, second = job.trials.order_by("number")
    assert job.best_value == first.value == points.read(first)["value"].max() > 1
    assert second.indicator_revision == 1


def test_a_trial_that_ends_before_its_worker_has_noticed_is_read_anew_too(make_job, work, ana, monkeypatch):
    job = make_job("steps.py", num_samples=1)
    finish = claims.finish

    def changed_meanwhile(claim, outcome):
        if not IndicatorReading.objects.exists():
            reading = rereading.ask(job, name="step", direction="max", pattern=r"step=(\d+)", by=ana)
            tasks.read_anew(reading.pk)
        finish(claim, outcome)

    monkeypatch.setattr(claims, "finish", changed_meanwhile)
    work()
    job.refresh_from_db()
    trial = job.trials.get()
    assert (job.status, job.best_value, trial.value, trial.indicator_revision) == ("Completed", 2, 2, 1)
    assert points.read(trial)["value"].tolist() == [0, 1, 2]


def test_a_pattern_is_tried_on_the_logs_first(make_job, work, page):
    job = make_job("steps.py", num_samples=2)
    work()
    base = f"{job.get_absolute_url()}reread/preview/"
    text = page.get(base, {"pattern": r"step=(\d+)"}).content.decode()
    assert "Trial 2" in text and "Trial 1" in text and "2 of 2 logs looked at hold values" in text
    assert "data-reread-question" not in text
    text = page.get(base, {"pattern": r"accuracy=(\d+)"}).content.decode()
    assert "No line matches." in text and "no trial would have a value" in text
    assert "field-error" in page.get(base, {"pattern": "("}).content.decode()
    job.refresh_from_db()
    assert job.pattern == r"loss=(\S+)"


def test_where_values_would_get_lost_the_page_asks_first(make_job, work, page):
    job = make_job("steps.py", num_samples=2)
    work()
    wish = {"indicator_name": "accuracy", "direction": "max", "pattern": r"accuracy=(\S+)"}
    response = page.post(f"{job.get_absolute_url()}reread/", wish)
    text = response.content.decode()
    assert response.status_code == 422
    assert "no trial would have a value" in text and 'name="confirmed"' in text
    assert not IndicatorReading.objects.exists()
    page.post(f"{job.get_absolute_url()}reread/", {**wish, "confirmed": "another pattern"})
    assert not IndicatorReading.objects.exists()
    response = page.post(
        f"{job.get_absolute_url()}reread/", {**wish, "confirmed": wish["pattern"]}, follow=True
    )
    assert "being read anew from the logs: 0 of 2 trials" in response.content.decode()
    fragment = page.get(f"{job.get_absolute_url()}reading/")
    assert "HX-Refresh" not in fragment.headers
    tasks.read_anew(IndicatorReading.objects.get().pk)
    assert page.get(f"{job.get_absolute_url()}reading/").headers["HX-Refresh"] == "true"
    assert "Read again with the former pattern" in page.get(job.get_absolute_url()).content.decode()
