"""A claim: the right of one worker to run one trial, held by a lease that it renews.

Every write of a running trial goes through its claim and is refused once the claim is lost, so that two
workers can never both report the same trial. All times are the database's.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from jobs.execution import budgets, events, lifecycle
from jobs.execution.devices import Devices, hold_for
from jobs.execution.states import TRIAL_ENDED, JobStatus, TrialStatus, advance
from jobs.models import EventLevel, ResourceSample, StopRequest, TrainingJob, Trial
from jobs.results import points

log = logging.getLogger(__name__)

RENEW_SECONDS = 3.0
MOST_LOSSES = 3
"""How often a trial is started again after its worker was lost."""


class DevicesBusy(Exception):
    """All that is left to do waits for devices of this machine which other trials hold."""


class IndicatorChanged(Exception):
    """The values are of another indicator than the job's: what has been said has to be read anew."""


class ClaimLost(Exception):
    """The trial is no longer ours: its lease ran out, or it was deleted."""


@dataclass(frozen=True)
class Claim:
    """One attempt of one trial, ours while the lease is renewed."""

    trial: Trial
    owner: uuid.UUID
    devices: Devices = field(default_factory=Devices)

    def rows(self):
        """The trial's row while the claim holds, else no row."""
        return Trial.objects.filter(pk=self.trial.pk, owner=self.owner, status=TrialStatus.RUNNING)


@dataclass(frozen=True)
class Wishes:
    """What people want of a running trial."""

    stop_request: str
    job_status: str
    job_reason: str
    reason: str
    indicator_revision: int
    """Of the indicator whose values are wanted."""
    reading_anew: bool
    """Whether the values of other trials may still be those of another indicator."""


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended. `value` is the objective, finite or None."""

    status: TrialStatus
    reason: str = ""
    value: float | None = None
    exit_code: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    """The trial's counters: point_count, nonfinite_count, line_count."""
    keep: bool = False
    """Whether the value of a stopped trial counts."""


def _lease():
    return Now() + timedelta(seconds=settings.TRIAL_LEASE_SECONDS)


def claim_next(pool_name: str, worker: str) -> Claim | None:
    """Claim the pool's next trial, made first where the job is due one; None where nothing is to do.

    Raises DevicesBusy. Whoever gets a claim releases its devices at the end.
    """
    starved: set[int] = set()
    while True:
        due = lifecycle.short_jobs().filter(pool__name=pool_name).exclude(pk__in=starved)
        job = due.select_related("flavor").first()
        if job is None and starved:
            raise DevicesBusy
        if job is None:
            return None
        if not job.waiting:
            _step(job)
        elif (devices := hold_for(job.flavor)) is None:
            starved.add(job.pk)
            _tell_waiting(job)
        elif claim := _claim(job.pk, worker, devices):
            return claim
        else:
            devices.held.release()
            budgets.enforce(job.pk)
            lifecycle.settle(job.pk)


def _tell_waiting(job: TrainingJob) -> None:
    """Say on the job's pending trials what they wait for."""
    count = job.flavor.gpu_count
    reason = f"Waits for {count} free GPU{'s' * (count > 1)} of a machine of its resource pool."
    job.trials.claimable().exclude(reason=reason).update(reason=reason)


def _step(job: TrainingJob) -> None:
    """Add the job's next trial; a sampler that fails ends this job, not the worker that serves all jobs."""
    try:
        trial = lifecycle.step(job)
    except Exception as error:
        log.exception("Job %s: the next trial could not be chosen", job.pk)
        lifecycle.abandon(job.pk, f"The next trial could not be chosen: {error}")
        return
    if trial is not None and trial.is_ended:
        budgets.enforce(job.pk)
        lifecycle.settle(job.pk)


