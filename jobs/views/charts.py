"""The charts of a job as Plotly JSON, for static/js/charts.js to draw; as CSV; and as tables."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from jobs.models import Preference, TrainingJob
from jobs.results import (
    catalogue,
    chart_tables,
    chart_updates,
    charts,
    charts_convergence,
    charts_models,
    charts_space,
    curves,
    freshness,
    points,
)
from jobs.results.chart_data import as_csv, rows_of
from jobs.results.drawing import Drawing
from jobs.results.landscape import belief, importance, landscape
from jobs.results.phases import changes
from jobs.views.access import visible_job, visible_trial
from jobs.views.trials import wanted

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Drawn:
    """A chart's two faces, made from the same data; only the one that is asked for is made."""

    figure: Callable[[], Any]
    table: Callable[[], chart_tables.Table]


def _convergence(job: TrainingJob, query: QueryDict) -> Drawn:
    data = curves.convergence(job)
    axis = "seconds" if query.get("axis") == "seconds" else "step"
    return Drawn(
        lambda: charts_convergence.convergence(data, job.indicator_name, job.direction, axis),
        lambda: chart_tables.convergence(data),
    )


def _best_so_far(job: TrainingJob, query: QueryDict) -> Drawn:
    data = curves.course(job)
    return Drawn(
        lambda: charts.best_so_far(data, job.indicator_name, job.direction, changes(job)),
        lambda: chart_tables.best_so_far(data, job.direction),
    )


def _name(job: TrainingJob, query: QueryDict, axis: str, place: int = 0) -> str:
    """The hyperparameter that the address asks for, or the one at that place. Raises Http404."""
    names = job.searched_names
    name = query.get(axis) or names[min(place, len(names) - 1)]
    if name not in names:
        raise Http404
    return name


def _parallel(job: TrainingJob, query: QueryDict) -> Drawn:
    data = landscape(job)
    return Drawn(lambda: charts_space.parallel(data), lambda: chart_tables.trials(data, data.space.names))


def _slice(job: TrainingJob, query: QueryDict) -> Drawn:
    data, name = landscape(job), _name(job, query, "x")
    return Drawn(lambda: charts_space.slice_of(data, name), lambda: chart_tables.trials(data, [name]))


def _contour(job: TrainingJob, query: QueryDict) -> Drawn:
    data, x, y = landscape(job), _name(job, query, "x"), _name(job, query, "y", 1)
    few = len(job.searched_names) < 2
    why = "A contour needs two hyperparameters; this job searches one."
    return Drawn(
        lambda: charts_space.empty("Contour", why) if few else charts_space.contour(data, x, y),
        lambda: chart_tables.trials(data, list(dict.fromkeys([x, y]))),
    )


def _importance(job: TrainingJob, query: QueryDict) -> Drawn:
    found = importance(job)
    return Drawn(lambda: charts_models.importance(found), lambda: chart_tables.importance(found))


def _marginal(job: TrainingJob, query: QueryDict) -> Drawn:
    found, name = importance(job), _name(job, query, "x")
    return Drawn(
        lambda: charts_models.marginal(found, landscape(job), name),
        lambda: chart_tables.marginal(found, name),
    )


def _pairs(job: TrainingJob, query: QueryDict) -> Drawn:
    found, data = importance(job), landscape(job)
    text = query.get("rank", "1")
    rank = int(text) if text.isdecimal() and len(text) < 3 else 0
    if not 0 < rank <= max(1, len(found.surfaces)):
        raise Http404
    return Drawn(
        lambda: charts_models.pairwise(found, data, rank),
        lambda: chart_tables.pairwise(found, rank, charts_models.no_pairs(found, len(data.space))),
    )


def _belief(job: TrainingJob, query: QueryDict) -> Drawn:
    name = _name(job, query, "x")
    if job.search_algorithm != "bayes_opt_search":
        why = "Only bayes_opt_search keeps a model to look at."
        return Drawn(
            lambda: charts_space.empty("Sampler's view", why), lambda: chart_tables.belief(None, name)
        )
    found, kind = belief(job), str(job.search_parameters.get("kind", "ucb"))
    return Drawn(
        lambda: charts_models.belief(found, landscape(job), name, kind),
        lambda: chart_tables.belief(found, name),
    )


def _timeline(job: TrainingJob, query: QueryDict) -> Drawn:
    data = landscape(job)
    return Drawn(lambda: charts_space.timeline(data), lambda: chart_tables.timeline(data))


def _distribution(job: TrainingJob, query: QueryDict) -> Drawn:
    data = landscape(job)
    return Drawn(lambda: charts_space.distribution(data), lambda: chart_tables.distribution(data))


