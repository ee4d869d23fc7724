"""Reads a search indicator anew from the stored logs of a job, without training again.

The wish is a row, `IndicatorReading`; a task of the queue carries it out, some trials after others, and may be
killed and begun again at any time. A trial that runs meanwhile goes over to the new indicator by itself, and no
other is started, as what the search knows is half old and half new. How trials and jobs have ended is not taken
back by it: a trial whose log holds no line of the indicator has no value any more, but has completed as before.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from itertools import accumulate

import django_rq
import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from redis.exceptions import RedisError

from jobs.execution import budgets, events, lifecycle, queue
from jobs.execution.states import TRIAL_ENDED, JobStatus, TrialStatus
from jobs.models import EventLevel, IndicatorReading, TrainingJob, Trial
from jobs.results import points, stored_logs
from jobs.results.objectives import Objectives, without_objective
from runtime.indicator import check_pattern

log = logging.getLogger(__name__)

LOST_AFTER = timedelta(seconds=30)
STORE_SECONDS = 1.0
MOST_TRIALS = 200
"""Trials stored together."""
MOST_POINTS = 1_000_000
READ_COLUMNS = ["status", "reason", "value", "point_count", "nonfinite_count", "indicator_revision"]


def ask(job: TrainingJob, *, name: str, direction: str, pattern: str, by) -> IndicatorReading:
    """Give the job another indicator and have all values extracted anew by the queue.

    Raises NotPossible while another reading is going on, PatternError for a pattern that RE2 refuses.
    """
    check_pattern(pattern)
    with transaction.atomic():
        locked = lifecycle.locked(job)
        reading = IndicatorReading.objects.create(
            job=locked,
            indicator_name=name,
            direction=direction,
            pattern=pattern,
            former_name=locked.indicator_name,
            former_direction=locked.direction,
            former_pattern=locked.pattern,
            by=by.get_username(),
            moved=timezone.now(),
            trials_total=_read_ones(locked).count(),
        )
        TrainingJob.objects.filter(pk=job.pk).update(
            indicator_name=name,
            direction=direction,
            pattern=pattern,
            indicator_revision=F("indicator_revision") + 1,
            reading_anew=True,
            best_trial=None,
            best_value=None,
        )
        transaction.on_commit(lambda: _enqueue(reading.pk))
    return reading


def carry_out(pk: int) -> None:
    """Read what is left to read of a reading that is going on. Doing it twice changes nothing."""
    while _read_some(pk):
        pass


def requeue_lost() -> None:
    """Queue readings again that have not got on for half a minute: their queue or their worker was lost."""
    lost = IndicatorReading.objects.going_on().filter(moved__lt=timezone.now() - LOST_AFTER)
    for pk in lost.values_list("pk", flat=True):
        if lost.filter(pk=pk).update(moved=timezone.now()):
            _enqueue(pk)


def _enqueue(pk: int) -> None:
    try:
        system = django_rq.get_queue(settings.SYSTEM_QUEUE)
        system.enqueue("jobs.execution.tasks.read_anew", pk, job_id=f"reading-{pk}", result_ttl=0)
    except (RedisError, OSError) as error:
        log.warning("Reading %s waits for the queue server: %s", pk, error)


def _read_ones(job: TrainingJob):
    """The trials that have ended with a log to read."""
    return job.trials.filter(status__in=TRIAL_ENDED).exclude(attempt=0).order_by("number")


def _read_some(pk: int) -> bool:
    """Read trials for about a second and store them together, or finish after the last; whether some are left."""
    reading = IndicatorReading.objects.going_on().select_related("job").filter(pk=pk).first()
    if reading is None:  # done by another worker, or deleted with its job
        return False
    trials = _next(reading)
    if not trials:
        _finish(reading)
        return False
    known = points.read_many(trials)
    deadline = time.monotonic() + STORE_SECONDS
    found = []
    for trial in trials:
        trial.job = reading.job
        found.append((trial, _read_trial(reading, trial, known[trial.pk])))
        if time.monotonic() > deadline:
            break
    _store(reading, found)
    return True


def _next(reading: IndicatorReading) -> list[Trial]:
    """The trials to read next, whose points so far fit into memory."""
    trials = list(_read_ones(reading.job).filter(number__gt=reading.last_number)[:MOST_TRIALS])
    sums = accumulate(trial.point_count for trial in trials)
    few = sum(count <= MOST_POINTS for count in sums)
    return trials[: max(1, few)]


def _read_trial(reading: IndicatorReading, trial: Trial, known: np.ndarray) -> np.ndarray:
    """Give the trial, not yet stored, its values, and return its points; `known` are those it has had."""
    unread = ""
    try:
        rows = stored_logs.rows_in(trial.log_path, reading.pattern, known)
    except OSError as error:
        rows = points.NOTHING
        unread = (
            f"Its log cannot be read: {error.strerror}." if trial.log_path.exists() else "Its log is gone."
        )
    objectives = Objectives(reading.direction, reading.job.objective)
    for value in rows["value"].tolist():
        objectives.add(value)
    trial.status, trial.reason = _status(trial, objectives, len(rows), unread)
    trial.value, trial.nonfinite_count = objectives.value, objectives.nonfinite_count
    trial.point_count, trial.indicator_revision = len(rows), reading.job.indicator_revision
    return rows


def _store(reading: IndicatorReading, found: list[tuple[Trial, np.ndarray]]) -> None:
    """Store trials with their points, unless another worker or the end of the job was faster."""
    trials = [trial for trial, _ in found]
    with transaction.atomic():
        mine = IndicatorReading.objects.going_on().filter(pk=reading.pk, last_number=reading.last_number)
        done = F("trials_done") + len(found)
        if not mine.update(last_number=trials[-1].number, trials_done=done, moved=timezone.now()):
            return
        points.replace(found)
        Trial.objects.bulk_update(trials, READ_COLUMNS)
        _set_best(reading.job)


def _set_best(job: TrainingJob) -> None:
    """The best of the trials whose values are of the job's indicator by now."""
    order = "-value" if job.direction == "max" else "value"
    read = job.trials.scored().filter(status__in=TRIAL_ENDED, indicator_revision=job.indicator_revision)
    best = read.order_by(order, "number").first()
    if best is not None:
        TrainingJob.objects.filter(pk=job.pk).update(best_trial=best, best_value=best.value)


