"""The admin site's view of jobs: everything that ran is read-only."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from jobs.execution.queue import capacity
from jobs.models import (
    Event,
    Flavor,
    PointBatch,
    ResourcePool,
    ResourceSample,
    TrainingJob,
    Trial,
)


class RecordAdmin(admin.ModelAdmin):
    """Rows that only running trials write."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(ResourcePool)
class ResourcePoolAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "capacity", "active"]
    list_filter = ["kind", "active"]
    search_fields = ["name"]
    readonly_fields = ["capacity"]

    def get_readonly_fields(self, request: HttpRequest, obj: ResourcePool | None = None) -> list[str]:
        # Its workers serve the queue of that name: renamed, it would have none.
        return [*self.readonly_fields, "name"] if obj else self.readonly_fields

    @admin.display(description="capacity")
    def capacity(self, pool: ResourcePool) -> str:
        """What its workers, which are its capacity, can run at once now."""
        count = capacity(pool.name)
        if count is None:
            return "unknown: the queue server is away"
        return f"{count} trial{'' if count == 1 else 's'} at once" if count else "no worker serves it"


@admin.register(Flavor)
class FlavorAdmin(admin.ModelAdmin):
    list_display = ["name", "resource_type", "cpu_count", "memory_mb", "gpu_count", "active"]
    list_filter = ["resource_type", "active"]
    search_fields = ["name"]


@admin.register(TrainingJob)
class TrainingJobAdmin(admin.ModelAdmin):
    """Jobs are created on the console's own page; here they are looked up, renamed and reprioritised."""

    list_display = [
        "name", "pk", "status", "owner", "algorithm_name", "trials_ended", "best_value", "pool", "priority",
        "created",
    ]  # fmt: skip
    list_filter = ["status", "pool", "priority", "search_algorithm", "created"]
    search_fields = ["name", "=id", "algorithm_name", "owner__username", "reason"]
    date_hierarchy = "created"
    list_select_related = ["owner", "pool"]
    list_per_page = 50
    show_full_result_count = False
    raw_id_fields = ["owner"]
    changeable = ("name", "description", "owner", "priority", "max_concurrent")
    fieldsets = [
        (None, {"fields": ["name", "description", "owner", "status", "reason"]}),
        ("Times", {"fields": ["created", "started", "ended"]}),
        ("Trials", {"fields": [
            "num_samples", "max_concurrent", "created_trials", "completed_trials", "failed_trials",
            "stopped_trials", "best_trial", "best_value", "paused", "closing",
        ]}),
        ("Search", {"fields": [
            "indicator_name", "direction", "pattern", "objective", "search_algorithm", "search_parameters",
            "search_space", "warm_start_from",
        ]}),
        ("Script", {"fields": [
            "algorithm", "algorithm_name", "snapshot", "specification_data", "hyperparameters", "inputs",
            "outputs", "predownload", "environment", "log_path_uri",
        ]}),
        ("Resources and limits", {"fields": [
            "pool", "flavor", "priority", "auto_restart", "auto_stop_hours", "trial_time_limit_seconds",
            "max_failed_trials", "target_value", "patience_trials", "early_stopping", "save_model_count",
            "hang_minutes", "stop_when_hanging",
        ]}),
    ]  # fmt: skip

    @admin.display(description="trials")
    def trials_ended(self, job: TrainingJob) -> str:
        return f"{job.ended_trials}/{job.num_samples}"

    def get_readonly_fields(self, request: HttpRequest, obj: TrainingJob | None = None) -> list[str]:
        shown = [name for _, options in self.fieldsets for name in options["fields"]]
        return [name for name in shown if name not in self.changeable]

    def save_model(self, request, obj: TrainingJob, form, change: bool) -> None:
        # Not the whole row: workers write its counts and status meanwhile.
        obj.save(update_fields=form.changed_data)

    def get_queryset(self, request: HttpRequest):
        return (
            super()
            .get_queryset(request)
            .filter(preflight__isnull=True)
            .defer("specification_data", "sealed_environment")
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TrainingJob | None = None) -> bool:
        """Deleting takes the files along, which only the console's own pages do."""
        return False


@admin.register(Trial)
class TrialAdmin(RecordAdmin):
    list_display = [
        "job",
        "number",
        "status",
        "value",
        "attempt",
        "restarts",
        "losses",
        "worker",
        "started",
        "ended",
    ]
    list_filter = ["status", "started"]
    search_fields = ["job__name", "=job__id", "reason", "worker"]
    list_select_related = ["job"]


@admin.register(Event)
class EventAdmin(RecordAdmin):
    list_display = ["time", "level", "kind", "job", "trial_number", "message", "duration"]
    list_filter = ["level", "kind", "time"]
    search_fields = ["job__name", "=job__id", "message"]
    list_select_related = ["job", "trial"]

    @admin.display(description="trial")
    def trial_number(self, event: Event) -> int | None:
        return event.trial.number if event.trial else None


@admin.register(PointBatch)
class PointBatchAdmin(RecordAdmin):
    list_display = ["trial", "first", "count"]
    search_fields = ["trial__job__name", "=trial__job__id"]
    list_select_related = ["trial__job"]
    exclude = ["data"]


@admin.register(ResourceSample)
class ResourceSampleAdmin(RecordAdmin):
    list_display = ["trial", "seconds", "cpu_percent", "memory_bytes", "gpu_percent", "gpu_memory_bytes"]
    search_fields = ["trial__job__name", "=trial__job__id"]
    list_select_related = ["trial__job"]
