"""The home page."""

from django.shortcuts import render

from algorithms.models import Algorithm
from jobs.models import TrainingJob

LATEST = 8
RUNNING = 6
POLLING_ENDS = 286
"""The status with which htmx shows the answer and stops asking."""


def home(request):
    """What runs, what ran last, and the next step for somebody who is new.

    While something runs, the page asks for its job part again; 286 ends that.
    """
    jobs = TrainingJob.objects.visible_to(request.user).for_list()
    running = list(jobs.active()[: RUNNING + 1])
    context = {
        "running": running[:RUNNING],
        "more_running": len(running) > RUNNING,
        "latest": list(jobs[:LATEST]),
    }
    if request.htmx:
        return render(request, "console/_home_jobs.html", context, status=200 if running else POLLING_ENDS)
    if not context["latest"]:
        context["has_algorithms"] = Algorithm.objects.visible_to(request.user).exists()
    return render(request, "console/home.html", context)
