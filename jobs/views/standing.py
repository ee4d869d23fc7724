"""The verdict below the best value, and what can be done with the best hyperparameters."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from algorithms.models import Algorithm
from jobs.models import TrainingJob
from jobs.results.standing import standing
from jobs.views.access import changeable_by, visible_job, visible_trial


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The verdict's fragment; 204 when nothing has changed since the reader's one."""
    job = visible_job(request, pk)
    stamp = f"{job.ended_trials}.{job.best_trial_id}.{job.is_active}"
    if request.GET.get("seen") == stamp:
        return HttpResponse(status=204)
    changeable = Algorithm.objects.changeable_by(request.user).filter(pk=job.algorithm_id).exists()
    context = {
        "job": job,
        "stamp": stamp,
        "standing": standing(job),
        "algorithm_changeable": changeable,
        "changeable": changeable_by(request.user, job),
    }
    return render(request, "jobs/_standing.html", context)


@require_POST
def make_defaults(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the hyperparameters of the trial `trial` the defaults of the job's algorithm."""
    job = visible_job(request, pk)
    number = request.POST.get("trial", "")
    trial = visible_trial(request, pk, int(number) if number.isdecimal() else 0)
    values = {**job.hyperparameters, **trial.parameters}
    with transaction.atomic():
        algorithms = Algorithm.objects.changeable_by(request.user).select_for_update(of=("self",))
        algorithm = get_object_or_404(algorithms, pk=job.algorithm_id)
        changed = _set_defaults(algorithm, job, values)
        algorithm.save(update_fields=["hyperparameters", "updated"])
    if changed:
        messages.success(request, f"Defaults of {algorithm.name} changed: {', '.join(changed)}.")
    else:
        messages.info(request, f"{algorithm.name} has these defaults already.")
    return redirect(job)


def _set_defaults(algorithm: Algorithm, job: TrainingJob, values: dict) -> list[str]:
    """Put the values into the algorithm's rows of the same names; returns the names that changed."""
    changed = []
    for row in algorithm.hyperparameters:
        name = row["name"]
        if name not in values:
            continue
        value = str(values[name]) if row.get("type") == "String" else values[name]
        if row.get("default") != value:
            row["default"] = value
            changed.append(name)
    return changed
