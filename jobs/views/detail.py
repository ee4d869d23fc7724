"""Job details: basic settings at the left; results, trials, logs, events and resource usage in tabs."""

from math import comb

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from jobs.models import Event, EventLevel, Preference, TrainingJob
from jobs.results import catalogue, freshness
from jobs.results.answer import answer
from jobs.results.history import Borrowed, borrowed
from jobs.results.landscape import MOST_PAIRED
from jobs.results.phases import phases
from jobs.results.submission import limits, places, secret_names
from jobs.views.access import changeable_by, visible_job
from jobs.views.chosen import chosen_trial, whole_number
from jobs.views.logs import chosen_log, log_context
from jobs.views.trials import trials_context

STOP_POLLING = 286
EVENTS_PER_PAGE = 100
TABS = (
    ("results", "Auto search results"),
    ("trials", "Trials"),
    ("logs", "Logs"),
    ("events", "Events"),
    ("usage", "Resource usage"),
)
PLAIN_TABS = (("results", "Result"), *TABS[1:])


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page, opened at the tab that the address names."""
    job = visible_job(request, pk)
    tab = request.GET.get("tab")
    if tab not in dict(TABS):
        tab = TABS[0][0]
    context = {
        **_context(request, job, tab),
        "tabs": TABS if job.is_search else PLAIN_TABS,
        "borrowed": _borrowed(request, job),
        "phases": phases(job),
        "reading": job.readings.last(),
        "places": places(job),
        "limits": limits(job),
        "secret_names": secret_names(job),
        "settings": Preference.objects.read(request.user, SETTINGS, {}).get(_side(tab), "auto"),
    }
    if tab == "results" and job.is_search:
        context |= charts_context(request.user, job)
    elif tab == "results" and context["trial"]:
        context |= log_context(request, context["trial"])
    return render(request, "jobs/detail.html", context)


@require_GET
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """What changes while the job runs; polling ends when the job has ended.

    The table is left out where the reader has it as it is: durations in it go on by the clock.
    """
    job = visible_job(request, pk)
    tab = request.GET.get("tab", "results")
    stamp = freshness.stamp(job, sorted(request.GET.lists()), freshness.clock())
    known = job.is_active and stamp == request.headers.get("X-Live-Known")
    context = _context(request, job, tab, table=not known)
    answered = render(request, "jobs/_live.html", context, status=200 if job.is_active else STOP_POLLING)
    answered["X-Live-Stamp"] = stamp
    if request.headers.get("X-Live-Awaits") == "trial" and context.get("trial"):
        answered["HX-Refresh"] = "true"  # with the trial there is a curve and a log to show
    return answered


EMPTY = {
    "convergence": "The curves appear with the first value of {indicator} that a trial prints.",
    "best-so-far": "The best value appears when the first trial has ended.",
}
NOTHING_YET = "It appears when the first trial has ended."
FIRST_CHARTS = 2
"""Charts above the trials, which are asked for at once; those below them when they come into view."""
SETTINGS = "jobs.settings_column"
"""The preference that says whether the settings stand beside the results, and beside the other tabs."""
RANKS = ("The strongest", "The second", "The third", "The fourth", "The fifth")
"""Pairs of hyperparameters, until the chart tells their names."""


def charts_context(user, job: TrainingJob) -> dict:
    """The job's charts as the person wants them: the first that are shown, and those below the trials."""
    arrangement = Preference.objects.read(user, catalogue.PREFERENCE, {})
    own = catalogue.entries(job)
    arranged = catalogue.arranged(own, arrangement)
    visible = [place for place, (_, shown) in enumerate(arranged) if shown][:FIRST_CHARTS]
    break_at = visible[-1] + 1 if len(visible) == FIRST_CHARTS else len(arranged)
    charts = [
        {
            "entry": entry,
            "shown": shown,
            "first": place in visible,
            "axes": _axes(job, entry),
            "on": arrangement.get("choices", {}).get(entry.name, []),
            "empty": EMPTY.get(entry.name, NOTHING_YET).format(indicator=job.indicator_name),
        }
        for place, (entry, shown) in enumerate(arranged)
    ]
    return {
        "charts": charts,
        "first_charts": charts[:break_at],
        "first_count": FIRST_CHARTS,
        "other_charts": charts[break_at:],
        "chart_order": [entry.name for entry in own],
    }