def _claim(job_pk: int, worker: str, devices: Devices) -> Claim | None:
    """Claim a pending trial of the job, under the job's lock.

    None where others were faster, or where the trial has just completed with the result of its twin.
    """
    with transaction.atomic():
        job = TrainingJob.objects.open().select_for_update().filter(pk=job_pk).first()
        if job is None or job.trials.filter(status=TrialStatus.RUNNING).count() >= job.max_concurrent:
            return None
        trial = job.trials.claimable().select_related("same_as").order_by("number").first()
        if trial is None:
            return None
        if trial.same_as is not None and trial.same_as.status == TrialStatus.COMPLETED:
            lifecycle.reuse(trial)
            return None
        owner = uuid.uuid4()
        claimed = advance(
            Trial.objects.filter(pk=trial.pk, status=TrialStatus.PENDING),
            TrialStatus.RUNNING,
            owner=owner,
            lease=_lease(),
            attempt=F("attempt") + 1,
            worker=worker,
            gpus=",".join(devices.held.devices),
            same_as=None,
            has_outputs=False,
            hanging=False,
            indicator_revision=job.indicator_revision,
            started=Now(),
            reason="",
        )
        if not claimed:
            return None
        points.clear([trial.pk])
        ResourceSample.objects.filter(trial=trial).delete()
        lifecycle.started(job_pk)
    trial.refresh_from_db()
    return Claim(trial, owner, devices)


def renew(claim: Claim) -> None:
    """Hold the claim for another lease. Raises ClaimLost."""
    if not claim.rows().update(lease=_lease()):
        raise ClaimLost


@contextmanager
def held(claim: Claim) -> Iterator[None]:
    """Renew the claim in the background while something else takes long. Raises ClaimLost at the end."""
    done = threading.Event()

    def keep() -> None:
        while not done.wait(RENEW_SECONDS):
            with contextlib.suppress(DatabaseError, ClaimLost):
                renew(claim)
        connection.close()

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    renew(claim)


def save_progress(
    claim: Claim,
    *,
    first: int,
    batch: list[tuple[float, float, float, int, int]],
    samples: list[ResourceSample],
    value: float | None,
    counts: dict[str, int],
) -> None:
    """Store points from index `first` on, samples and counters; renews the claim. Raises ClaimLost."""
    with transaction.atomic():
        if not claim.rows().update(lease=_lease(), value=value, **counts):
            raise ClaimLost
        if batch:
            points.append(claim.trial, first, batch)
        ResourceSample.objects.bulk_create(samples)


def replace_points(
    claim: Claim, revision: int, rows: list[points.Row], *, value: float | None, counts: dict[str, int]
) -> None:
    """Store values of that revision of the indicator instead of all so far; renews the claim. Raises ClaimLost."""
    with transaction.atomic():
        if not claim.rows().update(lease=_lease(), value=value, indicator_revision=revision, **counts):
            raise ClaimLost
        points.replace([(claim.trial, np.array(rows, dtype=points.DTYPE))])


def wishes(claim: Claim) -> Wishes:
    """What people want of the running trial. Raises ClaimLost where the claim is gone."""
    job = ("job__status", "job__reason", "reason", "job__indicator_revision", "job__reading_anew")
    row = claim.rows().values_list("stop_request", *job).first()
    if row is None:
        raise ClaimLost
    return Wishes(*row)


def finish(claim: Claim, outcome: Outcome) -> None:
    """Store how the attempt ended, with the job's counters and best value, at once.

    Raises ClaimLost, and IndicatorChanged where its values are not those that the job wants now.
    """
    trial = claim.trial
    with transaction.atomic():
        job = TrainingJob.objects.select_for_update().get(pk=trial.job_id)
        outdated = claim.rows().exclude(indicator_revision=job.indicator_revision)
        if outcome.counts and outdated.exists():
            raise IndicatorChanged
        changes = {
            "reason": outcome.reason,
            "value": outcome.value,
            "exit_code": outcome.exit_code,
            "ended": Now(),
            "owner": None,
            "lease": None,
            **outcome.counts,
        }
        if outcome.keep:
            changes["stop_request"] = StopRequest.KEEP
        if not advance(claim.rows(), outcome.status, **changes):
            raise ClaimLost
        points.merge(trial)
        count_ended(job, outcome.status)
        update_best(job, trial)
        _tell(trial, outcome)
    budgets.enforce(trial.job_id)
    lifecycle.settle(trial.job_id)


def finish_quietly(claim: Claim, outcome: Outcome) -> None:
    """`finish`, where a claim that is lost already is nothing to speak of."""
    with contextlib.suppress(ClaimLost):
        finish(claim, outcome)


def remove_leftovers(trial: Trial) -> None:
    """Remove the files of a trial whose job was deleted while it ran."""
    shutil.rmtree(trial.job.directory, ignore_errors=True)


