"""A trial's page with its log: live tail, search, download."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jobs.execution.preparation import command_of, directories_of, interpreter_of
from jobs.results import logs
from jobs.views.detail import visible_job, visible_trial
from runtime.command import CommandError, as_shell_line

MOST_WHOLE = 8 * 1024 * 1024


@require_GET
def trial(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The trial: why it ended, with which hyperparameters, its curve, its log."""
    row = visible_trial(request, pk, number)
    context = {
        "trial": row,
        "job": row.job,
        "changeable": row.job.owner == request.user or request.user.is_staff,
        "parameters": {**row.job.hyperparameters, **row.parameters},
        "command": _command(row),
        "events": row.events.all()[:50],
        "took": (row.ended - row.started) if row.ended and row.started else None,
        **_log(request, row),
    }
    return render(request, "jobs/trial.html", context)


@require_GET
def log(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The log's fragment: the newest part, the whole, or the lines that hold a word."""
    row = visible_trial(request, pk, number)
    return render(request, "jobs/_log.html", {"trial": row, "job": row.job, **_log(request, row)})


@require_GET
def log_since(request: HttpRequest, pk: int, number: int) -> JsonResponse:
    """What the log has got since the byte `after`, for the live tail."""
    row = visible_trial(request, pk, number)
    after = request.GET.get("after", "0")
    system = request.GET.get("system") != "0"
    start = int(after) if after.isdecimal() else 0
    part = logs.read(row.log_path, start, system=system, ended=row.is_ended)
    return JsonResponse({"lines": part.lines, "end": part.end, "ended": row.is_ended, "attempt": row.attempt})


@require_GET
def log_download(request: HttpRequest, pk: int, number: int) -> FileResponse:
    """The whole log as a file."""
    row = visible_trial(request, pk, number)
    if not row.log_path.exists():
        raise Http404
    name = f"{row.job.name}-trial-{row.number}.log"
    return FileResponse(row.log_path.open("rb"), as_attachment=True, filename=name, content_type="text/plain")


@require_GET
def search(request: HttpRequest, pk: int) -> HttpResponse:
    """One word in the logs of all trials of the job."""
    job = visible_job(request, pk)
    word = request.GET.get("q", "").strip()
    found = []
    if word:
        for row in job.trials.exclude(attempt=0).order_by("number"):
            row.job = job
            hits = logs.search(row.log_path, word, most=20)
            if hits:
                found.append((row, hits))
            if len(found) >= 100:
                break
    return render(request, "jobs/_log_search.html", {"job": job, "word": word, "found": found})


def _command(row) -> str:
    directories = directories_of(row)
    try:
        return as_shell_line(command_of(row, directories, interpreter_of(row)))
    except CommandError as error:
        return str(error)


def _log(request: HttpRequest, row) -> dict:
    system = request.GET.get("system") != "0"
    word = request.GET.get("q", "").strip()
    whole = "whole" in request.GET
    part = logs.newest(row.log_path, MOST_WHOLE if whole else logs.NEWEST_BYTES, system, ended=row.is_ended)
    hits = logs.search(row.log_path, word) if word else []
    return {"part": part, "system": system, "word": word, "hits": hits, "whole": whole}
