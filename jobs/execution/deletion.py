"""What stays of a job that is deleted: one small row that says who deleted it, and what it was."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from jobs.models import DeletedJob, TrainingJob

MOST_EVENTS = 50
KEPT_COLUMNS = (
    "name", "owner", "algorithm_name", "status", "reason", "created", "started", "ended", "created_trials",
    "failed_trials", "indicator_name", "best_value",
)  # fmt: skip


def remember(job: TrainingJob, by) -> None:
    """Note a job that is about to be deleted, with the latest of its own events."""
    rows = job.events.filter(trial=None).values("time", "level", "kind", "message", "duration")[:MOST_EVENTS]
    DeletedJob.objects.create(
        job_id=job.pk,
        deleted_by=by.get_username(),
        outputs=sorted(path for path in {*job.outputs.values(), job.log_path_uri} if path),
        events=[{**row, "time": row["time"].isoformat()} for row in rows],
        **{column: getattr(job, column) for column in KEPT_COLUMNS},
    )


def told(job: DeletedJob) -> list[dict[str, Any]]:
    """The events of a deleted job, its deletion first, with times as such."""
    last = {
        "time": job.deleted,
        "level": "warning",
        "kind": "deleted",
        "message": f"Deleted by {job.deleted_by}.",
    }
    return [last, *({**event, "time": datetime.fromisoformat(event["time"])} for event in job.events)]


def forget_old() -> None:
    """Drop what has been kept for DELETED_JOBS_DAYS."""
    limit = timezone.now() - timedelta(days=settings.DELETED_JOBS_DAYS)
    DeletedJob.objects.filter(deleted__lt=limit).delete()
