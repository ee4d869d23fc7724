"""Pre-flight checks: a script is run once, for seconds, before anybody waits hours for it.

A check is a job that no page lists. Workers run it like any other, so that it meets the same inputs, limits,
environment and masking; its outputs and its log are not copied anywhere. Its id is negative, so that the ids
people see on their jobs leave none out for it.
"""

from __future__ import annotations

import contextlib
import secrets
from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F
from django.db.models.functions import Now

from jobs.execution import lifecycle
from jobs.models import TrainingJob

PREFLIGHT_SECONDS = (10, 20, 60, 300)
DEFAULT_SECONDS = 20
KEPT = timedelta(hours=1)
"""How long a check and its report are kept."""
HIGHEST_PRIORITY = 3
LONGEST_NUMBER = 15
"""Digits of the number of a check, which is its id without the minus."""


def make_preflight(job: TrainingJob, values: dict[str, Any], seconds: int) -> None:
    """Turn the unsaved job into a check of it: one run with those hyperparameters, for at most `seconds`."""
    job.pk = -1 - secrets.randbelow(10**LONGEST_NUMBER - 1)
    job.preflight = {
        "is_search": job.is_search,
        "num_samples": job.num_samples,
        "max_concurrent": job.max_concurrent,
        "time_limit": job.trial_time_limit_seconds,
    }
    job.hyperparameters = values
    job.trial_time_limit_seconds = min(seconds, job.trial_time_limit_seconds or seconds)
    job.search_space, job.search_algorithm, job.search_parameters = {}, "", {}
    job.num_samples = job.max_concurrent = 1
    job.priority = HIGHEST_PRIORITY  # somebody sits before the page and waits
    job.auto_restart, job.early_stopping, job.log_path_uri = 0, "", ""
    job.auto_stop_hours = job.hang_minutes = None
    job.max_failed_trials = job.target_value = job.patience_trials = None


def checks_of(user):
    """The user's checks."""
    return TrainingJob.objects.filter(owner=user).filter(preflight__isnull=False)


def start(job: TrainingJob) -> None:
    """Queue the check; an earlier one of the same person ends."""
    for other in checks_of(job.owner).exclude(pk=job.pk):
        _forget(other)
    lifecycle.submit(job)


def forget_old() -> None:
    """Delete checks that are older than an hour, whatever became of them."""
    due = ExpressionWrapper(F("created") + KEPT, DateTimeField())
    checks = TrainingJob.objects.filter(preflight__isnull=False).annotate(due=due)
    for job in checks.filter(due__lt=Now()):
        _forget(job)


def _forget(job: TrainingJob) -> None:
    with contextlib.suppress(lifecycle.NotPossible, TrainingJob.DoesNotExist):
        lifecycle.delete(job)
