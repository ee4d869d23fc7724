"""When a search has had enough: its target reached, too many failures, or no improvement any more."""

from __future__ import annotations

from jobs.execution import lifecycle
from jobs.execution.states import TRIAL_ENDED, TrialStatus
from jobs.models import TrainingJob, Trial


def enforce(job_pk: int) -> None:
    """Close the job if one of its budgets is used up."""
    job = TrainingJob.objects.open().filter(pk=job_pk, closing="").first()
    if job is not None and (reason := spent(job)):
        lifecycle.close(job_pk, reason)


def spent(job: TrainingJob) -> str:
    """Which of the job's budgets is used up, in words; empty where none is."""
    failed = _since(job).filter(status=TrialStatus.FAILED).count() if job.max_failed_trials else 0
    if job.max_failed_trials and failed >= job.max_failed_trials:
        return f"{failed} trial{'s' if failed > 1 else ''} failed: the limit is {job.max_failed_trials}."
    if _target_reached(job):
        return f"The target value {job.target_value:g} was reached."
    if job.patience_trials and _trials_since_best(job) >= job.patience_trials:
        return f"No improvement in {job.patience_trials} trials."
    return ""


def _since(job: TrainingJob):
    """The trials that count: those that have ended since the job was last told to go on beyond its budgets."""
    ended = job.trials.filter(status__in=TRIAL_ENDED)
    return ended.filter(ended__gt=job.budgets_from) if job.budgets_from else ended


def _target_reached(job: TrainingJob) -> bool:
    """Whether a trial has reached the target; one that was reached before the job was to go on is no end."""
    if job.target_value is None or job.best_value is None:
        return False
    maximise = job.direction == "max"
    if not (job.best_value >= job.target_value if maximise else job.best_value <= job.target_value):
        return False
    reached = {"value__gte" if maximise else "value__lte": job.target_value}
    before = (
        job.trials.scored().filter(ended__lte=job.budgets_from) if job.budgets_from else Trial.objects.none()
    )
    return not before.filter(**reached).exists()


def _trials_since_best(job: TrainingJob) -> int:
    """How many trials have ended after the best one did."""
    if job.best_trial is None:
        return 0
    return _since(job).filter(ended__gt=job.best_trial.ended).count()
