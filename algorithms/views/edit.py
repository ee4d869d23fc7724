"""Create, edit and copy an algorithm."""

from dataclasses import asdict

from django.apps import apps
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from algorithms import lifecycle
from algorithms.forms.page import AlgorithmPage
from algorithms.models import Algorithm, Engine, name_validator
from algorithms.preview import preview

LONGEST_NUMBER = 18


def create(request):
    """Create algorithm, empty or filled in from an algorithm (`?copy=`) or a training job (`?job=`)."""
    page = AlgorithmPage(request.user, request.POST or None, source=_source(request))
    if request.method == "POST" and page.is_valid() and _save(page):
        messages.success(request, f"The algorithm {page.instance.name} has been submitted.")
        return redirect(page.instance)
    return _answer(request, page)


def edit(request, pk: int):
    """Edit an algorithm; a new snapshot is taken where its code or what that runs on has changed."""
    algorithm = get_object_or_404(Algorithm.objects.changeable_by(request.user), pk=pk)
    before = _code(algorithm)
    page = AlgorithmPage(request.user, request.POST or None, instance=algorithm)
    if request.method == "POST" and page.is_valid() and _save(page, before):
        messages.success(
            request, f"The algorithm {algorithm.name} was saved. Existing jobs stay as they are."
        )
        return redirect(algorithm)
    return _answer(request, page)


@require_POST
def check(request):
    """What is wrong or doubtful in the form as it is typed, and the preview."""
    instance = None
    if pk := request.POST.get("algorithm"):
        instance = _named(Algorithm.objects.changeable_by(request.user), pk)
    page = AlgorithmPage(request.user, request.POST, instance=instance, is_draft=True)
    page.is_valid()
    return JsonResponse(
        {
            "errors": page.errors(),
            "problems": [asdict(problem) for problem in page.problems()],
            "warnings": page.warnings(),
            "preview": _preview(page),
        }
    )


def _answer(request, page: AlgorithmPage):
    form = page.form
    context = {
        "page": page,
        "form": form,
        "algorithm": page.instance if page.instance.pk else None,
        "problems": page.problems() if form.is_bound else [],
        "preview": _preview(page),
    }
    return render(request, "algorithms/form.html", context, status=422 if form.is_bound else 200)


def _preview(page: AlgorithmPage) -> str:
    engine = page.form.engine
    interpreter = "" if page.form.is_custom else engine.python if engine else "python"
    return render_to_string("algorithms/_preview.html", {"preview": preview(page.draft(), interpreter)})


def _save(page: AlgorithmPage, before: tuple | None = None) -> bool:
    """Store a valid form; a snapshot is taken unless the code is still that of `before`."""
    algorithm = page.fill()
    try:
        with transaction.atomic():
            if before != _code(algorithm) or not algorithm.is_available:
                lifecycle.submit(algorithm)
            else:
                algorithm.save()
    except IntegrityError:
        page.form.add_error("name", f"There is an algorithm {algorithm.name} already. Choose another name.")
        return False
    return True


def _code(algorithm: Algorithm) -> tuple:
    return (
        algorithm.code_directory,
        algorithm.boot_file,
        algorithm.engine_id,
        algorithm.image,
        algorithm.boot_command,
    )


def _named(rows, text: str):
    """The row that an address or a form names by its number; 404 where there is none."""
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise Http404
    return get_object_or_404(rows, pk=text)


def _source(request) -> Algorithm | None:
    if pk := request.GET.get("copy"):
        source = _named(Algorithm.objects.visible_to(request.user), pk)
        source.name = _free_name(request.user, f"{source.name}-copy")
        return source
    if pk := request.GET.get("job"):
        jobs = apps.get_model("jobs", "TrainingJob").objects.visible_to(request.user)
        return _from_job(request.user, _named(jobs, pk))
    return None


def _from_job(user, job) -> Algorithm:
    """The algorithm a job was made of, with the values the job used as defaults."""
    specification = job.as_read(job.specification)
    values = asdict(specification)
    engine = Engine.objects.filter(interpreter=values.pop("interpreter")).first()
    name = values.pop("engine_name")
    named = next((engine for engine in Engine.objects.all() if str(engine) == name), engine)
    if specification.image:
        named = None
    for row in values["hyperparameters"]:
        row["default"] = job.hyperparameters.get(row["name"], row["default"])
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    return Algorithm(name=_free_name(user, job.name), engine=named, **values)


def _free_name(user, wanted: str) -> str:
    """The name, or the first numbered form of it that the user has not given yet."""
    taken = set(Algorithm.objects.filter(owner=user).values_list("name", flat=True))
    candidates = [wanted[:64], *(f"{wanted[:60]}-{number}" for number in range(2, 1000))]
    return next((name for name in candidates if name not in taken and name_validator.regex.match(name)), "")
