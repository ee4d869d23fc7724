"""What the frame around every page shows."""

from jobs.models import TrainingJob


def frame(request) -> dict:
    """The number of the reader's active jobs, for the top bar."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"running_jobs": TrainingJob.objects.visible_to(user).active().count}
