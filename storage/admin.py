"""Buckets on the administration site."""

from django.contrib import admin

from storage.models import Bucket


@admin.register(Bucket)
class BucketAdmin(admin.ModelAdmin):
    """Owners and read-only flags. Buckets are deleted on the Object Storage page, together with their files."""

    list_display = ["name", "owner", "read_only", "created"]
    list_filter = ["read_only", "created"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username"]
    autocomplete_fields = ["owner"]
    readonly_fields = ["created"]

    def get_readonly_fields(self, request, obj=None):
        # The name is the folder of the files: changed, they would be lost.
        return [*self.readonly_fields, "name"] if obj else self.readonly_fields

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
