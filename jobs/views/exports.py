"""Downloads of a job's results."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jobs.results import catalogue, export, trial_table
from jobs.results.report import report as report_of
from jobs.views.access import visible_job
from jobs.views.charts import CHARTS

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "zip": "application/zip",
}
OF_TRIALS = {
    ("trials", "csv"): export.trials_csv,
    ("trials", "json"): export.trials_json,
    ("points", "csv"): export.points_csv,
    ("points", "jsonl"): export.points_json,
}
"""What holds the trials that the address asks for, filtered and sorted as it says."""
WHOLE = {("job", "json"): export.job_json, ("job", "zip"): export.job_zip}


@require_GET
def download(request: HttpRequest, pk: int, what: str, kind: str) -> StreamingHttpResponse:
    """One of the files above, sent while it is made."""
    job = visible_job(request, pk)
    if writer := OF_TRIALS.get((what, kind)):
        pieces = writer(job, trial_table.select(job, request.GET))
    elif writer := WHOLE.get((what, kind)):
        pieces = writer(job)
    else:
        raise Http404
    response = StreamingHttpResponse(pieces, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{job.name}-{what}.{kind}"'
    if kind == "zip":
        response["Content-Encoding"] = "identity"  # it is packed already
    return response


@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole job as one HTML file that needs neither the console nor a network."""
    job = visible_job(request, pk)
    names = [entry.name for entry in catalogue.entries(job)] if job.is_search else []
    figures = [CHARTS[name](job, request.GET).figure() for name in names]
    address = f"{job.get_absolute_url()}?{request.GET.urlencode()}"
    context = {**report_of(job, figures, request.GET), "address": request.build_absolute_uri(address)}
    response = render(request, "jobs/report.html", context)
    response["Content-Disposition"] = f'attachment; filename="{job.name}.html"'
    return response
