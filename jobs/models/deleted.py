"""What is known of a training job after it was deleted."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from console.access import OwnedQuerySet


class DeletedJob(models.Model):
    """A training job that was deleted: by whom, when, what went with it, and its events in the end."""

    job_id = models.PositiveBigIntegerField(unique=True)
    name = models.CharField(max_length=64)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="deleted_jobs")
    algorithm_name = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=16, help_text="When it was deleted.")
    reason = models.TextField(blank=True)
    created = models.DateTimeField()
    started = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    created_trials = models.PositiveIntegerField()
    failed_trials = models.PositiveIntegerField()
    indicator_name = models.CharField(max_length=256, blank=True)
    best_value = models.FloatField(null=True)
    outputs = models.JSONField(default=list, help_text="Paths in the object storage that were left alone.")
    events = models.JSONField(default=list, help_text="Of the job itself, newest first.")
    deleted = models.DateTimeField(auto_now_add=True, db_index=True)
    deleted_by = models.CharField(max_length=150)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["-deleted", "-pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The address that the job had."""
        return reverse("jobs:detail", args=[self.job_id])
