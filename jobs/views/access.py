"""Which jobs and trials a reader may see and change: every view of job details comes through here."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from jobs.models import DeletedJob, TrainingJob, Trial


class JobDeleted(Http404):
    """There was such a job, which the reader could see."""

    def __init__(self, job: DeletedJob) -> None:
        super().__init__(f"Job {job.job_id} was deleted.")
        self.job = job


def visible_job(request: HttpRequest, pk: int) -> TrainingJob:
    """The job, if the reader may see it; else 404, or 410 where it was deleted."""
    jobs = TrainingJob.objects.visible_to(request.user).select_related(
        "owner", "algorithm", "pool", "best_trial"
    )
    return _found(request, jobs, pk)


def visible_trial(request: HttpRequest, pk: int, number: int) -> Trial:
    """The job's trial with that number, if the reader may see the job; else 404."""
    job = visible_job(request, pk)
    trial = get_object_or_404(Trial, job=job, number=number)
    trial.job = job
    return trial


def changeable_job(request: HttpRequest, pk: int) -> TrainingJob:
    """The job, if the reader may change it; else 404, or 410 where it was deleted."""
    jobs = TrainingJob.objects.changeable_by(request.user).select_related("best_trial", "pool")
    return _found(request, jobs, pk)


def _found(request: HttpRequest, jobs, pk: int) -> TrainingJob:
    job = jobs.filter(pk=pk).first()
    if job is not None:
        return job
    deleted = DeletedJob.objects.visible_to(request.user).filter(job_id=pk).first()
    if deleted is not None:
        raise JobDeleted(deleted)
    raise Http404


def changeable_by(user, job: TrainingJob) -> bool:
    """Whether the user may change the job: its owner, and staff."""
    return job.owner == user or user.is_staff
