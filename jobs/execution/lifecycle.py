"""The life of a job: submitted, stepped trial by trial, stopped, settled, deleted.

A step asks the sampler for one more trial as late as possible, when a worker has a free slot for it, so that
every suggestion knows all results there are.
"""

import json
import logging
import shutil

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now

from jobs.execution import deletion, events, queue
from jobs.execution.states import JOB_ENDED, TRIAL_ACTIVE, JobStatus, TrialStatus, advance
from jobs.models import (
    Event,
    EventLevel,
    IndicatorReading,
    PointBatch,
    ResourceSample,
    Sketch,
    StopRequest,
    TrainingJob,
    Trial,
    TrialTag,
)
from jobs.results.history import suggest

log = logging.getLogger(__name__)


class NotPossible(Exception):
    """The job's state does not allow what was asked; the text says why."""


def locked(job: TrainingJob) -> TrainingJob:
    """The job's row, locked. Raises NotPossible while it is being stopped, or its indicator read anew."""
    row = TrainingJob.objects.select_for_update().get(pk=job.pk)
    if row.status == JobStatus.TERMINATING:
        raise NotPossible(f"Job {job.name} is being stopped. Try again once it is terminated.")
    reading = row.readings.going_on().first()
    if reading is not None:
        how_far = f"{reading.trials_done} of {reading.trials_total} logs are done"
        raise NotPossible(
            f"The indicator of job {job.name} is being read anew: {how_far}. Try again after that."
        )
    return row


def submit(job: TrainingJob) -> None:
    """Put a saved job that is Creating into its pool's queue."""
    with transaction.atomic():
        if not advance(TrainingJob.objects.filter(pk=job.pk, status=JobStatus.CREATING), JobStatus.PENDING):
            raise NotPossible(f"Job {job.name} has already been submitted.")
        events.record(job, "created", "Training job created.")
        events.record(job, "queuing", f"Queuing in resource pool {job.pool.name}.")
        queue.wake(job.pool.name, min(job.max_concurrent, job.num_samples))
    job.refresh_from_db(fields=["status"])


def short_jobs():
    """Open jobs with a free place and a trial to put there: one that is pending, or one still to be made.

    Annotated with `waiting`: whether a trial can be claimed, and `running`: how many run. Best priority first,
    then oldest. No trial is made while as many as may run at once wait for the result of another one, so that
    the sampler knows that result.
    """
    trials = Trial.objects.filter(job=OuterRef("pk")).order_by()
    repeating = trials.filter(status=TrialStatus.PENDING, same_as__status__in=TRIAL_ACTIVE)
    jobs = TrainingJob.objects.open().annotate(
        waiting=Exists(trials.claimable()),
        running=_count(trials.filter(status=TrialStatus.RUNNING)),
        repeating=_count(repeating),
    )
    makeable = Q(created_trials__lt=F("num_samples"), closing="", repeating__lt=F("max_concurrent"))
    jobs = jobs.filter(Q(waiting=True) | makeable, running__lt=F("max_concurrent"))
    return jobs.order_by("-priority", "created", "pk")


def _count(trials):
    counted = trials.values("job").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def step(job: TrainingJob) -> Trial | None:
    """Ask the sampler for the job's next trial and add it. None where somebody else added one meanwhile.

    The suggestion is computed outside any transaction and stored only if the job has no more trials than it
    was computed from; otherwise it is dropped, for the next look to make a better informed one. A configuration
    that an earlier trial has completed is not run again: its trial is Completed at once, with that result. Where
    the earlier one has not ended yet, the new one waits for it.
    """
    parameters = suggest(job)
    number = job.created_trials + 1
    twin = _twin(job, parameters) if job.is_search else None
    with transaction.atomic():
        unchanged = TrainingJob.objects.open().filter(
            pk=job.pk, created_trials=job.created_trials, num_samples__gt=F("created_trials"), closing=""
        )
        if not unchanged.update(created_trials=F("created_trials") + 1):
            return None
        trial = Trial.objects.create(job_id=job.pk, number=number, parameters=parameters, same_as=twin)
        if twin is not None and twin.status == TrialStatus.COMPLETED:
            reuse(trial)
        elif twin is not None:
            reason = f"Same configuration as trial {twin.number}, whose result it waits for."
            Trial.objects.filter(pk=trial.pk).update(reason=reason)
        return trial


def _twin(job: TrainingJob, parameters: dict) -> Trial | None:
    """The trial that has run, or is to run, with exactly these hyperparameters; one that has completed first."""
    wanted = json.dumps(parameters, sort_keys=True)  # as text, 1 and 1.0 and True are three values
    tried = job.trials.filter(same_as=None, status__in=[TrialStatus.COMPLETED, *TRIAL_ACTIVE])
    rows = tried.order_by("number").values_list("status", "pk", "parameters")
    twins = [(status, pk) for status, pk, values in rows if json.dumps(values, sort_keys=True) == wanted]
    twins.sort(key=lambda twin: twin[0] != TrialStatus.COMPLETED)
    return Trial.objects.get(pk=twins[0][1]) if twins else None


def reuse(trial: Trial) -> None:
    """Complete a trial that is pending with the value of its twin; it cannot beat the best, so that stays."""
    earlier = trial.same_as
    started(trial.job_id)
    trial.reason = f"Same configuration as trial {earlier.number}"
    done = {"value": earlier.value, "reason": trial.reason, "ended": Now()}
    if not advance(Trial.objects.filter(pk=trial.pk), TrialStatus.COMPLETED, **done):
        return
    trial.status = TrialStatus.COMPLETED
    TrainingJob.objects.filter(pk=trial.job_id).update(completed_trials=F("completed_trials") + 1)
    events.record(
        trial.job_id,
        "reused",
        f"Trial {trial.number} completed. {trial.reason}, which was not run again.",
        trial=trial,
    )


