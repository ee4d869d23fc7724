"""Several training jobs on one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jobs.models import TrainingJob
from jobs.results import charts
from jobs.results.comparison import differing, progress
from jobs.views.charts import answer_figure

MOST_JOBS = 10


@require_GET
def compare(request: HttpRequest, chart: str = "") -> HttpResponse:
    """The searches that the address names (`job`, several times), or one of the page's two charts."""
    jobs = _jobs(request)
    if chart:
        figure = charts.progress([progress(job) for job in jobs], by_time=chart == "time")
        return answer_figure(request, figure, any(job.is_active for job in jobs), f"jobs-by-{chart}")
    context = {
        "jobs": jobs,
        "rows": differing(jobs),
        "indicators": {(job.indicator_name, job.direction) for job in jobs},
    }
    return render(request, "jobs/compare_jobs.html", context)


def _jobs(request: HttpRequest) -> list[TrainingJob]:
    keys = [int(text) for text in request.GET.getlist("job") if text.isdecimal() and len(text) < 10]
    jobs = TrainingJob.objects.visible_to(request.user).filter(pk__in=keys[:MOST_JOBS])
    searches = jobs.exclude(search_space={}).select_related("owner", "best_trial", "snapshot")
    return list(searches.order_by("pk"))
