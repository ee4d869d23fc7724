"""What happened to a job, in words for its Events tab."""

from django.utils import timezone

from jobs.models import Event, EventLevel, TrainingJob, Trial


def record(
    job: TrainingJob | int,
    kind: str,
    message: str,
    *,
    trial: Trial | int | None = None,
    level: str = EventLevel.INFO,
    duration: float | None = None,
) -> None:
    """Add an event to the job, and to one of its trials where it concerns one. `duration` is in seconds."""
    Event.objects.create(
        job_id=getattr(job, "pk", job),
        trial_id=getattr(trial, "pk", trial),
        kind=kind,
        message=message,
        level=level,
        duration=duration,
    )


def end(job_pk: int, kind: str) -> None:
    """Give the job's last event of that kind, which has no end yet, its duration."""
    event = Event.objects.filter(job_id=job_pk, kind=kind, duration=None).order_by("-pk").first()
    if event is not None:
        Event.objects.filter(pk=event.pk).update(duration=(timezone.now() - event.time).total_seconds())
