"""The create form: filled in as its address says, and as a person has filled it in on top of that."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from jobs.forms import CreateJob
from jobs.forms.rebuild import initial_of
from jobs.forms.sources import Source, find_source, source_to_rebuild
from jobs.models import TrainingJob, Trial


def preset_form(request: HttpRequest) -> CreateJob:
    """The form as a visit begins.

    `?algorithm=` chooses an algorithm, `?rebuild=` repeats a job, and with `&trial=` runs once more with the
    values of that trial; `?warm_start=` ticks a job to learn from.
    """
    source, initial = _preset(request)
    return CreateJob(request.user, source, initial=initial)


def filled_form(request: HttpRequest) -> CreateJob:
    """The form as it was sent."""
    source, initial = _preset(request)
    key = request.POST.get("algorithm", "")
    if source is None or source.key != key:
        source = find_source(request.user, key)
    return CreateJob(request.user, source, request.POST, initial)


def _preset(request: HttpRequest) -> tuple[Source | None, dict[str, Any]]:
    key = request.GET.get("rebuild", "")
    if key.isdecimal():
        job = get_object_or_404(TrainingJob.objects.visible_to(request.user), pk=key)
        return _of_job(request, job)
    source = find_source(request.user, request.GET.get("algorithm", ""))
    initial = {}
    if (earlier := request.GET.get("warm_start", "")).isdecimal():
        job = get_object_or_404(TrainingJob.objects.visible_to(request.user), pk=earlier)
        source, initial = _of_job(request, job)
        initial = {**initial, "warm_start": [job.pk]}
    return source, initial


def _of_job(request: HttpRequest, job: TrainingJob) -> tuple[Source, dict[str, Any]]:
    trial = None
    if (number := request.GET.get("trial", "")).isdecimal():
        trial = get_object_or_404(Trial, job=job, number=number)
    source = source_to_rebuild(request.user, job)
    return source, initial_of(job, request.user, trial)
