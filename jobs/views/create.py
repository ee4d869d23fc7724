"""The page *Create training job*."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jobs.execution import lifecycle
from jobs.execution.preflight import PREFLIGHT_SECONDS
from jobs.forms import CreateJob, remaining_quota
from jobs.forms.sources import available_algorithms, find_source
from jobs.views.filled import filled_form, preset_form
from jobs.views.preflight import chosen_seconds, shown_report


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """The form, empty or filled in as the address says."""
    if request.method == "GET":
        return render(request, "jobs/create.html", _context(request, preset_form(request)))
    form = filled_form(request)
    if form.is_valid() and (job := form.save()):
        lifecycle.submit(job)
        messages.success(request, f"Training job {job.name} has been submitted.")
        return redirect(job)
    context = {**_context(request, form), "problems": list(form.problems()), **shown_report(request)}
    return render(request, "jobs/create.html", context)


@require_POST
def check(request: HttpRequest) -> JsonResponse:
    """What is wrong or doubtful in the form as it is typed."""
    form = filled_form(request)
    form.is_valid()
    problems, errors = list(form.problems()), {}
    for problem in problems:
        errors.setdefault(problem.anchor, []).append(problem.message)
    answer = {"errors": errors, "warnings": form.warnings(), "problems": [asdict(row) for row in problems]}
    return JsonResponse(answer)


@require_GET
def create_sections(request: HttpRequest) -> HttpResponse:
    """The sections that depend on the algorithm, for another one."""
    source = find_source(request.user, request.GET.get("algorithm", ""))
    form = CreateJob(request.user, source)
    return render(request, "jobs/_create_sections.html", {"job_form": form, "source": source})


def _context(request: HttpRequest, form: CreateJob) -> dict:
    return {
        "job_form": form,
        "source": form.source,
        "preflight_seconds": PREFLIGHT_SECONDS,
        "chosen_seconds": chosen_seconds(request),
        "remaining_quota": remaining_quota(request.user),
        "has_algorithms": available_algorithms(request.user).exists(),
    }