def count_ended(job: TrainingJob, status: TrialStatus) -> None:
    """Add one ended trial to the job's counters."""
    counter = {
        TrialStatus.COMPLETED: "completed_trials",
        TrialStatus.FAILED: "failed_trials",
        TrialStatus.STOPPED: "stopped_trials",
    }[status]
    TrainingJob.objects.filter(pk=job.pk).update(**{counter: F(counter) + 1})


def update_best(job: TrainingJob, trial: Trial) -> None:
    """Make the ended trial the job's best if its value counts and beats the best so far."""
    value = job.trials.scored().filter(pk=trial.pk).values_list("value", flat=True).first()
    if value is None:
        return
    worse = Q(best_value__lt=value) if job.direction == "max" else Q(best_value__gt=value)
    TrainingJob.objects.filter(Q(best_value=None) | worse, pk=job.pk).update(
        best_trial=trial, best_value=value
    )


def _tell(trial: Trial, outcome: Outcome) -> None:
    level = EventLevel.ERROR if outcome.status == TrialStatus.FAILED else EventLevel.INFO
    words = f"Trial {trial.number} {outcome.status.value.lower()}."
    message = f"{words} {outcome.reason}".strip()
    seconds = (
        Trial.objects.filter(pk=trial.pk)
        .annotate(took=F("ended") - F("started"))
        .values_list("took", flat=True)[0]
    )
    events.record(
        trial.job_id, "executed", message, trial=trial, level=level,
        duration=seconds.total_seconds() if seconds else None,
    )  # fmt: skip


def release(claim: Claim, reason: str) -> None:
    """Give the trial back, to be started again by whoever comes next; nothing counts against it."""
    with transaction.atomic():
        if advance(claim.rows(), TrialStatus.PENDING, owner=None, lease=None, reason=reason):
            events.record(
                claim.trial.job_id, "restarted", f"Trial {claim.trial.number}: {reason}", trial=claim.trial
            )


def restart(claim: Claim, reason: str) -> None:
    """Start the failed trial again: auto restart. Raises ClaimLost."""
    with transaction.atomic():
        back = {"owner": None, "lease": None, "restarts": F("restarts") + 1, "reason": reason, "value": None}
        if not advance(claim.rows(), TrialStatus.PENDING, **back):
            raise ClaimLost
        events.record(
            claim.trial.job_id, "restarted", f"Trial {claim.trial.number}: {reason}", trial=claim.trial,
            level=EventLevel.WARNING,
        )  # fmt: skip


def reap() -> list[int]:
    """Take back trials whose worker has not renewed its lease; returns the ids of their jobs."""
    expired = Trial.objects.filter(status=TrialStatus.RUNNING, lease__lt=Now())
    return [trial.job_id for trial in expired.select_related("job") if _reap(trial)]


def _reap(trial: Trial) -> bool:
    with transaction.atomic():
        job = TrainingJob.objects.select_for_update().get(pk=trial.job_id)
        row = Trial.objects.filter(pk=trial.pk, owner=trial.owner, lease__lt=Now())
        free = {"owner": None, "lease": None, "losses": F("losses") + 1}
        lost = f"Worker {trial.worker} was lost"
        if job.status == JobStatus.TERMINATING or trial.stop_request != StopRequest.NONE:
            status, reason = TrialStatus.STOPPED, f"{lost} while the trial was being stopped."
        elif trial.losses >= MOST_LOSSES:
            status, reason = (
                TrialStatus.FAILED,
                f"{lost}, for the {trial.losses + 1}th time. It was not retried again.",
            )
        else:
            status, reason = TrialStatus.PENDING, f"{lost}, retried {trial.losses + 1} of {MOST_LOSSES}."
        if status in TRIAL_ENDED:
            free["ended"] = Now()
        if trial.indicator_revision != job.indicator_revision:
            free |= {"value": None, "point_count": 0, "nonfinite_count": 0}
            points.clear([trial.pk])
        if not advance(row, status, reason=reason, **free):
            return False
        if status in TRIAL_ENDED:
            points.merge(trial)
            count_ended(job, status)
            update_best(job, trial)
        kind = "failed" if status in TRIAL_ENDED else "restarted"
        events.record(job, kind, f"Trial {trial.number}: {reason}", trial=trial, level=EventLevel.WARNING)
    return True
