"""The files a trial has written to its outputs."""

from itertools import islice

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jobs.execution.outputs import addresses, files_in, folders_of, found
from jobs.models import Trial
from jobs.results.archive import zipped
from jobs.views.access import visible_trial
from storage.uri import parse_uri

MOST_LISTED = 200
UNPACKED = {"Content-Encoding": "identity"}
"""Else the answer would be packed on its way, and lose its length."""


@require_GET
def listing(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The files of each output, for the trial's page."""
    trial = visible_trial(request, pk, number)
    return render(
        request, "jobs/_trial_outputs.html", {"trial": trial, "job": trial.job, "outputs": outputs_of(trial)}
    )


@require_GET
def download(request: HttpRequest, pk: int, number: int, name: str, path: str) -> FileResponse:
    """One file of an output, as an attachment that no browser interprets."""
    folder = folders_of(visible_trial(request, pk, number)).get(name)
    file = found(folder, path) if folder else None
    if file is None:
        raise Http404
    return FileResponse(
        file.open("rb"),
        as_attachment=True,
        filename=file.name,
        content_type="application/octet-stream",
        headers=UNPACKED,
    )


@require_GET
def download_all(request: HttpRequest, pk: int, number: int) -> StreamingHttpResponse:
    """The files of all outputs as one .zip file, made while it is sent."""
    trial = visible_trial(request, pk, number)
    name = f"{trial.job.name}-trial-{number}-outputs"
    members = (
        (f"{name}/{output}/{printable(path)}", folder / path)
        for output, folder in folders_of(trial).items()
        for path, _ in files_in(folder)
    )
    named = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return StreamingHttpResponse(
        zipped(members), content_type="application/zip", headers={**named, **UNPACKED}
    )


def outputs_of(trial: Trial) -> list[dict]:
    """Each output with its first files as (path, bytes, path for an address), and where it is stored."""
    stored = addresses(trial)
    result = []
    for name, folder in folders_of(trial).items():
        files = list(islice(files_in(folder), MOST_LISTED + 1))
        place = parse_uri(stored[name]) if name in stored else None
        rows = [(printable(path), size, path if path == printable(path) else "") for path, size in files]
        result.append(
            {"name": name, "files": rows[:MOST_LISTED], "more": len(files) > MOST_LISTED, "place": place}
        )
    return result


def printable(path: str) -> str:
    """The path with question marks for bytes that are no text."""
    return path.encode(errors="replace").decode()
