"""The trials table, and trials side by side."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jobs.execution.states import TrialStatus
from jobs.models import TrainingJob
from jobs.results import trial_table
from jobs.views.access import changeable_by, visible_job

TRIALS_PER_PAGE = 50
MOST_COMPARED = 20


def trials_context(request: HttpRequest, job: TrainingJob) -> dict:
    """A page of the trials table, filtered and sorted as the address says."""
    page = Paginator(trial_table.select(job, request.GET), TRIALS_PER_PAGE).get_page(request.GET.get("page"))
    names = job.searched_names
    for trial in page:
        trial.cells = [trial.parameters.get(name) for name in names]
        trial.difference = trial_table.difference(job, trial)
    filtered = any(request.GET.get(part) for part in trial_table.FILTERS)
    return {"page_obj": page, "names": names, "filtered": filtered, "statuses": TrialStatus.values}


@require_GET
def table(request: HttpRequest, pk: int) -> HttpResponse:
    """The table's fragment."""
    job = visible_job(request, pk)
    context = {"job": job, "changeable": changeable_by(request.user, job), **trials_context(request, job)}
    return render(request, "jobs/_trials.html", context)


@require_GET
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Some of the job's trials: their curves in one chart, and their hyperparameters side by side."""
    job = visible_job(request, pk)
    trials = list(job.trials.filter(number__in=wanted(request)).order_by("number"))
    names = [*job.searched_names, *job.hyperparameters]
    rows = []
    for name in names:
        values = [{**job.hyperparameters, **trial.parameters}.get(name) for trial in trials]
        rows.append((name, values, any(value != values[0] for value in values)))
    for trial in trials:
        trial.difference = trial_table.difference(job, trial)
    context = {"job": job, "trials": trials, "rows": rows}
    return render(request, "jobs/compare_trials.html", context)


def wanted(request: HttpRequest) -> list[int]:
    """The numbers of the trials that the address names, at most `MOST_COMPARED`."""
    numbers = [text for text in request.GET.getlist("trial") if text.isdecimal() and len(text) < 7]
    return [int(text) for text in numbers[:MOST_COMPARED]]
