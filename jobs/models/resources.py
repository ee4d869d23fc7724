"""Where trials run: resource pools and specifications."""

from django.core.validators import MinValueValidator
from django.db import models


class ResourcePool(models.Model):
    """A group of workers: the RQ queue of that name."""

    name = models.SlugField(
        max_length=64, unique=True, help_text="Also the name of the queue its workers serve."
    )
    kind = models.CharField(
        max_length=16, choices=[("public", "Public"), ("dedicated", "Dedicated")], default="public"
    )
    active = models.BooleanField(default=True, help_text="Inactive pools are not offered in forms.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ResourceType(models.TextChoices):
    CPU = "CPU", "CPU"
    GPU = "GPU", "GPU"


class Flavor(models.Model):
    """A specification: what one trial may use of the machine it runs on."""

    name = models.CharField(max_length=64, unique=True)
    resource_type = models.CharField(max_length=3, choices=ResourceType, default=ResourceType.CPU)
    cpu_count = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    memory_mb = models.PositiveIntegerField(
        "memory (MB)", null=True, blank=True, help_text="Empty: no limit of its own."
    )
    gpu_count = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True, help_text="Inactive specifications are not offered in forms.")

    class Meta:
        ordering = ["resource_type", "cpu_count", "name"]

    def __str__(self) -> str:
        parts = [f"{self.cpu_count} CPU"]
        if self.gpu_count:
            parts.append(f"{self.gpu_count} GPU")
        if self.memory_mb:
            parts.append(f"{self.memory_mb / 1024:g} GB")
        return f"{self.name} ({', '.join(parts)})"