CHARTS: dict[str, Callable[[TrainingJob, QueryDict], Drawn]] = {
    "convergence": _convergence,
    "best-so-far": _best_so_far,
    "parallel": _parallel,
    "slice": _slice,
    "contour": _contour,
    "importance": _importance,
    "marginal": _marginal,
    "pairs": _pairs,
    "timeline": _timeline,
    "distribution": _distribution,
    "sampler": _belief,
}


@require_GET
def chart(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One of the job's charts by its name; its data with `?format=csv`, as a table with `?format=table`."""
    job = visible_job(request, pk)
    if name not in CHARTS or not job.is_search:
        raise Http404
    clock = freshness.clock() if name == "timeline" and job.is_active else 0
    known = request.headers.get("X-Chart-Known", "")
    tag = f'"{freshness.stamp(job, name, sorted(request.GET.lists()), known, clock)}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    return _answer(request, CHARTS[name](job, request.GET), job.is_active, f"{job.name}-{name}", tag, job)


@require_POST
def arrange(request: HttpRequest) -> HttpResponse:
    """Remember how the person wants the charts: order, hidden ones, axes."""
    try:
        wanted_arrangement = json.loads(request.body)
    except ValueError:
        return HttpResponseBadRequest("An arrangement of charts is a JSON object.")
    Preference.objects.keep(request.user, catalogue.PREFERENCE, catalogue.checked(wanted_arrangement))
    return HttpResponse(status=204)


@require_GET
def trial_curves(request: HttpRequest, pk: int) -> HttpResponse:
    """The curves of the trials that the address names (`trial`, several times), in one chart."""
    job = visible_job(request, pk)
    figure = charts.overlaid(curves.of_trials(job, wanted(request)), job.indicator_name or "value")
    return answer_figure(request, figure, job.is_active, f"{job.name}-trials")


@require_GET
def trial_curve(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The indicator of one trial by step."""
    trial = visible_trial(request, pk, number)
    rows = points.read(trial)
    kept = curves.thinned(rows["value"], curves.MOST_POINTS)
    value = np.where(np.isfinite(rows["value"][kept]), rows["value"][kept], np.nan)
    name = trial.job.indicator_name or "value"
    figure = charts.single_curve(rows["step"][kept], value, name, rows["line"][kept])
    return answer_figure(request, figure, not trial.is_ended, f"{trial.job.name}-{trial.number}-curve")


@require_GET
def trial_usage(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What one trial's processes used."""
    trial = visible_trial(request, pk, number)
    columns = ("seconds", "cpu_percent", "memory_bytes", "gpu_percent", "gpu_memory_bytes")
    rows = np.array(list(trial.resource_samples.order_by("seconds").values_list(*columns)), dtype=float)
    rows = rows.reshape(-1, len(columns))
    series = {"cpuUsage": (rows[:, 1], "%"), "memUsage": (rows[:, 2] / MEGABYTE, "MB")}
    if np.isfinite(rows[:, 3]).any():
        series |= {"gpuUtil": (rows[:, 3], "%"), "gpuMemUsage": (rows[:, 4] / MEGABYTE, "MB")}
    return answer_figure(
        request,
        charts.usage(rows[:, 0], series),
        not trial.is_ended,
        f"{trial.job.name}-{trial.number}-usage",
    )


def answer_figure(request: HttpRequest, figure, active: bool, name: str) -> HttpResponse:
    """The figure as JSON, with an ETag so that an unchanged chart costs no bytes; its data as CSV or as a table."""
    drawn = Drawn(lambda: figure, lambda: chart_tables.of_figure(figure, rows_of(figure)))
    if "format" in request.GET:
        return _answer(request, drawn, active, name, "")
    body = figure.to_json()
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}{int(active)}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    return _json(body, tag, active)


def _answer(
    request: HttpRequest, drawn: Drawn, active: bool, name: str, tag: str, job: TrainingJob | None = None
) -> HttpResponse:
    if request.GET.get("format") == "csv":
        named = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return HttpResponse(as_csv(drawn.figure()), content_type="text/csv; charset=utf-8", headers=named)
    if request.GET.get("format") == "table":
        return render(request, "jobs/_chart_table.html", {"table": drawn.table(), "job": job})
    figure = drawn.figure()
    if isinstance(figure, Drawing):
        known = chart_updates.known_from(request.headers.get("X-Chart-Known", ""))
        if active or known:  # else the reader has all there will ever be, and does not ask again
            figure = Drawing(chart_updates.update(chart_updates.marked(figure.data), known), figure.layout)
    return _json(figure.to_json(), tag, active)


def _json(body: str, tag: str, active: bool) -> HttpResponse:
    response = HttpResponse(body, content_type="application/json", headers={"ETag": tag})
    response["Cache-Control"] = "no-cache, private"
    response["X-Active"] = "1" if active else "0"
    return response
