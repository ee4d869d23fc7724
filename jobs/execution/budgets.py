"""When a search has had enough: its target reached, too many failures, or no improvement any more."""

from __future__ import annotations

from jobs.execution import lifecycle
from jobs.execution.states import TRIAL_ENDED
from jobs.models import TrainingJob


def enforce(job_pk: int) -> None:
    """Close the job if one of its budgets is used up."""
    job = TrainingJob.objects.open().filter(pk=job_pk, closing="").first()
    if job is not None and (reason := spent(job)):
        lifecycle.close(job_pk, reason)


def spent(job: TrainingJob) -> str:
    """Which of the job's budgets is used up, in words; empty where none is."""
    if job.max_failed_trials and job.failed_trials >= job.max_failed_trials:
        return f"{job.failed_trials} trials failed: the limit is {job.max_failed_trials}."
    if _target_reached(job):
        return f"The target value {job.target_value:g} was reached."
    if job.patience_trials and _trials_since_best(job) >= job.patience_trials:
        return f"No improvement in {job.patience_trials} trials."
    return ""


def _target_reached(job: TrainingJob) -> bool:
    if job.target_value is None or job.best_value is None:
        return False
    if job.direction == "max":
        return job.best_value >= job.target_value
    return job.best_value <= job.target_value


def _trials_since_best(job: TrainingJob) -> int:
    """How many trials have ended after the best one did."""
    if job.best_trial is None:
        return 0
    return job.trials.filter(status__in=TRIAL_ENDED, ended__gt=job.best_trial.ended).count()
