"""Another indicator, or another pattern of it: preview, question, progress."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from jobs.execution import rereading
from jobs.execution.lifecycle import NotPossible
from jobs.forms.steering import RereadForm
from jobs.models import TrainingJob
from jobs.results.reading_preview import Preview, preview
from jobs.views.access import changeable_job, visible_job
from jobs.views.steering_pages import form_page
from runtime.indicator import PatternError


@require_http_methods(["GET", "POST"])
def reread(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the indicator anew from the stored logs; `?former` fills in the one before the last change.

    Where values would get lost it is done only with `confirmed`, the pattern that the question was asked for.
    """
    job = changeable_job(request, pk)
    latest = job.readings.last()
    initial = _former(latest) if "former" in request.GET and latest else _present(job)
    form = RereadForm(request.POST or None, initial=initial, job=job, user=request.user)
    found = None
    if request.method == "POST" and form.is_valid():
        wish = form.cleaned_data
        found = preview(job, wish["pattern"], wish["direction"])
        if not found.question or request.POST.get("confirmed") == wish["pattern"]:
            try:
                rereading.ask(
                    job,
                    name=wish["indicator_name"],
                    direction=wish["direction"],
                    pattern=wish["pattern"],
                    by=request.user,
                )
            except NotPossible as error:
                form.add_error(None, str(error))
            else:
                return redirect(job)
    context = {"job": job, "form": form, "found": found, "latest": latest}
    return form_page(request, "jobs/reread.html", context)


@require_GET
def reread_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the pattern would read from the logs."""
    job = changeable_job(request, pk)
    direction = "min" if request.GET.get("direction") == "min" else "max"
    pattern, found, problem = request.GET.get("pattern", ""), Preview(direction, 0), ""
    try:
        found = preview(job, pattern, direction)
    except PatternError as error:
        problem = str(error)
    context = {"job": job, "found": found, "problem": problem, "pattern": pattern}
    return render(request, "jobs/_reread_preview.html", context)


@require_GET
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the reading is; when it is done, the page is loaded again with the new values."""
    job = visible_job(request, pk)
    going_on = job.readings.going_on().first()
    response = render(request, "jobs/_reading.html", {"job": job, "reading": going_on})
    if going_on is None:
        response["HX-Refresh"] = "true"
    return response


def _present(job: TrainingJob) -> dict[str, str]:
    return {
        "indicator_name": job.indicator_name,
        "direction": job.direction or "max",
        "pattern": job.pattern,
    }


def _former(latest) -> dict[str, str]:
    return {
        "indicator_name": latest.former_name,
        "direction": latest.former_direction or "max",
        "pattern": latest.former_pattern,
    }
