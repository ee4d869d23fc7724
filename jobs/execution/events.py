"""What happened to a job, in words for its Events tab."""

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
