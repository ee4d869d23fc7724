"""The regex workbench: generate a pattern, try it on a sample, and where samples come from."""

from django.apps import apps
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from algorithms import workbench
from algorithms.patterns import generate_pattern, suggest_direction
from algorithms.patterns.source import sample_of
from algorithms.views.code import boot_path, chosen_script, reader
from algorithms.workbench import LONGEST_SAMPLE, Row
from console.words import number
from storage.objects import StorageError

LONGEST_NAME = 256
MOST_TRIALS = 30
MOST_VALUES = 1000
NO_PRINTS = "No print or logging call with a value was found in the boot file."
NO_SOURCE = "The boot file cannot be read. Choose the code directory and a boot file in it first."


@require_POST
def pattern(request):
    """Generate Intelligently, from the indicator's name, the boot file and a sample where there is one."""
    name = _indicator(request)
    generated = generate_pattern(name, sample=_sample(request) or None, source=_source(request))
    return JsonResponse(
        {
            "pattern": generated.pattern,
            "explanation": generated.explanation,
            "direction": suggest_direction(name),
        }
    )


@require_POST
def attempt(request):
    """What the pattern reads from the sample: marked rows, values, warnings, and the other names found."""
    sample = _sample(request)
    tried = workbench.attempt(_indicator(request), request.POST.get("pattern", ""), sample)
    return JsonResponse(
        {
            "problem": tried.problem,
            "warnings": tried.warnings,
            "rows": [_row(row) for row in tried.rows] if sample else [],
            "summary": {key: number(value) for key, value in tried.summary.items()},
            "values": [number(value) for value in tried.values[:MOST_VALUES]],
            "curve": tried.curve,
            "discovered": [
                {
                    "name": one.name,
                    "count": one.count,
                    "direction": one.direction,
                    "detail": workbench.describe(one),
                }
                for one in workbench.quantities(sample)
            ],
        }
    )


@require_POST
def boot_sample(request):
    """A log as the boot file may print it, with invented numbers."""
    source = _source(request)
    if source is None:
        return JsonResponse({"text": "", "problem": NO_SOURCE})
    text = sample_of(source)
    return JsonResponse({"text": text, "problem": "" if text else NO_PRINTS})


@require_GET
def trials(request):
    """Earlier trials whose log can be a sample, newest first."""
    rows = _trials(request.user).select_related("job").filter(line_count__gt=0).order_by("-pk")[:MOST_TRIALS]
    return JsonResponse({"trials": [{"url": _log_url(row), "label": _label(row)} for row in rows]})


@require_GET
def trial_log(request, pk: int):
    """The beginning of a trial's log."""
    trial = get_object_or_404(_trials(request.user), pk=pk)
    try:
        with trial.log_path.open("rb") as file:
            text = file.read(LONGEST_SAMPLE)
    except FileNotFoundError:
        text = b""
    return HttpResponse(text.decode("utf-8", "replace"), content_type="text/plain; charset=utf-8")


def _trials(user):
    # By name: jobs is built on algorithms, so this room cannot import it.
    jobs = apps.get_model("jobs", "TrainingJob").objects.visible_to(user)
    return apps.get_model("jobs", "Trial").objects.filter(job__in=jobs)


def _log_url(trial) -> str:
    return reverse("algorithms:workbench_log", args=[trial.pk])


def _label(trial) -> str:
    return f"{trial.job.name}, trial {trial.number} ({trial.created:%Y-%m-%d %H:%M})"


def _row(row: Row) -> dict:
    marks = [[mark.start, mark.value_start, mark.value_end, mark.end] for mark in row.marks]
    return {"number": row.number, "text": row.text, "marks": marks, "skipped": row.skipped}


def _indicator(request) -> str:
    return request.POST.get("indicator", "").strip()[:LONGEST_NAME]


def _sample(request) -> str:
    return request.POST.get("sample", "")[:LONGEST_SAMPLE]


def _source(request) -> str | None:
    """The boot file's text, where the form names one that can be read."""
    folder, boot_file = chosen_script(request.POST)
    if not folder or not boot_file:
        return None
    try:
        return reader(request.user, folder)(boot_path(folder, boot_file))
    except StorageError:
        return None
