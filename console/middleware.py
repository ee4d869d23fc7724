"""What stands around every page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError


class QueueServerAway:
    """Answers with a page that says so where one cannot do without the queue server, and that is away."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RedisError):
            return None
        return render(request, "console/queue_away.html", {"cause": str(exception)}, status=503)
