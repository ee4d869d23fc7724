"""The charts of a job as Plotly JSON, for static/js/charts.js to draw."""

import hashlib

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_GET

from jobs.models import TrainingJob
from jobs.results import charts, charts_space, curves, points
from jobs.results.chart_data import as_csv
from jobs.results.landscape import belief, importance, landscape
from jobs.views.access import visible_job, visible_trial
from jobs.views.trials import wanted

MEGABYTE = 1024 * 1024


def _convergence(job: TrainingJob, query: QueryDict):
    return charts.convergence(curves.convergence(job), job.indicator_name, job.direction)


def _best_so_far(job: TrainingJob, query: QueryDict):
    return charts.best_so_far(curves.course(job), job.indicator_name)


def _name(job: TrainingJob, query: QueryDict, axis: str, place: int = 0) -> str:
    """The hyperparameter that the address asks for, or the one at that place. Raises Http404."""
    names = job.searched_names
    name = query.get(axis) or names[min(place, len(names) - 1)]
    if name not in names:
        raise Http404
    return name


def _contour(job: TrainingJob, query: QueryDict):
    if len(job.searched_names) < 2:
        return charts_space.empty("Contour", "A contour needs two hyperparameters; this job searches one.")
    return charts_space.contour(landscape(job), _name(job, query, "x"), _name(job, query, "y", 1))


def _marginal(job: TrainingJob, query: QueryDict):
    return charts_space.marginal(importance(job), landscape(job), _name(job, query, "x"))


def _belief(job: TrainingJob, query: QueryDict):
    if job.search_algorithm != "bayes_opt_search":
        return charts_space.empty("Sampler's view", "Only bayes_opt_search keeps a model to look at.")
    return charts_space.belief(belief(job), landscape(job), _name(job, query, "x"))


CHARTS = {
    "convergence": _convergence,
    "best-so-far": _best_so_far,
    "parallel": lambda job, query: charts_space.parallel(landscape(job)),
    "slice": lambda job, query: charts_space.slice_of(landscape(job), _name(job, query, "x")),
    "contour": _contour,
    "importance": lambda job, query: charts_space.importance(importance(job)),
    "marginal": _marginal,
    "timeline": lambda job, query: charts_space.timeline(landscape(job)),
    "distribution": lambda job, query: charts_space.distribution(landscape(job)),
    "sampler": _belief,
}


@require_GET
def chart(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One of the job's charts by its name; its data with `?format=csv`."""
    job = visible_job(request, pk)
    if name not in CHARTS or not job.is_search:
        raise Http404
    return answer_figure(request, CHARTS[name](job, request.GET), job.is_active, f"{job.name}-{name}")


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
    kept = curves.thin(rows["value"], curves.MOST_POINTS)
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
    """The figure as JSON, with an ETag so that an unchanged chart costs no bytes; or its data as CSV."""
    if request.GET.get("format") == "csv":
        named = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return HttpResponse(as_csv(figure), content_type="text/csv; charset=utf-8", headers=named)
    body = figure.to_json()
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}{int(active)}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    response = HttpResponse(body, content_type="application/json", headers={"ETag": tag})
    response["Cache-Control"] = "no-cache, private"
    response["X-Active"] = "1" if active else "0"
    return response
