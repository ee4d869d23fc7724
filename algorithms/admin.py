"""Algorithms, snapshots and engines for administrators."""

from pathlib import Path

from django import forms
from django.contrib import admin, messages
from django.db.models import Count
from django.utils.html import format_html

from algorithms import engines, lifecycle
from algorithms.forms.basics import RESOURCE_TYPES
from algorithms.models import Algorithm, CodeSnapshot, Engine

LOG_TAIL = 20_000


class EngineForm(forms.ModelForm):
    """An engine with its resource types to be ticked."""

    resource_types = forms.MultipleChoiceField(
        choices=RESOURCE_TYPES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Nothing ticked: any.",
    )

    class Meta:
        model = Engine
        exclude = ()  # noqa: DJ006 - the admin names the fields

    def clean_interpreter(self) -> str:
        path = self.cleaned_data["interpreter"]
        if path and not Path(path).is_absolute():
            raise forms.ValidationError(f"{path} is not an absolute path, such as /opt/python/bin/python.")
        return path


@admin.register(Engine)
class EngineAdmin(admin.ModelAdmin):
    """Engines; one with requirements is built when it is saved."""

    form = EngineForm
    list_display = ("__str__", "active", "build_status", "supports_auto_search", "types", "python")
    list_filter = ("framework", "active", "supports_auto_search", "build_status")
    search_fields = ("framework", "version", "interpreter")
    readonly_fields = ("python", "build_status", "log")
    actions = ("build_again",)
    fieldsets = (
        (None, {"fields": ("framework", "version", "active", "supports_auto_search", "resource_types")}),
        ("Interpreter", {"fields": ("interpreter", "requirements", "python", "build_status", "log")}),
    )

    @admin.display(description="resource types")
    def types(self, engine: Engine) -> str:
        return ", ".join(engine.resource_types) or "any"

    @admin.display(description="build log")
    def log(self, engine: Engine) -> str:
        """The end of what pip said; reload the page while it is being built."""
        if not engine.pk or not engine.build_log.is_file():
            return "–"
        text = engine.build_log.read_text(errors="replace")[-LOG_TAIL:]
        return format_html('<pre class="build-log">{}</pre>', text)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not obj.requirements:
            Engine.objects.filter(pk=obj.pk).update(build_status="")
        elif not change or {"requirements", "interpreter"} & set(form.changed_data):
            engines.submit(obj)
            messages.info(request, f"{obj} is being built. Its log grows on its page; reload it to read on.")

    @admin.action(description="Build the environments of the selected engines again")
    def build_again(self, request, queryset):
        built = [engine for engine in queryset if engine.requirements]
        for engine in built:
            engines.submit(engine)
        messages.info(request, f"{len(built)} engines with requirements are being built.")


@admin.register(Algorithm)
class AlgorithmAdmin(admin.ModelAdmin):
    """Algorithms, to be looked up, renamed and given to somebody else; all else is checked on their own page."""

    list_display = ("name", "owner", "status", "engine", "auto_search", "created", "updated")
    list_filter = ("status", "auto_search", "engine", "created")
    search_fields = ("name", "description", "owner__username", "code_directory")
    list_select_related = ("owner", "engine")
    autocomplete_fields = ("owner",)
    date_hierarchy = "created"
    changeable = ("name", "description", "owner")
    fieldsets = (
        (None, {"fields": (*changeable, "status", "reason", "created", "updated")}),
        ("Code", {"fields": (
            "engine", "code_directory", "boot_file", "image", "boot_command", "working_directory",
            "snapshot", "snapshot_taken", "revision", "queued",
        )}),
        ("Arguments", {"fields": (
            "inputs", "outputs", "hyperparameters", "argument_style", "boolean_style", "extra_arguments",
            "pythonpath",
        )}),
        ("Policies", {"fields": (
            "auto_search", "indicators", "search_ranges", "search_algorithms", "constraints",
        )}),
    )  # fmt: skip
    actions = ("update_snapshots",)

    def has_add_permission(self, request) -> bool:
        return False  # an algorithm is created on its page, where everything is checked

    def has_delete_permission(self, request, obj=None) -> bool:
        """Only its own page refuses while jobs are active."""
        return False

    def get_readonly_fields(self, request, obj=None) -> list[str]:
        shown = [name for _, options in self.fieldsets for name in options["fields"]]
        return [name for name in shown if name not in self.changeable]

    def save_model(self, request, obj, form, change):
        # Not the whole row: a task may be writing its status.
        obj.save(update_fields=[*form.changed_data, "updated"])

    @admin.action(description="Update the snapshots of the selected algorithms")
    def update_snapshots(self, request, queryset):
        for algorithm in queryset:
            lifecycle.submit(algorithm)
        messages.info(request, f"The snapshots of {len(queryset)} algorithms are being taken.")


@admin.register(CodeSnapshot)
class CodeSnapshotAdmin(admin.ModelAdmin):
    """Snapshots are made by tasks only."""

    list_display = ("__str__", "file_count", "size", "algorithm_count", "created")
    search_fields = ("content_hash", "algorithm__name")
    date_hierarchy = "created"
    readonly_fields = ("content_hash", "file_count", "size", "tree", "path", "created")

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(algorithm_count=Count("algorithm"))

    @admin.display(description="algorithms", ordering="algorithm_count")
    def algorithm_count(self, snapshot: CodeSnapshot) -> int:
        return snapshot.algorithm_count

    def has_add_permission(self, request) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
