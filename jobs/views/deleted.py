"""Training jobs that were deleted: what stays readable of them."""

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jobs.models import DeletedJob

PAGE_SIZE = 50


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The deleted jobs that the reader could see, the latest first; `q` is part of name, ID or a person."""
    jobs = DeletedJob.objects.visible_to(request.user).select_related("owner").defer("events", "outputs")
    for word in request.GET.get("q", "")[:200].replace("\0", "").split():
        fits = Q(name__icontains=word) | Q(deleted_by__icontains=word) | Q(owner__username__icontains=word)
        if word.isdecimal() and len(word) < 16:
            fits |= Q(job_id=int(word))
        jobs = jobs.filter(fits)
    page = Paginator(jobs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "days": settings.DELETED_JOBS_DAYS, "word": request.GET.get("q", "")}
    return render(request, "jobs/deleted.html", context)
