"""What people do to a job while it runs or after it has ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Now

from jobs.execution import events, lifecycle, queue
from jobs.execution.lifecycle import NotPossible
from jobs.execution.states import JobStatus, TrialStatus, advance, reopen
from jobs.models import EventLevel, StopRequest, TrainingJob, Trial, TrialOrigin
from search import SearchSpace


def stop_trial(trial: Trial, by, *, keep: bool) -> None:
    """Stop one trial early, its value kept or ignored. Raises NotPossible where it has ended."""
    reason = f"Stopped early by {by.get_username()}, its value {'kept' if keep else 'ignored'}."
    request = StopRequest.KEEP if keep else StopRequest.IGNORE
    rows = Trial.objects.filter(pk=trial.pk)
    with transaction.atomic():
        if rows.filter(status=TrialStatus.RUNNING).update(stop_request=request, reason=reason):
            events.record(trial.job_id, "stopped by hand", f"Trial {trial.number}: {reason}", trial=trial)
            return
        waiting = rows.filter(status=TrialStatus.PENDING)
        if not advance(
            waiting, TrialStatus.STOPPED, stop_request=StopRequest.IGNORE, reason=reason, ended=Now()
        ):
            raise NotPossible(f"Trial {trial.number} has ended already.")
        TrainingJob.objects.filter(pk=trial.job_id).update(stopped_trials=F("stopped_trials") + 1)
    lifecycle.settle(trial.job_id)


def retry(job: TrainingJob, numbers: Iterable[int], by) -> int:
    """Start failed trials of the job again; returns how many. Raises NotPossible where none has failed."""
    with transaction.atomic():
        locked = lifecycle.locked(job)
        failed = locked.trials.filter(number__in=list(numbers), status=TrialStatus.FAILED)
        count = reopen(
            failed,
            TrialStatus.PENDING,
            reason=f"Retried by {by.get_username()}.",
            value=None,
            ended=None,
            exit_code=None,
            stop_request=StopRequest.NONE,
            losses=0,
            restarts=0,
            same_as=None,
        )
        if not count:
            raise NotPossible("None of these trials has failed: only failed trials can be retried.")
        TrainingJob.objects.filter(pk=job.pk).update(
            failed_trials=F("failed_trials") - count, num_samples=_samples(locked)
        )
        _go_on(locked, f"{count} failed trial{'s' if count > 1 else ''} retried by {by.get_username()}.")
    return count


def extend(job: TrainingJob, count: int, by) -> None:
    """Add trials to a search, also to one that has ended: it goes on with all it knows.

    Raises NotPossible for a plain job.
    """
    with transaction.atomic():
        locked = lifecycle.locked(job)
        if not locked.is_search:
            raise NotPossible(f"Job {job.name} is not a search: rebuild it to run it again.")
        TrainingJob.objects.filter(pk=job.pk).update(num_samples=_samples(locked) + count)
        _go_on(locked, f"{count} trial{'s' if count > 1 else ''} added by {by.get_username()}.")


def queue_configuration(job: TrainingJob, parameters: dict[str, Any], by) -> Trial:
    """Add one trial with hyperparameters chosen by hand.

    Raises NotPossible for a plain job, ValueError naming a hyperparameter that is missing or out of range.
    """
    with transaction.atomic():
        locked = lifecycle.locked(job)
        if not locked.is_search:
            raise NotPossible(f"Job {job.name} is not a search.")
        checked = SearchSpace.from_json(locked.search_space).validate(parameters)
        number = (locked.trials.aggregate(last=Max("number"))["last"] or 0) + 1
        trial = Trial.objects.create(
            job=locked, number=number, parameters=checked or parameters, origin=TrialOrigin.HAND
        )
        TrainingJob.objects.filter(pk=job.pk).update(
            created_trials=F("created_trials") + 1, num_samples=_samples(locked) + 1
        )
        _go_on(locked, f"Trial {number} added by hand by {by.get_username()}.")
    return trial


def pause(job: TrainingJob, by) -> None:
    """Start no further trials until `resume`; running ones go on. Raises NotPossible for a job not open."""
    with transaction.atomic():
        if not TrainingJob.objects.open().filter(pk=job.pk).update(paused=True):
            raise NotPossible(f"Job {job.name} cannot be paused: it is not running.")
        events.record(job, "paused", f"Paused by {by.get_username()}.")


def resume(job: TrainingJob, by) -> None:
    """Let a paused job go on. Raises NotPossible where it is not paused."""
    with transaction.atomic():
        if not TrainingJob.objects.active().filter(pk=job.pk, paused=True).update(paused=False):
            raise NotPossible(f"Job {job.name} is not paused.")
        events.record(job, "resumed", f"Resumed by {by.get_username()}.")
        queue.wake(job.pool.name, job.max_concurrent)


def set_max_concurrent(job: TrainingJob, count: int, by) -> None:
    """Run up to that many trials at once from now on. Raises NotPossible where the job has ended."""
    _change(job, f"Up to {count} trials at once, set by {by.get_username()}.", max_concurrent=count)


def set_priority(job: TrainingJob, priority: int, by) -> None:
    """Change the job's priority, 1 to 3. Raises NotPossible where the job has ended."""
    _change(job, f"Priority {priority}, set by {by.get_username()}.", priority=priority)


def change_ranges(job: TrainingJob, space: SearchSpace, by) -> None:
    """Search other ranges of the same hyperparameters from the next trial on: a new phase.

    Raises NotPossible for a plain job or for other hyperparameters than those searched so far.
    """
    with transaction.atomic():
        locked = lifecycle.locked(job)
        old = SearchSpace.from_json(locked.search_space) if locked.is_search else None
        if old is None or set(old.names) != set(space.names):
            raise NotPossible("The ranges of a job can change, but not which hyperparameters are searched.")
        phases = locked.phases or [{"first_trial": 1, "search_space": locked.search_space}]
        phases = [*phases, {"first_trial": locked.created_trials + 1, "search_space": space.to_json()}]
        TrainingJob.objects.filter(pk=job.pk).update(search_space=space.to_json(), phases=phases)
        message = f"Ranges changed from trial {locked.created_trials + 1} on by {by.get_username()}."
        events.record(job, "ranges changed", message)


def _change(job: TrainingJob, message: str, **columns) -> None:
    with transaction.atomic():
        if not TrainingJob.objects.active().filter(pk=job.pk).update(**columns):
            raise NotPossible(f"Job {job.name} has ended: this can no longer be changed.")
        events.record(job, "changed", message)
        queue.wake(job.pool.name, columns.get("max_concurrent", 1))


def _samples(job: TrainingJob) -> int:
    """How many trials the job is to have as it stands; one that ended early makes up for none of the rest."""
    return max(job.num_samples, job.created_trials) if job.is_active else job.created_trials


def _go_on(job: TrainingJob, message: str) -> None:
    """Make sure that the job's new trials are run, also where it had ended or a budget of it is spent."""
    row = TrainingJob.objects.filter(pk=job.pk)
    if job.closing or not job.is_active:
        row.update(closing="", budgets_from=Now())
    reopen(row, JobStatus.PENDING, reason="", ended=None)
    events.record(job, "continued", message, level=EventLevel.INFO)
    if not job.is_active:
        events.record(job, "queuing", f"Queuing in resource pool {job.pool.name}.")
    queue.wake(job.pool.name, job.max_concurrent)
