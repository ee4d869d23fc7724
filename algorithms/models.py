"""Engines, algorithms and the snapshots of their code."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.utils import timezone

from algorithms.specification import AlgorithmSpecification
from console.access import OwnedQuerySet

REQUIREMENTS_FILE = "pip-requirements.txt"
CUSTOM_IMAGE = "Custom image"

name_validator = RegexValidator(
    r"\A[A-Za-z0-9_-]{1,64}\Z", "Use 1 to 64 letters, digits, hyphens or underscores."
)


class BuildStatus(models.TextChoices):
    NONE = "", "Not built here"
    BUILDING = "Building"
    READY = "Ready"
    FAILED = "Failed"


class EngineQuerySet(models.QuerySet):
    def offered(self):
        """Engines that forms may offer."""
        return self.filter(active=True, build_status__in=[BuildStatus.NONE, BuildStatus.READY])


class Engine(models.Model):
    """An AI engine: a Python interpreter that runs boot files."""

    framework = models.CharField(max_length=64, help_text="The first step of the choice, e.g. PyTorch.")
    version = models.CharField(max_length=64, help_text="The second step, e.g. 2.4-py3.11.")
    interpreter = models.CharField(
        max_length=512,
        blank=True,
        help_text="Absolute path of the Python to run. Empty: the interpreter the console runs on.",
    )
    supports_auto_search = models.BooleanField("supports autoSearch(S)", default=True)
    resource_types = models.JSONField(default=list, blank=True, help_text='A list, e.g. ["CPU", "GPU"].')
    active = models.BooleanField(default=True, help_text="Inactive engines are not offered in forms.")
    requirements = models.TextField(
        blank=True,
        help_text="pip requirements, one a line. Filled in, a virtual environment with these packages is "
        "built from the interpreter above when you save, and boot files run in it.",
    )
    build_status = models.CharField(
        max_length=16, choices=BuildStatus, default=BuildStatus.NONE, blank=True, editable=False
    )

    objects = EngineQuerySet.as_manager()

    class Meta:
        ordering = ["framework", "version"]
        constraints = [models.UniqueConstraint(fields=["framework", "version"], name="engine_unique")]

    def __str__(self) -> str:
        return f"{self.framework}-{self.version}"

    @property
    def python(self) -> str:
        """Path of the interpreter that runs boot files."""
        return str(self.directory / "bin" / "python") if self.requirements else self.base_python

    @property
    def base_python(self) -> str:
        """Path of the interpreter a virtual environment is built from."""
        return self.interpreter or sys.executable

    @property
    def directory(self) -> Path:
        """Where the virtual environment of an engine with requirements is."""
        return settings.DATA_DIR / "engines" / str(self.pk)

    @property
    def build_log(self) -> Path:
        """What pip said while the environment was built."""
        return settings.DATA_DIR / "engines" / f"{self.pk}.log"


class CodeSnapshot(models.Model):
    """A frozen copy of a code directory, stored once per content."""

    content_hash = models.CharField(max_length=64, unique=True)
    file_count = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    tree = models.JSONField(default=list, help_text="Rows of path, size and sha256.")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.content_hash[:12]

    @property
    def path(self) -> Path:
        """The folder that holds the files."""
        return settings.SNAPSHOTS_DIR / self.content_hash

    @property
    def requirements(self) -> Path | None:
        """The packages to install before the boot file runs, if the code directory names any."""
        return (
            self.path / REQUIREMENTS_FILE
            if any(row["path"] == REQUIREMENTS_FILE for row in self.tree)
            else None
        )


class AlgorithmStatus(models.TextChoices):
    CREATING = "Creating"
    AVAILABLE = "Available"
    FAILED = "Failed"


class ArgumentStyle(models.TextChoices):
    SPACE = "space", "--name value"
    EQUALS = "equals", "--name=value"


class BooleanStyle(models.TextChoices):
    VALUE = "value", "--name True"
    FLAG = "flag", "--name, left out when False"


class WorkingDirectory(models.TextChoices):
    CODE = "code", "The code directory"
    BOOT = "boot", "The folder of the boot file"


class AlgorithmQuerySet(OwnedQuerySet):
    def for_list(self):
        """Rows of the page My algorithms."""
        return self.select_related("owner", "engine").annotate(job_count=models.Count("jobs"))


class Algorithm(models.Model):
    """A training script with what the console has to know to run and to search it.

    The JSON fields hold the records of `algorithms.specification`.
    """

    name = models.CharField(max_length=64, validators=[name_validator])
    description = models.TextField(blank=True, validators=[MaxLengthValidator(256)])
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="algorithms")
    status = models.CharField(
        max_length=16, choices=AlgorithmStatus, default=AlgorithmStatus.CREATING, editable=False
    )
    reason = models.TextField(blank=True, editable=False, help_text="Why it failed.")
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)
    revision = models.PositiveIntegerField(default=0, editable=False, help_text="How often it was submitted.")
    queued = models.DateTimeField(
        default=timezone.now, editable=False, help_text="Last sign of life of the snapshot's task."
    )

    engine = models.ForeignKey(
        Engine, models.PROTECT, related_name="algorithms", null=True, blank=True,
        help_text="None for a custom image.",
    )  # fmt: skip
    code_directory = models.CharField(max_length=1024, blank=True, help_text="obs://bucket/folder/")
    boot_file = models.CharField(max_length=1024, blank=True, help_text="Path inside the code directory.")
    image = models.CharField(max_length=1024, blank=True, help_text="obs:// address of a custom image.")
    image_digest = models.CharField(max_length=64, blank=True, editable=False)
    boot_command = models.CharField(max_length=1024, blank=True, help_text="Run by the image's shell.")
    snapshot = models.ForeignKey(CodeSnapshot, models.PROTECT, null=True, editable=False)
    snapshot_taken = models.DateTimeField(null=True, editable=False)
    argument_style = models.CharField(max_length=8, choices=ArgumentStyle, default=ArgumentStyle.SPACE)
    boolean_style = models.CharField(max_length=8, choices=BooleanStyle, default=BooleanStyle.VALUE)
    extra_arguments = models.CharField(max_length=1024, blank=True)
    pythonpath = models.CharField(max_length=1024, blank=True)
    working_directory = models.CharField(
        max_length=8, choices=WorkingDirectory, default=WorkingDirectory.CODE
    )

    inputs = models.JSONField(default=list, blank=True)
    outputs = models.JSONField(default=list, blank=True)
    hyperparameters = models.JSONField(default=list, blank=True)
    auto_search = models.BooleanField("autoSearch(S)", default=False)
    indicators = models.JSONField(default=list, blank=True)
    search_ranges = models.JSONField(default=list, blank=True)
    search_algorithms = models.JSONField(default=dict, blank=True)
    constraints = models.JSONField(default=dict, blank=True)

    objects = AlgorithmQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="algorithm_name_unique")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("algorithms:detail", args=[self.pk])

    @property
    def is_available(self) -> bool:
        return self.status == AlgorithmStatus.AVAILABLE

    @property
    def is_creating(self) -> bool:
        return self.status == AlgorithmStatus.CREATING

    @property
    def is_failed(self) -> bool:
        return self.status == AlgorithmStatus.FAILED

    @property
    def runs_on(self) -> str:
        """What the script runs on, as pages show it."""
        return CUSTOM_IMAGE if self.image else str(self.engine)

    def specification(self) -> AlgorithmSpecification:
        """What a job keeps of this algorithm."""
        python = self.engine.python if self.engine else ""
        return AlgorithmSpecification.from_json(
            {
                "boot_file": self.boot_file,
                "code_directory": self.code_directory,
                "image": self.image,
                "image_digest": self.image_digest,
                "boot_command": self.boot_command,
                "engine_name": self.runs_on,
                "interpreter": "" if python == sys.executable else python,
                "argument_style": self.argument_style,
                "boolean_style": self.boolean_style,
                "extra_arguments": self.extra_arguments,
                "pythonpath": self.pythonpath,
                "working_directory": self.working_directory,
                "inputs": self.inputs,
                "outputs": self.outputs,
                "hyperparameters": self.hyperparameters,
                "auto_search": self.auto_search,
                "indicators": self.indicators,
                "search_ranges": self.search_ranges,
                "search_algorithms": self.search_algorithms,
            }
        )
