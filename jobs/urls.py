"""Training Management, one line per page or operation."""

from django.urls import path

from jobs.views import create
from jobs.views import list as listing

app_name = "jobs"
urlpatterns = [
    path("", listing.listing, name="list"),
    path("bulk/", listing.bulk, name="bulk"),
    path("create/", create.create, name="create"),
    path("create/sections/", create.create_sections, name="create_sections"),
    path("rows/", listing.rows, name="rows"),
    path("<int:pk>/delete/", listing.delete, name="delete"),
    path("<int:pk>/stop/", listing.stop, name="stop"),
]
