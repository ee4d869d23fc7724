"""The button *Run pre-flight* of the create form, and its report."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from jobs.execution import lifecycle, preflight
from jobs.execution.queue import capacity
from jobs.models import TrainingJob
from jobs.results.preflight import report as report_of
from jobs.views.detail import STOP_POLLING
from jobs.views.filled import filled_form


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Run the script of the form as it is filled in; what is wrong with the form is told instead."""
    form = filled_form(request)
    if form.is_valid() and (check := form.save_preflight(chosen_seconds(request))):
        preflight.start(check)
        return _answer(request, check, 200)
    return render(request, "jobs/_preflight_problems.html", {"problems": list(form.problems())})


@require_GET
def report(request: HttpRequest, number: int) -> HttpResponse:
    """What the check has found; polling ends with it."""
    check = _check(request, number)
    return _answer(request, check, 200 if check.is_active else STOP_POLLING)


@require_POST
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """End the check and forget it."""
    lifecycle.delete(_check(request, number))
    return HttpResponse("")


def chosen_seconds(request: HttpRequest) -> int:
    """For how long the script may run; a time that is not offered is the usual one."""
    wish = request.POST.get("preflight_seconds", "")
    return next((n for n in preflight.PREFLIGHT_SECONDS if str(n) == wish), preflight.DEFAULT_SECONDS)


def shown_report(request: HttpRequest) -> dict:
    """The check that a form has shown when it was sent, for showing it again; nothing where it is forgotten."""
    number = request.POST.get("preflight", "")
    if not number.isdecimal() or len(number) > preflight.LONGEST_NUMBER:
        return {}
    check = preflight.checks_of(request.user).select_related("pool").filter(pk=-int(number)).first()
    return _context(check) if check else {}


def _check(request: HttpRequest, number: int) -> TrainingJob:
    return get_object_or_404(preflight.checks_of(request.user).select_related("pool"), pk=-number)


def _context(check: TrainingJob) -> dict:
    return {"check": check, "number": -check.pk, "report": report_of(check, capacity(check.pool.name))}


def _answer(request: HttpRequest, check: TrainingJob, status: int) -> HttpResponse:
    return render(request, "jobs/_preflight.html", _context(check), status=status)
