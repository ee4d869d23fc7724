"""A job's trials, and what each leaves behind."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.urls import reverse

from jobs.execution.states import TRIAL_ACTIVE, TRIAL_ENDED, TrialStatus
from jobs.models.job import TrainingJob


class StopRequest(models.TextChoices):
    NONE = "", "None"
    KEEP = "keep", "Keep the value"
    IGNORE = "ignore", "Ignore the value"


class TrialOrigin(models.TextChoices):
    SAMPLER = "sampler", "Search algorithm"
    HAND = "hand", "Chosen by hand"


class TrialQuerySet(models.QuerySet):
    def claimable(self):
        """Pending trials that do not wait for the result of another one."""
        return self.filter(status=TrialStatus.PENDING).exclude(same_as__status__in=TRIAL_ACTIVE)

    def scored(self):
        """Trials whose value counts: completed ones, and those stopped early with their value kept."""
        kept = models.Q(status=TrialStatus.STOPPED, stop_request=StopRequest.KEEP)
        return self.filter(models.Q(status=TrialStatus.COMPLETED) | kept, value__isnull=False)


class Trial(models.Model):
    """One run of the script with one choice of hyperparameters."""

    job = models.ForeignKey(TrainingJob, models.CASCADE, related_name="trials")
    number = models.PositiveIntegerField(help_text="From 1, in the order of creation.")
    parameters = models.JSONField(default=dict, help_text="Searched hyperparameters by name.")
    status = models.CharField(max_length=16, choices=TrialStatus, default=TrialStatus.PENDING)
    reason = models.TextField(blank=True)

    value = models.FloatField(null=True, help_text="The objective: finite, or empty.")
    point_count = models.PositiveIntegerField(default=0)
    nonfinite_count = models.PositiveIntegerField(
        default=0, help_text="NaN and infinite values among the points."
    )
    indicator_revision = models.PositiveIntegerField(
        default=0, help_text="Of its job's, when its values were read."
    )
    line_count = models.PositiveBigIntegerField(default=0)

    origin = models.CharField(max_length=8, choices=TrialOrigin, default=TrialOrigin.SAMPLER)
    same_as = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The earlier trial with the same configuration whose result is used, or waited for.",
    )
    note = models.TextField(blank=True, max_length=2000, help_text="What people want to remember of it.")
    starred = models.BooleanField(default=False)
    hanging = models.BooleanField(default=False, help_text="Suspected to hang.")

    attempt = models.PositiveIntegerField(default=0, help_text="How often it was started.")
    losses = models.PositiveIntegerField(default=0, help_text="Attempts that died with their worker.")
    restarts = models.PositiveIntegerField(default=0, help_text="Retries of a failed run.")
    owner = models.UUIDField(null=True, help_text="The claim that may write to this row.")
    lease = models.DateTimeField(null=True, help_text="Until when the claim holds.")
    has_outputs = models.BooleanField(default=False, help_text="Files of its outputs are kept.")
    worker = models.CharField(max_length=128, blank=True)
    gpus = models.CharField(max_length=256, blank=True, help_text="The devices it was given, by comma.")
    stop_request = models.CharField(max_length=8, choices=StopRequest, default=StopRequest.NONE, blank=True)
    exit_code = models.IntegerField(null=True)
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ["job", "number"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="trial_number_unique")]
        indexes = [
            models.Index(fields=["status", "job"], name="trial_status"),
        ]

    def __str__(self) -> str:
        return f"{self.job} trial {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("jobs:trial", args=[self.job_id, self.number])

    @property
    def is_ended(self) -> bool:
        return self.status in TRIAL_ENDED

    @property
    def directory(self) -> Path:
        """The current attempt's folder."""
        return settings.JOBS_DIR / str(self.job_id) / str(self.number) / str(self.attempt)

    @property
    def log_path(self) -> Path:
        return self.directory / "output.log"


class TrialTag(models.Model):
    """A word that people put on a trial to find it again."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=32)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["trial", "name"], name="trial_tag_unique")]

    def __str__(self) -> str:
        return self.name


class PointBatch(models.Model):
    """Consecutive indicator points of a trial, packed by `jobs.results.points`."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="point_batches")
    first = models.PositiveIntegerField(help_text="Index of the first point.")
    count = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["trial", "first"]
        constraints = [models.UniqueConstraint(fields=["trial", "first"], name="point_batch_unique")]

    def __str__(self) -> str:
        return f"{self.count} points from {self.first}"


class Sketch(models.Model):
    """A long curve's points that charts show, packed by `jobs.results.points`, kept up to date as points arrive."""

    trial = models.OneToOneField(Trial, models.CASCADE, primary_key=True, related_name="sketch")
    count = models.PositiveIntegerField(help_text="Points that it is a sketch of.")
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"Sketch of {self.count} points"


class ResourceSample(models.Model):
    """What a trial's processes used at one moment."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="resource_samples")
    seconds = models.FloatField(help_text="Since the attempt started.")
    cpu_percent = models.FloatField(null=True)
    memory_bytes = models.PositiveBigIntegerField(null=True)
    gpu_percent = models.FloatField(null=True)
    gpu_memory_bytes = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["trial", "seconds"]

    def __str__(self) -> str:
        return f"{self.seconds:.0f} s"
