"""Addresses of Algorithm Management."""

from django.urls import path

from algorithms.views import detail, edit, listing, tools

app_name = "algorithms"
urlpatterns = [
    path("", listing.algorithm_list, name="list"),
    path("create/", edit.create, name="create"),
    path("check/", edit.check, name="check"),
    path("arguments/", tools.arguments, name="arguments"),
    path("pattern/", tools.pattern, name="pattern"),
    path("<int:pk>/", detail.detail, name="detail"),
    path("<int:pk>/edit/", edit.edit, name="edit"),
    path("<int:pk>/status/", listing.row_status, name="status"),
    path("<int:pk>/progress/", detail.progress, name="progress"),
    path("<int:pk>/changes/", detail.changes, name="changes"),
    path("<int:pk>/retry/", detail.retry, name="retry"),
    path("<int:pk>/delete/", detail.delete, name="delete"),
]
