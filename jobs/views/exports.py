"""Downloads of a job's results."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jobs.results import export, trial_table
from jobs.results.report import report as report_of
from jobs.views.access import visible_job
from jobs.views.charts import CHARTS

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "jsonl": "application/jsonl"}


@require_GET
def download(request: HttpRequest, pk: int, what: str, kind: str) -> StreamingHttpResponse:
    """`trials.csv` and `job.json` (filtered and sorted as the address says), `points.csv`, `points.jsonl`."""
    job = visible_job(request, pk)
    trials = trial_table.select(job, request.GET)
    writers = {
        ("trials", "csv"): lambda: export.trials_csv(job, trials),
        ("job", "json"): lambda: export.job_json(job, trials),
        ("points", "csv"): lambda: export.points_csv(job),
        ("points", "jsonl"): lambda: export.points_json(job),
    }
    if (what, kind) not in writers:
        raise Http404
    response = StreamingHttpResponse(writers[what, kind](), content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{job.name}-{what}.{kind}"'
    return response


@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole job as one HTML file that needs neither the console nor a network."""
    job = visible_job(request, pk)
    figures = [make(job, request.GET).figure() for make in CHARTS.values()] if job.is_search else []
    response = render(request, "jobs/report.html", report_of(job, figures))
    response["Content-Disposition"] = f'attachment; filename="{job.name}.html"'
    return response
