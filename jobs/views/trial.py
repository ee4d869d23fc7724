"""The page of a trial: result, parameters, curve, resource usage, outputs, log, and what people note of it."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from jobs.forms.marks import NoteForm, TagForm
from jobs.models import TrainingJob, Trial
from jobs.results import trial_filter, trial_table
from jobs.results.neighbours import place_of
from jobs.results.receipt import receipt
from jobs.views.access import changeable_by, visible_trial
from jobs.views.logs import log_context
from jobs.views.outputs import outputs_of

MOST_EVENTS = 50


@require_GET
def page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The trial. `list` in the address is the query of the table that it was opened from."""
    trial = visible_trial(request, pk, number)
    came_from = QueryDict(request.GET.get("list", ""))
    context = {
        "trial": trial,
        "job": trial.job,
        "changeable": changeable_by(request.user, trial.job),
        "receipt": receipt(trial),
        "among": place_of(trial, came_from),
        "came_from": came_from.urlencode(),
        "list_filtered": bool(trial_filter.parts(trial.job, came_from)),
        "difference": trial_table.difference(trial.job, trial),
        "events": trial.events.all()[:MOST_EVENTS],
        "took": trial_table.duration(trial),
        "outputs": outputs_of(trial),
        "job_tags": trial_table.tags_of(trial.job),
        **log_context(request, trial),
    }
    return render(request, "jobs/trial.html", context)


@require_POST
def star(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Star the trial (`starred=1`), or take its star away."""
    trial = _changeable(request, pk, number)
    trial.starred = bool(request.POST.get("starred"))
    trial.save(update_fields=["starred"])
    return _answer(request, trial, "jobs/_trial_star.html")


@require_POST
def note(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Change the trial's note."""
    trial = _changeable(request, pk, number)
    form = NoteForm(request.POST, instance=trial)
    if form.is_valid():
        trial.save(update_fields=["note"])
    return _answer(request, trial, "jobs/_trial_note.html", form)


@require_POST
def tags(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Put a tag on the trial (`tag`), or take one away (`remove`)."""
    trial = _changeable(request, pk, number)
    if "remove" in request.POST:
        trial.tags.filter(name=request.POST["remove"]).delete()
        return _answer(request, trial, "jobs/_trial_tags.html")
    form = TagForm(request.POST, trial=trial)
    if form.is_valid():
        form.save()
    return _answer(request, trial, "jobs/_trial_tags.html", form)


def _changeable(request: HttpRequest, pk: int, number: int) -> Trial:
    job = get_object_or_404(TrainingJob.objects.changeable_by(request.user), pk=pk)
    return get_object_or_404(Trial.objects.select_related("job"), job=job, number=number)


def _answer(request: HttpRequest, trial: Trial, template: str, form=None) -> HttpResponse:
    """The changed part of the page, with what is wrong with the form; without htmx, the page."""
    wrong = form is not None and not form.is_valid()
    if not request.htmx and not wrong:
        return redirect(trial)
    context = {
        "trial": trial,
        "job": trial.job,
        "changeable": True,
        "form": form if wrong else None,
        "job_tags": trial_table.tags_of(trial.job),
    }
    return render(request, template, context, status=422 if wrong else 200)
