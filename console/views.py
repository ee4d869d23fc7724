"""The home page."""

from django.shortcuts import render

from algorithms.models import Algorithm
from jobs.models import TrainingJob

LATEST = 8
RUNNING = 6


def home(request):
    """What runs, what ran last, and the next step for somebody who is new."""
    jobs = TrainingJob.objects.visible_to(request.user).for_list()
    running = list(jobs.active()[: RUNNING + 1])
    context = {
        "running": running[:RUNNING],
        "more_running": len(running) > RUNNING,
        "latest": jobs[:LATEST],
        "has_algorithms": Algorithm.objects.visible_to(request.user).exists(),
    }
    return render(request, "console/home.html", context)
