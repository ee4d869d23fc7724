"""The log of a trial: live tail, search, download."""

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jobs.models import TrainingJob
from jobs.results import logs
from jobs.results.archive import zipped
from jobs.views.access import visible_job, visible_trial
from jobs.views.chosen import chosen_trial, whole_number

MOST_HITS = 2_000
MOST_LISTED = 200
"""Lines found that are listed; the others are reached by *Next*."""

MOST_FOUND = 100
"""Trials that a search over all of them lists."""


@require_GET
def log(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The log's fragment: the newest part, the part that holds `line`, or the one where a word stands."""
    row = visible_trial(request, pk, number)
    return render(request, "jobs/_log.html", {"trial": row, "job": row.job, **log_context(request, row)})


@require_GET
def log_since(request: HttpRequest, pk: int, number: int) -> JsonResponse:
    """What the log has got since the byte `after`, which is in line `line`, for the live tail."""
    row = visible_trial(request, pk, number)
    system = request.GET.get("system") != "0"
    start, line = whole_number(request, "after", 0), whole_number(request, "line", 1)
    part = logs.read(row.log_path, start, system=system, ended=row.is_ended, number=line)
    answer = {"lines": part.lines, "numbers": part.numbers, "next": part.following, "rest": part.rest}
    return JsonResponse({**answer, "end": part.end, "ended": row.is_ended, "attempt": row.attempt})


@require_GET
def log_download(request: HttpRequest, pk: int, number: int) -> FileResponse:
    """The whole log as a file; with `?inline` as plain text in the browser."""
    row = visible_trial(request, pk, number)
    if not row.log_path.exists():
        raise Http404
    name = f"{row.job.name}-trial-{row.number}.log"
    kind = "text/plain; charset=utf-8"
    return FileResponse(
        row.log_path.open("rb"), as_attachment="inline" not in request.GET, filename=name, content_type=kind
    )


@require_GET
def download_all(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The logs of all trials that have run, as one .zip file."""
    job = visible_job(request, pk)
    files = []
    for row in job.trials.exclude(attempt=0).order_by("number").only("number", "attempt", "job_id"):
        files.append((f"{job.name}/trial-{row.number}.log", row.log_path))
    response = StreamingHttpResponse(zipped(files), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{job.name}-logs.zip"'
    return response


@require_GET
def search(request: HttpRequest, pk: int) -> HttpResponse:
    """One word in the logs of all trials of the job: a page, or for the tab *Logs* its fragment."""
    job = visible_job(request, pk)
    word = request.GET.get("q", "").strip()
    found = []
    if word:
        for row in job.trials.exclude(attempt=0).order_by("number"):
            row.job = job
            hits = logs.search(row.log_path, word, most=20)
            if hits:
                found.append((row, [(number, logs.marked(line, word)) for number, _, line in hits]))
            if len(found) >= MOST_FOUND:
                break
    context = {"job": job, "word": word, "everywhere": word, "found": found, "most_trials": MOST_FOUND}
    return render(request, "jobs/_log_search.html" if request.htmx else "jobs/log_search.html", context)


def chosen_log(request: HttpRequest, job: TrainingJob) -> dict:
    """What the tab *Logs* shows: the log of the chosen trial, and how to choose another."""
    context = chosen_trial(request, job)
    return {**context, **log_context(request, context["trial"])} if context["trial"] else context


def log_context(request: HttpRequest, row) -> dict:
    """The part to show: around `line`, around the first line with the word, else the newest."""
    system = request.GET.get("system") != "0"
    word = request.GET.get("q", "").strip()
    hits = logs.search(row.log_path, word, MOST_HITS, system) if word else []
    line = whole_number(request, "line", 0)
    if not line and hits:
        line = hits[0][0]
    if line:
        part = logs.around(row.log_path, line, system, ended=row.is_ended)
    else:
        part = logs.newest(row.log_path, system=system, ended=row.is_ended)
    return {
        "part": part,
        "lines": [(at, logs.marked(text, word)) for at, text in zip(part.numbers, part.lines, strict=True)],
        "system": system,
        "word": word,
        "line": line,
        "hits": [(number, logs.marked(text, word)) for number, _, text in hits[:MOST_LISTED]],
        "hit_count": len(hits),
        "most_hits": MOST_HITS,
        **_neighbours([number for number, _, _ in hits], line),
    }


def _neighbours(numbers: list[int], line: int) -> dict[str, int | None]:
    """Which of the lines found this is, from 1 (0: none), and the lines before and after it."""
    before = [number for number in numbers if number < line]
    after = [number for number in numbers if number > line]
    place = numbers.index(line) + 1 if line in numbers else 0
    return {
        "place": place,
        "previous": before[-1] if before else None,
        "next": after[0] if after else None,
    }
