"""My algorithms: the table, and the status of one row while it is being created."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render

from algorithms.models import Algorithm, AlgorithmStatus

PAGE_SIZE = 20
SORTS = {
    "name": "name",
    "status": "status",
    "engine": "engine__framework",
    "created": "created",
    "creator": "owner__username",
    "jobs": "job_count",
}
STOP_POLLING = 286
"""The status with which htmx is told to stop polling."""


def algorithm_list(request):
    """My algorithms, with search, filter, order and pages in the query string."""
    algorithms = Algorithm.objects.visible_to(request.user)
    text, status = request.GET.get("q", "").strip(), request.GET.get("status", "")
    sort = request.GET.get("sort", "")
    rows = algorithms.for_list().order_by(*_order(sort))
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(description__icontains=text) | Q(owner__username=text))
    if status in AlgorithmStatus.values:
        rows = rows.filter(status=status)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "q": text,
        "status": status,
        "statuses": AlgorithmStatus.values,
        "is_filtered": bool(text or status),
        "changeable": {row.pk for row in page if request.user.is_staff or row.owner_id == request.user.pk},
    }
    return render(request, "algorithms/list.html", context)


def _order(sort: str) -> list[str]:
    name = sort.removeprefix("-")
    if name not in SORTS:
        return ["-created", "-pk"]
    sign = "-" if sort.startswith("-") else ""
    return [f"{sign}{SORTS[name]}", "-pk"]


def gone(request):
    """The answer to a poll for an algorithm that was deleted meanwhile: the page says so and stops asking."""
    if not request.htmx:
        raise Http404
    return HttpResponse("This algorithm does not exist any more.", status=STOP_POLLING)


def row_status(request, pk: int):
    """The status cell of a row; ends its own polling when the algorithm is no longer being created."""
    algorithm = Algorithm.objects.visible_to(request.user).filter(pk=pk).first()
    if algorithm is None:
        return gone(request)
    status = 200 if algorithm.is_creating else STOP_POLLING
    return render(request, "algorithms/_status.html", {"algorithm": algorithm}, status=status)
