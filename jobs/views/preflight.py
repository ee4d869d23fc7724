"""The button *Run pre-flight* of the create form, and its report."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from jobs.execution import lifecycle, preflight
from jobs.models import TrainingJob
from jobs.results.preflight import report as report_of
from jobs.views.detail import STOP_POLLING
from jobs.views.filled import filled_form


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Run the script of the form as it is filled in; what is wrong with the form is told instead."""
    form = filled_form(request)
    wish = request.POST.get("preflight_seconds", "")
    seconds = next((n for n in preflight.PREFLIGHT_SECONDS if str(n) == wish), preflight.DEFAULT_SECONDS)
    if form.is_valid() and (job := form.save_preflight(seconds)):
        preflight.start(job)
        return _answer(request, job, 200)
    return render(request, "jobs/_preflight_problems.html", {"problems": list(form.problems())})


@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """What the check has found; polling ends with it."""
    job = _check(request, pk)
    return _answer(request, job, 200 if job.is_active else STOP_POLLING)


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """End the check and forget it."""
    lifecycle.delete(_check(request, pk))
    return HttpResponse("")


def _check(request: HttpRequest, pk: int) -> TrainingJob:
    return get_object_or_404(preflight.checks_of(request.user).select_related("pool"), pk=pk)


def _answer(request: HttpRequest, job: TrainingJob, status: int) -> HttpResponse:
    context = {"job": job, "report": report_of(job)}
    return render(request, "jobs/_preflight.html", context, status=status)