def abandon(job_pk: int, reason: str) -> None:
    """End the job as Abnormal: something that is not the script's fault keeps it from going on."""
    with transaction.atomic():
        drop_pending(job_pk, "Dropped: the job ended abnormally.")
        _end(TrainingJob.objects.get(pk=job_pk), JobStatus.ABNORMAL, reason)


def stop(job: TrainingJob, by) -> None:
    """Stop the job: pending trials are dropped, running ones terminated, results kept.

    Raises NotPossible where the job has ended or is being stopped already.
    """
    if not terminate(job.pk, "stopped by hand", f"Stopped by {by.get_username()}."):
        job.refresh_from_db(fields=["status"])
        raise NotPossible(f"Job {job.name} is {job.status.lower()} and cannot be stopped.")
    job.refresh_from_db()


def terminate(job_pk: int, kind: str, reason: str) -> bool:
    """Begin to stop the job, with an event of that kind; False where its state does not allow it."""
    with transaction.atomic():
        if not advance(TrainingJob.objects.filter(pk=job_pk), JobStatus.TERMINATING, reason=reason):
            return False
        drop_pending(job_pk, "Dropped: the job was stopped.")
        events.record(job_pk, kind, reason, level=EventLevel.WARNING)
    settle(job_pk)
    return True


def close(job_pk: int, reason: str) -> None:
    """Make no further trials: pending ones are dropped, running ones stopped with their values kept."""
    with transaction.atomic():
        job = TrainingJob.objects.open().filter(pk=job_pk, closing="")
        if not job.update(closing=reason):
            return
        drop_pending(job_pk, f"Dropped: {reason}")
        running = Trial.objects.filter(
            job_id=job_pk, status=TrialStatus.RUNNING, stop_request=StopRequest.NONE
        )
        running.update(stop_request=StopRequest.KEEP)
        events.record(job_pk, "closed", reason)


def drop_pending(job_pk: int, reason: str) -> None:
    """Stop the job's pending trials before they start."""
    pending = Trial.objects.filter(job_id=job_pk, status=TrialStatus.PENDING)
    dropped = advance(pending, TrialStatus.STOPPED, reason=reason, ended=Now())
    TrainingJob.objects.filter(pk=job_pk).update(stopped_trials=F("stopped_trials") + dropped)


def settle(job_pk: int) -> None:
    """End the job if no trial of it is left to run or to make."""
    with transaction.atomic():
        job = TrainingJob.objects.select_for_update().filter(pk=job_pk).first()
        if job is None or job.status in JOB_ENDED or job.active_trials:
            return
        if job.status == JobStatus.TERMINATING:
            _end(job, JobStatus.TERMINATED, job.reason)
        elif job.reading_anew:
            return
        elif job.closing or job.created_trials >= job.num_samples:
            _end(job, *result(job))


def result(job: TrainingJob) -> tuple[JobStatus, str]:
    """How a job whose trials have all ended has ended itself, and why."""
    if job.completed_trials or job.best_value is not None:
        return JobStatus.COMPLETED, job.closing
    last = job.trials.exclude(reason="").order_by("-number").values_list("reason", flat=True).first()
    return JobStatus.FAILED, " ".join(filter(None, [job.closing, last])) or "No trial completed."


def _end(job: TrainingJob, status: JobStatus, reason: str) -> None:
    if not advance(TrainingJob.objects.filter(pk=job.pk), status, reason=reason, ended=Now()):
        return
    level = EventLevel.ERROR if status in (JobStatus.FAILED, JobStatus.ABNORMAL) else EventLevel.INFO
    words = {
        JobStatus.COMPLETED: "Training job completed.",
        JobStatus.TERMINATED: "Training job terminated.",
        JobStatus.FAILED: f"Training job failed. {reason}",
    }
    events.record(job, status.value.lower(), words.get(status, reason), level=level)


def started(job_pk: int) -> None:
    """The job's first trial runs: Pending becomes Running."""
    pending = TrainingJob.objects.filter(pk=job_pk, status=JobStatus.PENDING)
    if advance(pending, JobStatus.RUNNING, started=Coalesce("started", Now())):
        events.end(job_pk, "queuing")
        events.record(job_pk, "started", "Training job started.")


def delete(job: TrainingJob, by=None) -> None:
    """Delete the job with its trials and files; running trials notice that their claim is gone and end.

    What it was stays readable as a `DeletedJob` if somebody deletes it. Raises NotPossible while the job is
    Terminating.
    """
    with transaction.atomic():
        row = TrainingJob.objects.select_for_update().get(pk=job.pk)
        if row.status == JobStatus.TERMINATING:
            raise NotPossible(f"Job {job.name} is being stopped. Delete it once it is terminated.")
        if by is not None:
            deletion.remember(row, by)
        trials = Trial.objects.filter(job=row)
        TrainingJob.objects.filter(pk=job.pk).update(best_trial=None)
        for rows in (
            PointBatch.objects.filter(trial__in=trials),
            Sketch.objects.filter(trial__in=trials),
            TrialTag.objects.filter(trial__in=trials),
            ResourceSample.objects.filter(trial__in=trials),
            Event.objects.filter(job=row),
            IndicatorReading.objects.filter(job=row),
            trials,
        ):
            rows._raw_delete(rows.db)
        directory = row.directory
        row.delete()
        transaction.on_commit(lambda: shutil.rmtree(directory, ignore_errors=True))
