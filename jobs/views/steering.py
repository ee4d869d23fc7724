"""What people do to a job on its page while it runs or after it has ended. See `jobs.execution.steering`.

What needs a page of its own is in `jobs.views.steering_pages`.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from jobs.execution import steering
from jobs.execution.lifecycle import NotPossible
from jobs.forms.steering import ChangeForm, ExtendForm, JobForm
from jobs.models import TrainingJob, Trial
from jobs.views.access import changeable_job


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Start no further trials for now."""
    job = changeable_job(request, pk)
    _do(request, lambda: steering.pause(job, request.user), f"{job.name} is paused. Running trials go on.")
    return redirect(job)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a paused job go on."""
    job = changeable_job(request, pk)
    _do(request, lambda: steering.resume(job, request.user), f"{job.name} goes on.")
    return redirect(job)


@require_POST
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Add `count` trials to a search."""
    job = changeable_job(request, pk)
    form = ExtendForm(request.POST, job=job, user=request.user)
    if _valid(request, form):
        count = form.cleaned_data["count"]
        done = f"{count} trial{'' if count == 1 else 's'} added to {job.name}."
        _do(request, lambda: steering.extend(job, count, request.user), done)
    return redirect(job)


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Set how many trials run at once, and the priority."""
    job = changeable_job(request, pk)
    form = ChangeForm(request.POST, job=job, user=request.user)
    if _valid(request, form):
        _do(request, lambda: _change(job, form.cleaned_data, request.user), f"{job.name} has been changed.")
    return redirect(job)


@require_POST
def stop_trial(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Stop one trial early; `value` says whether its value is kept ("keep") or not."""
    trial = _trial(request, pk, number)
    keep = request.POST.get("value") == "keep"
    done = f"Trial {number} is being stopped, its value {'kept' if keep else 'ignored'}."
    _do(request, lambda: steering.stop_trial(trial, request.user, keep=keep), done)
    return redirect(trial)


@require_POST
def retry_trial(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Start one failed trial again."""
    trial = _trial(request, pk, number)
    done = f"Trial {number} is started again."
    _do(request, lambda: steering.retry(trial.job, [number], request.user), done)
    return redirect(trial)


def _trial(request: HttpRequest, pk: int, number: int) -> Trial:
    return get_object_or_404(
        Trial.objects.select_related("job"), job=changeable_job(request, pk), number=number
    )


def _change(job: TrainingJob, wish: dict, by) -> None:
    """Change what differs, so that the events tell what happened."""
    if wish["max_concurrent"] != job.max_concurrent:
        steering.set_max_concurrent(job, wish["max_concurrent"], by)
    if wish["priority"] != job.priority:
        steering.set_priority(job, wish["priority"], by)


def _valid(request: HttpRequest, form: JobForm) -> bool:
    for problem in form.problems:
        messages.error(request, problem)
    return form.is_valid()


def _do(request: HttpRequest, act: Callable[[], object], done: str) -> None:
    """Act, and tell how that went."""
    try:
        act()
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
