"""The trials table, and trials side by side."""

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from jobs.execution.states import TrialStatus
from jobs.models import Preference, TrainingJob, Trial
from jobs.results import trial_filter, trial_table
from jobs.views.access import changeable_by, visible_job
from search import Categorical, SearchSpace

TRIALS_PER_PAGE = 50
TRIALS_BESIDE_CHARTS = 10
MOST_COMPARED = 20
COLUMNS = "trials.hidden_columns"
"""The preference that holds the keys of the columns a person does not want to see, in any job."""


def trials_context(request: HttpRequest, job: TrainingJob) -> dict:
    """A page of the trials table, filtered and sorted as the address says, with the reader's columns."""
    beside_charts = job.is_search and request.GET.get("tab", "results") == "results"
    parts = trial_filter.parts(job, request.GET)
    page = _page(job, request.GET, TRIALS_BESIDE_CHARTS if beside_charts else TRIALS_PER_PAGE, bool(parts))
    columns, hidden = trial_table.columns(job), _hidden(request)
    shown = {key for key, _ in columns if key not in hidden}
    names = [name for name in job.searched_names if trial_table.PARAMETER + name in shown]
    pages, stars = _addresses("jobs:trial", job), _addresses("jobs:trial_star", job)
    for trial in page:
        trial.address, trial.star_address = pages.format(trial.number), stars.format(trial.number)
        trial.cells = [trial.parameters.get(name) for name in names]
        trial.difference = trial_table.difference(job, trial)
    return {
        "page_obj": page,
        "beside_charts": beside_charts,
        "columns": columns,
        "shown": shown,
        "names": [(trial_table.PARAMETER + name, name) for name in names],
        "filtered": bool(parts),
        "chips": [(part.words, _without(request.GET, part)) for part in parts if part.words],
        "unfiltered": _unfiltered(request.GET, parts),
        "list_query": _list_query(request.GET),
        "statuses": TrialStatus.values,
        "job_tags": trial_table.tags_of(job),
        "ranges": lambda: _ranges(job, request.GET),  # asked for by the page, not by what is polled
    }


def _addresses(view: str, job: TrainingJob) -> str:
    """The addresses of that view of the job's trials, with {} for the number of one."""
    return reverse(view, args=[job.pk, 0]).replace("/trials/0/", "/trials/{}/")


def _page(job: TrainingJob, query: QueryDict, size: int, filtered: bool) -> Page:
    """The page's trials. Keys are counted and ordered alone: whole rows would be sorted with all they hold."""
    keys = trial_table.select(job, query).values_list("pk", flat=True)
    if filtered:  # to count them and to take a page of them would be to look for them twice
        keys = list(keys)
    page = Paginator(keys, size).get_page(query.get("page"))
    found = job.trials.order_by().prefetch_related("tags").in_bulk(page.object_list)
    page.object_list = [found[key] for key in page.object_list if key in found]
    return page


def _ranges(job: TrainingJob, query: QueryDict) -> list[dict]:
    """The controls that bound the objective and each hyperparameter, with what the address asks for."""
    rows = [_bounds(job.indicator_name or "value", "least", "most", query, ("", ""))]
    dimensions = SearchSpace.from_json(job.search_space).dimensions if job.is_search else {}
    for name, dimension in dimensions.items():
        if isinstance(dimension, Categorical):
            chosen = query.getlist(f"is:{name}")
            choices = [(str(choice), str(choice) in chosen) for choice in dimension.choices]
            rows.append({"name": name, "key": f"is:{name}", "choices": choices})
        else:
            ends = dimension.lower, dimension.upper
            rows.append(_bounds(name, f"min:{name}", f"max:{name}", query, ends))
    return rows


def _bounds(name: str, low: str, high: str, query: QueryDict, ends: tuple) -> dict:
    keys = zip((low, high), ("from", "to"), ends, strict=True)
    return {"name": name, "ends": [(key, word, query.get(key, ""), end) for key, word, end in keys]}


def _hidden(request: HttpRequest) -> set[str]:
    return set(Preference.objects.read(request.user, COLUMNS, trial_table.HIDDEN_AT_FIRST))


def _without(query: QueryDict, part: trial_filter.Part) -> str:
    """The address's query without that part of the filter."""
    rest = query.copy()
    rest.setlist(part.key, [value for value in rest.getlist(part.key) if part.value and value != part.value])
    rest.pop("page", None)
    return rest.urlencode()


def _unfiltered(query: QueryDict, parts: list[trial_filter.Part]) -> str:
    rest = query.copy()
    for key in ("page", *(part.key for part in parts)):
        rest.pop(key, None)
    return rest.urlencode()


def _list_query(query: QueryDict) -> str:
    """What a trial's page has to know to lead back here, as the end of its address."""
    text = query.urlencode()
    return f"?{urlencode({'list': text})}" if text else ""


@require_GET
def table(request: HttpRequest, pk: int) -> HttpResponse:
    """The table's fragment."""
    return _table(request, visible_job(request, pk))


@require_POST
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Remember which columns the reader wants to see (`column`, several times); the table's fragment."""
    job = visible_job(request, pk)
    offered = {key for key, _ in trial_table.columns(job)}
    hidden = (_hidden(request) - offered) | (offered - set(request.POST.getlist("column")))
    Preference.objects.keep(request.user, COLUMNS, sorted(hidden))
    if not request.htmx:
        return redirect(f"{job.get_absolute_url()}?{request.GET.urlencode()}")
    return _table(request, job)


def _table(request: HttpRequest, job: TrainingJob) -> HttpResponse:
    context = {"job": job, "changeable": changeable_by(request.user, job), **trials_context(request, job)}
    return render(request, "jobs/_trials.html", context)


@require_GET
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Some of the job's trials: their curves in one chart, and their hyperparameters side by side."""
    job = visible_job(request, pk)
    trials = list(job.trials.filter(number__in=wanted(request)).prefetch_related("tags").order_by("number"))
    names = [*job.searched_names, *job.hyperparameters]
    rows = []
    for name in names:
        values = [{**job.hyperparameters, **trial.parameters}.get(name) for trial in trials]
        rows.append((name, values, any(value != values[0] for value in values)))
    for trial in trials:
        trial.difference = trial_table.difference(job, trial)
        trial.others = urlencode(
            {"trial": [other.number for other in trials if other is not trial]}, doseq=True
        )
    context = {
        "job": job,
        "trials": trials,
        "rows": rows,
        "ticked": len(request.GET.getlist("trial")),
        "most": MOST_COMPARED,
        "leader": _leader(job, trials),
    }
    return render(request, "jobs/compare_trials.html", context)


def _leader(job: TrainingJob, trials: list[Trial]) -> int | None:
    """The key of the trial with the best value."""
    valued = [trial for trial in trials if trial.value is not None]
    best = (max if job.direction == "max" else min)(valued, key=lambda trial: trial.value, default=None)
    return best.pk if best else None


def wanted(request: HttpRequest) -> list[int]:
    """The numbers of the trials that the address names, at most `MOST_COMPARED`."""
    numbers = [text for text in request.GET.getlist("trial") if text.isdecimal() and len(text) < 7]
    return [int(text) for text in numbers[:MOST_COMPARED]]
