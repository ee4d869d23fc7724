"""Several training jobs on one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from jobs.models import TrainingJob
from jobs.results import charts
from jobs.results.comparison import best_hyperparameters, differing, progress
from jobs.views.charts import answer_figure

MOST_JOBS = 10


@require_GET
def compare(request: HttpRequest, chart: str = "") -> HttpResponse:
    """The searches that the address names (`job`, several times), or one of the page's two charts."""
    jobs = _jobs(request)
    if chart:
        jobs = [job for job in jobs if _sought(job) == _sought(jobs[0])]
        figure = charts.progress([progress(job) for job in jobs], by_time=chart == "time")
        return answer_figure(request, figure, any(job.is_active for job in jobs), f"jobs-by-{chart}")
    asked = len(set(request.GET.getlist("job")))
    context = {
        "jobs": jobs,
        "left_out": asked - len(jobs),
        "most": MOST_JOBS,
        "rows": differing(jobs),
        "best": best_hyperparameters(jobs),
        "groups": _groups(jobs),
        "leader": _leader(jobs),
    }
    return render(request, "jobs/compare_jobs.html", context)


def _groups(jobs: list[TrainingJob]) -> list[dict]:
    """The jobs by what they look for: only values of one indicator in one direction stand on one axis."""
    found: dict[tuple[str, str], list[int]] = {}
    for job in jobs:
        found.setdefault(_sought(job), []).append(job.pk)
    return [
        {"indicator": name, "direction": direction, "query": urlencode({"job": keys}, doseq=True)}
        for (name, direction), keys in found.items()
    ]


def _sought(job: TrainingJob) -> tuple[str, str]:
    return job.indicator_name, job.direction


def _leader(jobs: list[TrainingJob]) -> TrainingJob | None:
    """The job with the best value, where all look for the same."""
    valued = [job for job in jobs if job.best_value is not None]
    if not valued or len({_sought(job) for job in jobs}) > 1:
        return None
    return (max if jobs[0].direction == "max" else min)(valued, key=lambda job: job.best_value)


def _jobs(request: HttpRequest) -> list[TrainingJob]:
    """The searches that the address names, in its order."""
    keys = [int(text) for text in request.GET.getlist("job") if text.isdecimal() and len(text) < 10]
    keys = list(dict.fromkeys(keys))[:MOST_JOBS]
    jobs = TrainingJob.objects.visible_to(request.user).filter(pk__in=keys)
    related = ("owner", "best_trial", "snapshot", "pool", "flavor")
    searches = jobs.exclude(search_space={}).select_related(*related)
    return sorted(searches, key=lambda job: keys.index(job.pk))
