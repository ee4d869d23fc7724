"""The training job."""

from pathlib import Path

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from algorithms.models import Algorithm, CodeSnapshot, name_validator
from algorithms.specification import AlgorithmSpecification, Indicator
from console.access import OwnedQuerySet
from jobs.execution.states import JOB_ACTIVE, JOB_STOPPABLE, JobStatus
from jobs.models.resources import Flavor, ResourcePool
from jobs.sealing import unseal


class Objective(models.TextChoices):
    BEST = "best", "Best value the trial reached"
    LATEST = "latest", "Latest value the trial printed"


class EarlyStopping(models.TextChoices):
    NONE = "", "None"
    MEDIAN = "median", "Median rule"
    ASHA = "asha", "Asynchronous successive halving"


class JobQuerySet(OwnedQuerySet):
    """Pre-flight checks are jobs to workers only: no page finds them through these doors."""

    def visible_to(self, user):
        return super().visible_to(user).filter(preflight__isnull=True)

    def changeable_by(self, user):
        return super().changeable_by(user).filter(preflight__isnull=True)

    def active(self):
        return self.filter(status__in=JOB_ACTIVE)

    def for_list(self):
        """What a row of the list shows, without the large columns it does not."""
        return self.select_related("owner", "algorithm").defer(
            "specification_data",
            "hyperparameters",
            "search_parameters",
            "inputs",
            "outputs",
            "environment",
            "sealed_environment",
            "algorithm__inputs",
            "algorithm__outputs",
            "algorithm__hyperparameters",
            "algorithm__indicators",
            "algorithm__search_ranges",
            "algorithm__search_algorithms",
            "algorithm__constraints",
        )

    def open(self):
        """Jobs whose trials may be claimed: what they know is not being read anew right now."""
        going = self.filter(status__in=[JobStatus.PENDING, JobStatus.RUNNING])
        return going.filter(paused=False, reading_anew=False)


