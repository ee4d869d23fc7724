"""Which jobs and trials a reader may see and change: every view of job details comes through here."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from jobs.models import TrainingJob, Trial


def visible_job(request: HttpRequest, pk: int) -> TrainingJob:
    """The job, if the reader may see it; else 404."""
    jobs = TrainingJob.objects.visible_to(request.user).select_related(
        "owner", "algorithm", "pool", "best_trial"
    )
    return get_object_or_404(jobs, pk=pk)


def visible_trial(request: HttpRequest, pk: int, number: int) -> Trial:
    """The job's trial with that number, if the reader may see the job; else 404."""
    job = visible_job(request, pk)
    trial = get_object_or_404(Trial, job=job, number=number)
    trial.job = job
    return trial


def changeable_job(request: HttpRequest, pk: int) -> TrainingJob:
    """The job, if the reader may change it; else 404."""
    jobs = TrainingJob.objects.changeable_by(request.user).select_related("best_trial", "pool")
    return get_object_or_404(jobs, pk=pk)


def changeable_by(user, job: TrainingJob) -> bool:
    """Whether the user may change the job: its owner, and staff."""
    return job.owner == user or user.is_staff
