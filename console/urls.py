"""One prefix per page of the documentation's menu."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("algorithms/", include("algorithms.urls")),
    path("jobs/", include("jobs.urls")),
    path("storage/", include("storage.urls")),
    path("admin/queues/", include("django_rq.urls")),
    path("admin/", admin.site.urls),
]
