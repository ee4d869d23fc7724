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

from jobs.execution import events, queue
from jobs.execution.states import JOB_ENDED, JobStatus, TrialStatus, advance
from jobs.models import Event, EventLevel, PointBatch, ResourceSample, StopRequest, TrainingJob, Trial
from jobs.results.history import suggest

log = logging.getLogger(__name__)


class NotPossible(Exception):
    """The job's state does not allow what was asked; the text says why."""


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

    Annotated with `waiting`: whether a trial is pending. Best priority first, then oldest.
    """
    trials = Trial.objects.filter(job=OuterRef("pk")).order_by()
    running = (
        trials.filter(status=TrialStatus.RUNNING).values("job").annotate(count=Count("pk")).values("count")
    )
    jobs = TrainingJob.objects.open().annotate(
        waiting=Exists(trials.filter(status=TrialStatus.PENDING)), running=Coalesce(Subquery(running), 0)
    )
    due = Q(waiting=True) | Q(created_trials__lt=F("num_samples"), closing="")
    return jobs.filter(due, running__lt=F("max_concurrent")).order_by("-priority", "created", "pk")


def step(job: TrainingJob) -> Trial | None:
    """Ask the sampler for the job's next trial and add it. None where somebody else added one meanwhile.

    The suggestion is computed outside any transaction and stored only if the job has no more trials than it
    was computed from; otherwise it is dropped, for the next look to make a better informed one. A configuration
    that an earlier trial has completed is not run again: its trial is Completed at once, with that result.
    """
    parameters = suggest(job)
    number = job.created_trials + 1
    earlier = _completed_twin(job, parameters) if job.is_search else None
    with transaction.atomic():
        unchanged = TrainingJob.objects.open().filter(
            pk=job.pk, created_trials=job.created_trials, num_samples__gt=F("created_trials"), closing=""
        )
        if not unchanged.update(created_trials=F("created_trials") + 1):
            return None
        if earlier is None:
            return Trial.objects.create(job_id=job.pk, number=number, parameters=parameters)
        return _reuse(job, number, earlier)


def _completed_twin(job: TrainingJob, parameters: dict) -> Trial | None:
    """The first trial that has run with exactly these hyperparameters and completed."""
    wanted = json.dumps(parameters, sort_keys=True)  # as text, 1 and 1.0 and True are three values
    ran = job.trials.filter(status=TrialStatus.COMPLETED).exclude(attempt=0).order_by("number")
    for pk, tried in ran.values_list("pk", "parameters"):
        if json.dumps(tried, sort_keys=True) == wanted:
            return Trial.objects.get(pk=pk)
    return None


def _reuse(job: TrainingJob, number: int, earlier: Trial) -> Trial:
    """Add a trial that has completed with the earlier one's value; it cannot beat the best, so that stays."""
    started(job.pk)
    reason = f"Same configuration as trial {earlier.number}"
    trial = Trial.objects.create(
        job_id=job.pk,
        number=number,
        parameters=earlier.parameters,
        status=TrialStatus.COMPLETED,
        value=earlier.value,
        reason=reason,
        same_as=earlier,
        ended=Now(),
    )
    TrainingJob.objects.filter(pk=job.pk).update(completed_trials=F("completed_trials") + 1)
    events.record(
        job.pk, "reused", f"Trial {number} completed. {reason}, which was not run again.", trial=trial
    )
    return trial


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
        events.record(job_pk, "started", "Training job started.")


def delete(job: TrainingJob) -> None:
    """Delete the job with its trials and files; running trials notice that their claim is gone and end.

    Raises NotPossible while the job is Terminating.
    """
    with transaction.atomic():
        locked = TrainingJob.objects.select_for_update().get(pk=job.pk)
        if locked.status == JobStatus.TERMINATING:
            raise NotPossible(f"Job {job.name} is being stopped. Delete it once it is terminated.")
        trials = Trial.objects.filter(job=locked)
        TrainingJob.objects.filter(pk=job.pk).update(best_trial=None)
        for rows in (
            PointBatch.objects.filter(trial__in=trials),
            ResourceSample.objects.filter(trial__in=trials),
            Event.objects.filter(job=locked),
            trials,
        ):
            rows._raw_delete(rows.db)
        directory = locked.directory
        locked.delete()
        transaction.on_commit(lambda: shutil.rmtree(directory, ignore_errors=True))
