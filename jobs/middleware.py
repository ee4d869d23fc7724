"""Answers for addresses of jobs that are no more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jobs.execution.deletion import told
from jobs.views.access import JobDeleted

GONE = 410


class DeletedJobs:
    """Answers every address of a deleted job with what is known of it, to those who could see it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, JobDeleted):
            return None
        return render(
            request, "jobs/gone.html", {"job": exception.job, "events": told(exception.job)}, status=GONE
        )
