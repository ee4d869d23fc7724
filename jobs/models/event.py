"""What happened to a job."""

from django.db import models

from jobs.models.job import TrainingJob
from jobs.models.trial import Trial


class EventLevel(models.TextChoices):
    INFO = "info", "Info"
    WARNING = "warning", "Warning"
    ERROR = "error", "Error"


class Event(models.Model):
    """Something that happened to a job, or to one of its trials."""

    job = models.ForeignKey(TrainingJob, models.CASCADE, related_name="events")
    trial = models.ForeignKey(Trial, models.CASCADE, null=True, blank=True, related_name="events")
    level = models.CharField(max_length=8, choices=EventLevel, default=EventLevel.INFO)
    kind = models.CharField(max_length=32)
    message = models.TextField()
    time = models.DateTimeField(auto_now_add=True)
    duration = models.FloatField(null=True, help_text="Seconds.")

    class Meta:
        ordering = ["-time", "-pk"]
        indexes = [models.Index(fields=["job", "-time"], name="event_job")]

    def __str__(self) -> str:
        return self.message

    @property
    def told(self) -> str:
        """The message as it follows the name of its trial, where it has one: "Trial 8" is not said twice."""
        if self.trial is None:
            return self.message
        named = f"Trial {self.trial.number}"
        rest = self.message.removeprefix(named)
        return rest if rest != self.message and not rest[:1].isdigit() else f": {self.message}"
