"""Tabs that show one trial at a time: which one, and which others can be chosen."""

from django.http import HttpRequest

from jobs.execution.states import TrialStatus
from jobs.models import TrainingJob

MOST_CHOICES = 500
"""Trials that are listed to choose from; of more, the number is typed."""


def chosen_trial(request: HttpRequest, job: TrainingJob) -> dict:
    """The trial `trial`, else one that runs, else the best or last; None where there is no trial yet."""
    rows = job.trials.order_by("number")
    number = whole_number(request, "trial", 0)
    row = rows.filter(number=number).first() if number else None
    row = row or rows.filter(status=TrialStatus.RUNNING).last() or job.best_trial or rows.last()
    if row is None:
        return {"trial": None}
    row.job = job
    numbers = rows.values_list("number", flat=True)
    return {
        "trial": row,
        "trials": rows.only("number", "status", "job_id") if job.created_trials <= MOST_CHOICES else [],
        "before": numbers.filter(number__lt=row.number).last(),
        "after": numbers.filter(number__gt=row.number).first(),
    }


def whole_number(request: HttpRequest, name: str, default: int) -> int:
    """A number of the address; the default where it is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else default
