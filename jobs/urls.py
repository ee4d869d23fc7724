"""Training Management, one line per page or operation."""

from django.urls import path

from jobs.views import charts, compare, create, detail, exports, logs, preflight, standing, steering, trials
from jobs.views import list as listing

app_name = "jobs"
urlpatterns = [
    path("", listing.listing, name="list"),
    path("bulk/", listing.bulk, name="bulk"),
    path("compare/", compare.compare, name="compare"),
    path("compare/<slug:chart>/", compare.compare, name="compare_chart"),
    path("create/", create.create, name="create"),
    path("create/preflight/", preflight.start, name="preflight"),
    path("create/preflight/<int:pk>/", preflight.report, name="preflight_report"),
    path("create/preflight/<int:pk>/stop/", preflight.stop, name="preflight_stop"),
    path("create/sections/", create.create_sections, name="create_sections"),
    path("rows/", listing.rows, name="rows"),
    path("<int:pk>/", detail.detail, name="detail"),
    path("<int:pk>/change/", steering.change, name="change"),
    path("<int:pk>/charts/<slug:name>/", charts.chart, name="chart"),
    path("<int:pk>/compare/", trials.compare, name="compare_trials"),
    path("<int:pk>/curves/", charts.trial_curves, name="trial_curves"),
    path("<int:pk>/delete/", listing.delete, name="delete"),
    path("<int:pk>/describe/", detail.describe, name="describe"),
    path("<int:pk>/export/<slug:what>.<slug:kind>", exports.download, name="download"),
    path("<int:pk>/extend/", steering.extend, name="extend"),
    path("<int:pk>/defaults/", standing.make_defaults, name="make_defaults"),
    path("<int:pk>/live/", detail.live, name="live"),
    path("<int:pk>/logs/", logs.search, name="log_search"),
    path("<int:pk>/logs/download/", logs.download_all, name="logs_download"),
    path("<int:pk>/pause/", steering.pause, name="pause"),
    path("<int:pk>/report/", exports.report, name="report"),
    path("<int:pk>/reread/", steering.reread, name="reread"),
    path("<int:pk>/resume/", steering.resume, name="resume"),
    path("<int:pk>/retry/", steering.retry, name="retry"),
    path("<int:pk>/standing/", standing.show, name="standing"),
    path("<int:pk>/stop/", listing.stop, name="stop"),
    path("<int:pk>/trials/", trials.table, name="trials"),
    path("<int:pk>/trials/<int:number>/", logs.trial, name="trial"),
    path("<int:pk>/trials/<int:number>/curve/", charts.trial_curve, name="trial_curve"),
    path("<int:pk>/trials/<int:number>/log/", logs.log, name="log"),
    path("<int:pk>/trials/<int:number>/log/download/", logs.log_download, name="log_download"),
    path("<int:pk>/trials/<int:number>/log/since/", logs.log_since, name="log_since"),
    path("<int:pk>/trials/<int:number>/retry/", steering.retry_trial, name="retry_trial"),
    path("<int:pk>/trials/<int:number>/stop/", steering.stop_trial, name="stop_trial"),
    path("<int:pk>/trials/<int:number>/usage/", charts.trial_usage, name="trial_usage"),
]
