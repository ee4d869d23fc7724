"""The list of training jobs and its operations."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from jobs.execution import lifecycle
from jobs.forms import remaining_quota
from jobs.forms.job_filter import LONGEST_ID, job_list
from jobs.models import TrainingJob

PAGE_SIZE = 25
STOP_POLLING = 286


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The table: searched, filtered, sorted and paginated by the query string."""
    job_filter, jobs = job_list(request.user, request.GET)
    page = Paginator(jobs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": job_filter,
        "page_obj": page,
        "polled": [job for job in page if job.is_active],
        "remaining_quota": remaining_quota(request.user),
        "has_jobs": bool(page.paginator.count) or TrainingJob.objects.visible_to(request.user).exists(),
    }
    return render(request, "jobs/list.html", context)


@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """What has changed in the active rows, given as `job=<pk>:<status>`; polling ends when none is active."""
    shown = dict(_shown_rows(request.GET.getlist("job")))
    jobs = list(TrainingJob.objects.visible_to(request.user).for_list().filter(pk__in=shown))
    active = [job for job in jobs if job.is_active]
    context = {
        "jobs": [(job, job.status != shown[job.pk]) for job in jobs],
        "gone": set(shown) - {job.pk for job in jobs},
        "polled": active,
        "list_url": request.htmx.current_url_abs_path or reverse("jobs:list"),
    }
    return render(request, "jobs/_list_updates.html", context, status=200 if active else STOP_POLLING)


def _shown_rows(texts: list[str]):
    for text in texts[:PAGE_SIZE]:
        number, _, status = text.partition(":")
        if _is_pk(number):
            yield int(number), status


def _is_pk(text: str) -> bool:
    return text.isdecimal() and len(text) <= LONGEST_ID


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop one job."""
    _stop(request, [get_object_or_404(TrainingJob.objects.changeable_by(request.user), pk=pk)])
    return _back(request)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one job with its files."""
    _delete(request, [get_object_or_404(TrainingJob.objects.changeable_by(request.user), pk=pk)])
    return _back(request)


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Stop or delete the ticked jobs; those it is not possible for are named."""
    ticked = [number for number in request.POST.getlist("job") if _is_pk(number)][:PAGE_SIZE]
    jobs = list(TrainingJob.objects.changeable_by(request.user).filter(pk__in=ticked))
    operations = {"stop": _stop, "delete": _delete}
    operation = operations.get(request.POST.get("operation", ""))
    if operation and jobs:
        operation(request, jobs)
    else:
        messages.warning(request, "Tick at least one of your training jobs first.")
    return _back(request)


def _stop(request: HttpRequest, jobs: list[TrainingJob]) -> None:
    done = []
    for job in jobs:
        try:
            lifecycle.stop(job, by=request.user)
            done.append(job.name)
        except lifecycle.NotPossible as error:
            messages.error(request, str(error))
    if done:
        messages.success(request, f"{_named(done)} {'is' if len(done) == 1 else 'are'} being stopped.")


def _delete(request: HttpRequest, jobs: list[TrainingJob]) -> None:
    done = []
    for job in jobs:
        try:
            lifecycle.delete(job, by=request.user)
            done.append(job.name)
        except lifecycle.NotPossible as error:
            messages.error(request, str(error))
    if done:
        messages.success(request, f"{_named(done)} {'has' if len(done) == 1 else 'have'} been deleted.")


def _named(names: list[str]) -> str:
    return f"Training job {names[0]}" if len(names) == 1 else f"{len(names)} training jobs"


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the operation was asked for on, if it names itself as `next`."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return redirect(target)
    return redirect(reverse("jobs:list"))
