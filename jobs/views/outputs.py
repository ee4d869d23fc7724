"""The files a trial has written to its outputs."""

from itertools import islice

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jobs.execution.outputs import addresses, files_in, folders_of
from jobs.models import Trial
from jobs.views.access import visible_trial
from storage.uri import parse_uri

MOST_LISTED = 200


@require_GET
def listing(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The files of each output, for the trial's page."""
    trial = visible_trial(request, pk, number)
    return render(
        request, "jobs/_trial_outputs.html", {"trial": trial, "job": trial.job, "outputs": _outputs(trial)}
    )


@require_GET
def download(request: HttpRequest, pk: int, number: int, name: str, path: str) -> FileResponse:
    """One file of an output, as an attachment that no browser interprets."""
    folder = folders_of(visible_trial(request, pk, number)).get(name)
    if folder is None or "\0" in path:
        raise Http404
    file = (folder / path).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        raise Http404
    return FileResponse(
        file.open("rb"), as_attachment=True, filename=file.name, content_type="application/octet-stream"
    )


def _outputs(trial: Trial) -> list[dict]:
    stored = addresses(trial)
    found = []
    for name, folder in folders_of(trial).items():
        files = list(islice(files_in(folder), MOST_LISTED + 1))
        place = parse_uri(stored[name]) if name in stored else None
        found.append(
            {"name": name, "files": files[:MOST_LISTED], "more": len(files) > MOST_LISTED, "place": place}
        )
    return found
