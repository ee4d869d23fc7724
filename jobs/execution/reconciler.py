"""The reconciler: one process, without the queue's help, that repairs what a crash leaves behind."""

import logging
from datetime import timedelta

from django.db.models import DateTimeField, ExpressionWrapper, F
from django.db.models.functions import Now

from algorithms.lifecycle import requeue_lost
from jobs.execution import budgets, claims, deletion, lifecycle, preflight, queue, rereading
from jobs.execution.states import JOB_ACTIVE
from jobs.models import TrainingJob

log = logging.getLogger(__name__)


def tick() -> None:
    """Look once over everything that may have stopped moving."""
    for job_pk in claims.reap():
        log.warning("A worker of job %s was lost", job_pk)
        budgets.enforce(job_pk)
        lifecycle.settle(job_pk)
    _stop_overdue()
    _settle_idle()
    _wake()
    preflight.forget_old()
    requeue_lost()
    rereading.requeue_lost()
    deletion.forget_old()


def _stop_overdue() -> None:
    """Auto stop: jobs that have run for the hours they were given."""
    limited = TrainingJob.objects.active().exclude(auto_stop_hours=None).exclude(started=None)
    for job in limited:
        due = ExpressionWrapper(F("started") + timedelta(hours=job.auto_stop_hours), DateTimeField())
        if TrainingJob.objects.filter(pk=job.pk).annotate(due=due).filter(due__lt=Now()).exists():
            lifecycle.terminate(job.pk, "stopped by auto stop", f"Auto stop after {job.auto_stop_hours} h.")


def _settle_idle() -> None:
    """End jobs whose last trial ended just before its worker was killed."""
    ended = F("completed_trials") + F("failed_trials") + F("stopped_trials")
    idle = TrainingJob.objects.filter(status__in=JOB_ACTIVE, created_trials=ended)
    for job_pk in idle.values_list("pk", flat=True):
        lifecycle.settle(job_pk)


def _wake() -> None:
    """Wake workers for trials that wait: the queue may have lost its wake-ups."""
    wanted: dict[str, int] = {}
    for job in lifecycle.short_jobs().select_related("pool")[: queue.MOST_WAITING]:
        places = min(job.max_concurrent - job.running, job.num_samples - job.created_trials + job.waiting)
        wanted[job.pool.name] = wanted.get(job.pool.name, 0) + max(1, places)
    for pool_name, slots in wanted.items():
        queue.wake(pool_name, slots)
