"""A search indicator that is read anew from the stored logs of its job."""

from django.db import models

from jobs.models.job import TrainingJob


class ReadingQuerySet(models.QuerySet):
    def going_on(self):
        """Those that are not done yet; a job has at most one."""
        return self.filter(ended=None)


class IndicatorReading(models.Model):
    """One time that a job's indicator was read anew: from what to what, by whom, and how far that is."""

    job = models.ForeignKey(TrainingJob, models.CASCADE, related_name="readings")
    indicator_name = models.CharField(max_length=256)
    direction = models.CharField(max_length=3)
    pattern = models.CharField(max_length=500)
    former_name = models.CharField(max_length=256, blank=True)
    former_direction = models.CharField(max_length=3, blank=True)
    former_pattern = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150, help_text="The username of who asked for it.")
    asked = models.DateTimeField(auto_now_add=True)
    moved = models.DateTimeField(
        help_text="When it was queued or last got on; without a move it is queued again."
    )
    ended = models.DateTimeField(null=True)
    trials_total = models.PositiveIntegerField(default=0)
    trials_done = models.PositiveIntegerField(default=0)
    last_number = models.PositiveIntegerField(default=0, help_text="The trial that was read last.")

    objects = ReadingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["job"], condition=models.Q(ended=None), name="one_reading_of_a_job_at_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_name} of {self.job}"

    @property
    def changed(self) -> bool:
        """Whether the indicator before was another one."""
        former = (self.former_name, self.former_direction, self.former_pattern)
        return former != (self.indicator_name, self.direction, self.pattern)
