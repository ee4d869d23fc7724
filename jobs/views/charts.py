"""The charts of a job as Plotly JSON, for static/js/charts.js to draw."""

import hashlib

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jobs.models import TrainingJob
from jobs.results import charts, curves, points
from jobs.views.detail import visible_job, visible_trial

MEGABYTE = 1024 * 1024


def _convergence(job: TrainingJob):
    return charts.convergence(curves.convergence(job), job.indicator_name, job.direction)


def _best_so_far(job: TrainingJob):
    return charts.best_so_far(curves.course(job), job.indicator_name)


CHARTS = {"convergence": _convergence, "best-so-far": _best_so_far}


@require_GET
def chart(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One of the job's charts by its name."""
    job = visible_job(request, pk)
    if name not in CHARTS:
        raise Http404
    return _answer(request, CHARTS[name](job), job.is_active)


@require_GET
def trial_curve(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The indicator of one trial by step."""
    trial = visible_trial(request, pk, number)
    rows = points.read(trial)
    kept = curves.thin(rows["value"], curves.MOST_POINTS)
    value = np.where(np.isfinite(rows["value"][kept]), rows["value"][kept], np.nan)
    figure = charts.single_curve(rows["step"][kept], value, trial.job.indicator_name or "value")
    return _answer(request, figure, not trial.is_ended)


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
    return _answer(request, charts.usage(rows[:, 0], series), not trial.is_ended)


def _answer(request: HttpRequest, figure, active: bool) -> HttpResponse:
    """The figure as JSON, with an ETag so that an unchanged chart costs no bytes."""
    body = figure.to_json()
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}{int(active)}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    response = HttpResponse(body, content_type="application/json", headers={"ETag": tag})
    response["Cache-Control"] = "no-cache, private"
    response["X-Active"] = "1" if active else "0"
    return response