class TrainingJob(models.Model):
    """One training job: a search of many trials, or a plain run, which is a job of exactly one trial."""

    name = models.CharField(max_length=64, validators=[name_validator])
    description = models.TextField(blank=True, validators=[MaxLengthValidator(256)])
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="jobs")
    algorithm = models.ForeignKey(Algorithm, models.SET_NULL, null=True, blank=True, related_name="jobs")
    algorithm_name = models.CharField(max_length=64, blank=True)
    specification_data = models.JSONField(default=dict, help_text="The algorithm as it was at submission.")
    snapshot = models.ForeignKey(CodeSnapshot, models.PROTECT, related_name="jobs", null=True)

    hyperparameters = models.JSONField(default=dict, blank=True, help_text="Fixed values by name, in order.")
    search_space = models.JSONField(
        default=dict, blank=True, help_text="Searched ranges; empty for a plain job."
    )
    indicator_name = models.CharField(max_length=256, blank=True)
    direction = models.CharField(max_length=3, blank=True, choices=[("max", "max"), ("min", "min")])
    pattern = models.CharField(max_length=500, blank=True)
    objective = models.CharField(max_length=8, choices=Objective, default=Objective.BEST)
    search_algorithm = models.CharField(max_length=64, blank=True)
    search_parameters = models.JSONField(default=dict, blank=True)
    num_samples = models.PositiveIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    max_concurrent = models.PositiveIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(1_000)]
    )

    inputs = models.JSONField(default=dict, blank=True, help_text="Data path by input name.")
    outputs = models.JSONField(default=dict, blank=True, help_text="Output path by output name.")
    predownload = models.JSONField(
        default=list,
        blank=True,
        help_text="Names of the outputs whose path is copied into the environment first.",
    )
    environment = models.JSONField(default=dict, blank=True)
    sealed_environment = models.TextField(
        blank=True, editable=False, help_text="Secret variables, encrypted by `jobs.sealing`."
    )
    log_path_uri = models.CharField(
        "persistent log path", max_length=1024, blank=True, help_text="Where the logs are kept for good."
    )
    pool = models.ForeignKey(ResourcePool, models.PROTECT, related_name="jobs")
    flavor = models.ForeignKey(Flavor, models.PROTECT, null=True, blank=True, related_name="jobs")
    priority = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )

    auto_restart = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(3)], help_text="Retries of a failed trial."
    )
    auto_stop_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(72)]
    )
    trial_time_limit_seconds = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    max_failed_trials = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    target_value = models.FloatField(null=True, blank=True, help_text="The search ends when it is reached.")
    patience_trials = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="The search ends after so many trials without improvement.",
    )
    early_stopping = models.CharField(
        max_length=16,
        blank=True,
        choices=EarlyStopping,
        help_text="Ends trials that cannot win any more, judged by the others' curves.",
    )
    hang_minutes = models.PositiveIntegerField(
        null=True,
        blank=True,
        default=30,
        validators=[MinValueValidator(1)],
        help_text="Without output and processor time for so long, a trial is suspected to hang.",
    )
    stop_when_hanging = models.BooleanField(default=False)
    budgets_from = models.DateTimeField(
        null=True, editable=False, help_text="What happened before counts against none of the budgets above."
    )
    save_model_count = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Outputs of so many best trials are kept; empty: of all.",
    )
    phases = models.JSONField(
        default=list, blank=True, editable=False, help_text="Search spaces by the first trial they hold for."
    )
    warm_start_from = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="warm_started",
        help_text="Jobs whose trials are history for the sampler.",
    )

    preflight = models.JSONField(
        null=True,
        editable=False,
        help_text="For a pre-flight check: num_samples, max_concurrent and time limit of the job it is for.",
    )

    status = models.CharField(max_length=16, choices=JobStatus, default=JobStatus.CREATING, editable=False)
    reason = models.TextField(blank=True, editable=False)
    paused = models.BooleanField(default=False, editable=False, help_text="No trial is started meanwhile.")
    indicator_revision = models.PositiveIntegerField(
        default=0, editable=False, help_text="How often the indicator has been read anew."
    )
    reading_anew = models.BooleanField(default=False, editable=False, help_text="It is being read right now.")
    closing = models.TextField(blank=True, editable=False, help_text="Why no further trial is made.")
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    started = models.DateTimeField(null=True, editable=False)
    ended = models.DateTimeField(null=True, editable=False)

    # Kept up to date with every trial, so that no list has to count.
    created_trials = models.PositiveIntegerField(default=0, editable=False)
    completed_trials = models.PositiveIntegerField(default=0, editable=False)
    failed_trials = models.PositiveIntegerField(default=0, editable=False)
    stopped_trials = models.PositiveIntegerField(default=0, editable=False)
    best_trial = models.ForeignKey("Trial", models.SET_NULL, null=True, editable=False, related_name="+")
    best_value = models.FloatField(null=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        indexes = [
            models.Index(fields=["status", "-priority", "created"], name="job_claim"),
            models.Index(fields=["owner", "-created"], name="job_owner"),
        ]
        permissions = [("use_highest_priority", "Can give jobs the highest priority")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("jobs:detail", args=[self.pk])

    @property
    def specification(self) -> AlgorithmSpecification:
        return AlgorithmSpecification.from_json(self.specification_data)

    def as_read(self, specification: AlgorithmSpecification) -> AlgorithmSpecification:
        """The specification with the indicator that the values are read by now, if another one was submitted."""
        present = Indicator(self.indicator_name, self.direction, self.pattern)
        submitted = present in self.specification.indicators or not self.pattern
        return specification if submitted else specification.with_indicator(present)

    def read_by(self, indicator: Indicator) -> None:
        """Have the values read by that indicator."""
        self.indicator_name = indicator.name
        self.direction = indicator.direction
        self.pattern = indicator.pattern

    @property
    def secret_environment(self) -> dict[str, str]:
        """The secret variables in the clear: for the trial's process, never for a page or a log."""
        return unseal(self.sealed_environment)

    @property
    def is_search(self) -> bool:
        return bool(self.search_space)

    @property
    def is_preflight(self) -> bool:
        return self.preflight is not None

    @property
    def searched_names(self) -> list[str]:
        """The hyperparameters that are searched; none for a plain job."""
        return [dimension["name"] for dimension in self.search_space.get("dimensions", [])]

    @property
    def is_active(self) -> bool:
        return self.status in JOB_ACTIVE

    @property
    def is_stoppable(self) -> bool:
        return self.status in JOB_STOPPABLE

    @property
    def ended_trials(self) -> int:
        return self.completed_trials + self.failed_trials + self.stopped_trials

    @property
    def active_trials(self) -> int:
        """Trials pending or running."""
        return self.created_trials - self.ended_trials

    @property
    def directory(self) -> Path:
        """Where the trials' logs and files are."""
        return settings.JOBS_DIR / str(self.pk)
