"""An algorithm's page and what can be done there."""

from django.contrib import messages
from django.db.models import ProtectedError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST

from algorithms import lifecycle
from algorithms.changes import changes_since
from algorithms.forms.arguments import restraint_summary
from algorithms.models import Algorithm
from algorithms.views.listing import STOP_POLLING, gone
from search import SAMPLERS
from storage.objects import StorageError

SHOWN_JOBS = 20


def detail(request, pk: int):
    """The algorithm's page."""
    algorithm = _visible(request, pk)
    jobs = algorithm.jobs.visible_to(request.user)
    context = _state(request, algorithm) | {
        "hyperparameters": [row | {"limits": restraint_summary(row)} for row in algorithm.hyperparameters],
        "search_algorithms": [
            (name, SAMPLERS[name].title if name in SAMPLERS else "", parameters)
            for name, parameters in algorithm.search_algorithms.items()
        ],
        "jobs": jobs.order_by("-created")[:SHOWN_JOBS],
        "job_count": jobs.count(),
    }
    return render(request, "algorithms/detail.html", context)


def progress(request, pk: int):
    """The part of the page that changes while the snapshot is being taken."""
    algorithm = _rows(request).filter(pk=pk).first()
    if algorithm is None:
        return gone(request)
    status = 200 if algorithm.is_creating else STOP_POLLING
    return render(
        request, "algorithms/_progress.html", _state(request, algorithm) | {"swap": True}, status=status
    )


def changes(request, pk: int):
    """What has changed in the code directory since the snapshot; loaded after the page."""
    algorithm = _rows(request).filter(pk=pk).first()
    if algorithm is None:
        return gone(request)
    context = {"algorithm": algorithm, "may_change": _may_change(request, algorithm)}
    try:
        context["changes"] = changes_since(algorithm)
    except StorageError as error:
        context["problem"] = str(error)
    return render(request, "algorithms/_changes.html", context)


@require_POST
def retry(request, pk: int):
    """Take the snapshot again: after a failure, or because the code directory has changed."""
    algorithm = get_object_or_404(Algorithm.objects.changeable_by(request.user), pk=pk)
    if not algorithm.is_creating:
        lifecycle.submit(algorithm)
    return redirect(algorithm)


@require_POST
def delete(request, pk: int):
    """Delete an algorithm unless jobs made with it are active; finished jobs keep all they need."""
    algorithm = get_object_or_404(Algorithm.objects.changeable_by(request.user), pk=pk)
    active = list(algorithm.jobs.active()[:5])
    if active:
        links = format_html_join(
            ", ", '<a href="{}">{}</a>', ((job.get_absolute_url(), job.name) for job in active)
        )
        messages.error(
            request,
            format_html(
                "{} cannot be deleted while its jobs are active: {}. Stop them first.", algorithm.name, links
            ),
        )
        return redirect(algorithm)
    try:
        algorithm.delete()
    except ProtectedError:
        messages.error(request, f"{algorithm.name} cannot be deleted: something still refers to it.")
        return redirect(algorithm)
    messages.success(request, f"The algorithm {algorithm.name} was deleted.")
    return redirect("algorithms:list")


def _rows(request):
    return Algorithm.objects.visible_to(request.user).select_related("owner", "engine", "snapshot")


def _visible(request, pk: int) -> Algorithm:
    return get_object_or_404(_rows(request), pk=pk)


def _may_change(request, algorithm: Algorithm) -> bool:
    return request.user.is_staff or algorithm.owner_id == request.user.pk


def _state(request, algorithm: Algorithm) -> dict:
    return {"algorithm": algorithm, "may_change": _may_change(request, algorithm)}