def _status(trial: Trial, objectives: Objectives, count: int, unread: str) -> tuple[str, str]:
    """How a trial has ended, and why. One that failed only as no line matched has completed if some line does now."""
    if trial.exit_code != 0 or trial.status == TrialStatus.STOPPED:
        return trial.status, trial.reason
    if count:
        return TrialStatus.COMPLETED, without_objective(objectives, count)
    return (
        trial.status,
        unread or f"No line of its log matches the search indicator {trial.job.indicator_name}.",
    )


def _finish(reading: IndicatorReading) -> None:
    """Let what hangs on the trials follow: repetitions, counters, how the job has ended; tell it, and go on."""
    with transaction.atomic():
        job = TrainingJob.objects.select_for_update().filter(pk=reading.job_id).first()
        if job is None:
            return
        if not IndicatorReading.objects.going_on().filter(pk=reading.pk).update(ended=Now()):
            return
        repetitions = job.trials.filter(attempt=0, same_as__isnull=False).exclude(status=TrialStatus.STOPPED)
        for trial in repetitions.select_related("same_as"):
            earlier = trial.same_as
            Trial.objects.filter(pk=trial.pk).update(status=earlier.status, value=earlier.value)
        TrainingJob.objects.filter(pk=job.pk).update(reading_anew=False)
        _set_best(job)
        _recount(job)
        _judge(job)
        _tell(reading)
        queue.wake(job.pool.name, job.max_concurrent)
    budgets.enforce(job.pk)
    lifecycle.settle(job.pk)


def _recount(job: TrainingJob) -> None:
    counted = {status: job.trials.filter(status=status).count() for status in TrialStatus}
    TrainingJob.objects.filter(pk=job.pk).update(
        completed_trials=counted[TrialStatus.COMPLETED],
        failed_trials=counted[TrialStatus.FAILED],
        stopped_trials=counted[TrialStatus.STOPPED],
    )


def _judge(job: TrainingJob) -> None:
    """A job that failed as no trial had a value has completed if one has completed now."""
    job.refresh_from_db()
    status, reason = lifecycle.result(job)
    if status == JobStatus.COMPLETED:
        TrainingJob.objects.filter(pk=job.pk, status=JobStatus.FAILED).update(status=status, reason=reason)


def _tell(reading: IndicatorReading) -> None:
    job = reading.job
    found = job.trials.filter(point_count__gt=0).count()
    words = f"{reading.indicator_name} ({reading.direction}) read anew, asked for by {reading.by}: "
    words += f"{found} of {reading.trials_total} logs hold values of it."
    if reading.changed:
        words += f" Before: {reading.former_name} ({reading.former_direction}), {reading.former_pattern}"
    took = (timezone.now() - reading.asked).total_seconds()
    level = EventLevel.INFO if found else EventLevel.WARNING
    events.record(job, "indicator read anew", words, duration=took, level=level)