def _axes(job: TrainingJob, entry: catalogue.Entry) -> list[dict]:
    """What can be chosen: hyperparameters, or pairs of them by rank; nothing where there is only one."""
    names = job.searched_names
    if len(names) < 2:
        return []
    if entry.by_rank:
        analysed = comb(len(names), 2) if len(names) <= MOST_PAIRED else 0
        ranks = [(str(rank), words) for rank, words in enumerate(RANKS[:analysed], 1)]
        return [{"name": "rank", "label": "Pair", "options": ranks, "chosen": "1"}] if len(ranks) > 1 else []
    options = [(name, name) for name in names]
    return [
        {"name": name, "label": label, "options": options, "chosen": names[place]}
        for place, (name, label) in enumerate(entry.axes)
    ]


@require_POST
def settings_column(request: HttpRequest) -> HttpResponse:
    """Remember whether the person wants the settings beside the results, and beside the other tabs."""
    wanted = request.POST.get("settings")
    if wanted not in ("shown", "hidden"):
        return HttpResponseBadRequest("The settings are shown or hidden.")
    kept = Preference.objects.read(request.user, SETTINGS, {})
    Preference.objects.keep(request.user, SETTINGS, {**kept, _side(request.POST.get("tab")): wanted})
    return HttpResponse(status=204)


def _side(tab: str | None) -> str:
    return "results" if tab == "results" else "others"


def _context(request: HttpRequest, job: TrainingJob, tab: str, table: bool = True) -> dict:
    context = {"job": job, "tab": tab, "changeable": changeable_by(request.user, job), "table": table}
    if tab == "results" and job.is_search:
        context["answer"] = answer(job)
    elif tab == "results":
        context |= chosen_trial(request, job)
    if table and (tab == "trials" or (tab == "results" and job.is_search)):
        context |= trials_context(request, job)
    if tab == "logs":
        context |= chosen_log(request, job)
    if tab == "events":
        context["page_obj"] = _events(request, job)
        context["levels"] = [("", "All"), *EventLevel.choices]
    if tab == "usage":
        context |= chosen_trial(request, job)
    return context


def _borrowed(request: HttpRequest, job: TrainingJob) -> list[tuple[Borrowed, bool]]:
    """The jobs this search is warm-started from, and whether the reader may open them."""
    rows = borrowed(job)
    visible = TrainingJob.objects.visible_to(request.user).filter(pk__in=[row.job.pk for row in rows])
    open_ones = set(visible.values_list("pk", flat=True)) if rows else set()
    return [(row, row.job.pk in open_ones) for row in rows]


def _events(request: HttpRequest, job: TrainingJob):
    """A page of the job's events: of one level, of one trial, with certain words, as the address says."""
    events = Event.objects.filter(job=job).select_related("trial")
    if level := request.GET.get("level"):
        events = events.filter(level=level)
    if number := whole_number(request, "trial", 0):
        events = events.filter(trial__number=number)
    for word in request.GET.get("q", "")[:200].replace("\0", "").split():
        events = events.filter(message__icontains=word)
    return Paginator(events, EVENTS_PER_PAGE).get_page(request.GET.get("page"))


@require_POST
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the description in place."""
    job = get_object_or_404(TrainingJob.objects.changeable_by(request.user), pk=pk)
    TrainingJob.objects.filter(pk=job.pk).update(
        description=request.POST.get("description", "").strip()[:256]
    )
    job.refresh_from_db()
    return render(request, "jobs/_description.html", {"job": job, "changeable": True})
