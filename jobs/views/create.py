"""The page *Create training job*."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from jobs.execution import lifecycle
from jobs.execution.preflight import PREFLIGHT_SECONDS
from jobs.forms import CreateJob, remaining_quota
from jobs.forms.rebuild import initial_of
from jobs.forms.sources import Source, available_algorithms, find_source, source_to_rebuild
from jobs.models import TrainingJob, Trial


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """The form, empty or filled in.

    `?algorithm=` chooses an algorithm, `?rebuild=` repeats a job, and with `&trial=` runs once more with the
    values of that trial; `?warm_start=` ticks a job to learn from.
    """
    source, initial = _preset(request)
    if request.method == "POST":
        source = find_source(request.user, request.POST.get("algorithm", ""))
        form = CreateJob(request.user, source, request.POST, initial)
        if form.is_valid() and (job := form.save()):
            lifecycle.submit(job)
            messages.success(request, f"Training job {job.name} has been submitted.")
            return redirect(job)
    else:
        form = CreateJob(request.user, source, initial=initial)
    return render(request, "jobs/create.html", _context(request, form))


@require_GET
def create_sections(request: HttpRequest) -> HttpResponse:
    """The sections that depend on the algorithm, for another one."""
    source = find_source(request.user, request.GET.get("algorithm", ""))
    form = CreateJob(request.user, source)
    return render(request, "jobs/_create_sections.html", {"job_form": form, "source": source})


def _preset(request: HttpRequest) -> tuple[Source | None, dict]:
    """What the address says the form is to be filled with."""
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


def _of_job(request: HttpRequest, job: TrainingJob) -> tuple[Source, dict]:
    trial = None
    if (number := request.GET.get("trial", "")).isdecimal():
        trial = get_object_or_404(Trial, job=job, number=number)
    source = source_to_rebuild(request.user, job)
    return source, initial_of(job, request.user, trial)


def _context(request: HttpRequest, form: CreateJob) -> dict:
    return {
        "job_form": form,
        "source": form.source,
        "problems": list(form.problems()) if request.method == "POST" else [],
        "preflight_seconds": PREFLIGHT_SECONDS,
        "remaining_quota": remaining_quota(request.user),
        "has_algorithms": available_algorithms(request.user).exists(),
    }
