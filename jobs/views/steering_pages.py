"""Steering that needs a page: other ranges, a configuration by hand, failed trials again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jobs.execution import steering
from jobs.execution.lifecycle import NotPossible
from jobs.forms.ranges import ConfigurationForm, RangesForm
from jobs.models import TrainingJob, Trial
from jobs.results.phases import phases
from jobs.results.standing import failed_groups
from jobs.views.access import changeable_job

UNPROCESSABLE = 422
MOST_GROUPS = 50
MOST_NUMBERS = 12


@require_http_methods(["GET", "POST"])
def ranges(request: HttpRequest, pk: int) -> HttpResponse:
    """Narrow or widen the ranges for the trials to come."""
    job = changeable_job(request, pk)
    if not job.is_search:
        return _refused(request, job, f"{job.name} is not a search: it has no ranges.")
    form = RangesForm(job, request.POST or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            steering.change_ranges(job, form.space(), request.user)
        except NotPossible as error:
            problem = str(error)
        else:
            more = "" if job.created_trials < job.num_samples else " Add trials to search in them."
            messages.success(request, f"The new ranges hold from trial {job.created_trials + 1} on.{more}")
            return redirect(job)
    context = {"job": job, "form": form, "problem": problem, "phases": phases(job)}
    return form_page(request, "jobs/ranges.html", context)


@require_http_methods(["GET", "POST"])
def configuration(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue one trial with values chosen by hand; `?trial=` fills in those of a trial, else the best ones."""
    job = changeable_job(request, pk)
    if not job.is_search:
        return _refused(request, job, f"{job.name} is not a search: rebuild it to run it with other values.")
    source = _source(request, job)
    form = ConfigurationForm(job, source, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            trial = steering.queue_configuration(job, form.parameters(), request.user)
        except (NotPossible, ValueError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Trial {trial.number} is queued with your values.")
            return redirect(trial)
    return form_page(request, "jobs/configuration.html", {"job": job, "form": form, "source": source})


@require_http_methods(["GET", "POST"])
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Start failed trials again: all of them, or those with the last line `reason`."""
    job = changeable_job(request, pk)
    groups = failed_groups(job)
    if request.method == "POST":
        wish = request.POST.get("reason")
        numbers = [number for group in groups if wish in (None, group.reason) for number in group.numbers]
        try:
            count = steering.retry(job, numbers, request.user)
        except NotPossible as error:
            messages.error(request, str(error))
        else:
            what = "1 failed trial is" if count == 1 else f"{count} failed trials are"
            messages.success(request, f"{what} started again.")
        return redirect(job)
    rows = [
        {
            "reason": group.reason,
            "count": group.count,
            "first": group.numbers[:MOST_NUMBERS],
            "more": group.count > MOST_NUMBERS,
        }
        for group in groups[:MOST_GROUPS]
    ]
    context = {"job": job, "groups": rows, "further": len(groups) - len(rows)}
    return render(request, "jobs/retry.html", context)


def _source(request: HttpRequest, job: TrainingJob) -> Trial | None:
    """The trial whose values the form is filled with."""
    number = request.GET.get("trial", "")
    if number.isdecimal() and len(number) < 7:
        return job.trials.filter(number=int(number)).first() or job.best_trial
    return job.best_trial


def form_page(request: HttpRequest, template: str, context: dict) -> HttpResponse:
    """The page; one that was sent and comes back has errors."""
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, template, context, status=status)


def _refused(request: HttpRequest, job: TrainingJob, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect(job)
