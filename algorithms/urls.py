"""Addresses of Algorithm Management."""

from django.urls import path

from algorithms.views import detail, edit, listing, tools, workbench

app_name = "algorithms"
urlpatterns = [
    path("", listing.algorithm_list, name="list"),
    path("create/", edit.create, name="create"),
    path("check/", edit.check, name="check"),
    path("arguments/", tools.arguments, name="arguments"),
    path("pattern/", workbench.pattern, name="pattern"),
    path("workbench/attempt/", workbench.attempt, name="attempt"),
    path("workbench/boot-file/", workbench.boot_sample, name="boot_sample"),
    path("workbench/trials/", workbench.trials, name="workbench_trials"),
    path("workbench/trials/<int:pk>/log/", workbench.trial_log, name="workbench_log"),
    path("<int:pk>/", detail.detail, name="detail"),
    path("<int:pk>/edit/", edit.edit, name="edit"),
    path("<int:pk>/status/", listing.row_status, name="status"),
    path("<int:pk>/progress/", detail.progress, name="progress"),
    path("<int:pk>/changes/", detail.changes, name="changes"),
    path("<int:pk>/retry/", detail.retry, name="retry"),
    path("<int:pk>/delete/", detail.delete, name="delete"),
]
