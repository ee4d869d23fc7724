"""The forms of the page *Create training job*."""

from jobs.forms.create import CreateJob, remaining_quota

__all__ = ["CreateJob", "remaining_quota"]
