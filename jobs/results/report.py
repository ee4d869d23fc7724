"""What the report of a job holds: everything in one file, without the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from jobs.models import TrainingJob
from jobs.results import export, trial_table
from jobs.results.standing import standing


def report(job: TrainingJob, figures: list[Any]) -> dict[str, Any]:
    """The context of `jobs/report.html`: settings, verdict, drawn figures, every trial, and Plotly itself."""
    return {
        "job": job,
        "made": timezone.now(),
        "settings": {
            key: value for key, value in export.settings_of(job).items() if value not in (None, "", {})
        },
        "environment": sorted(job.environment),
        "standing": standing(job) if job.is_search else None,
        "best": {**job.hyperparameters, **job.best_trial.parameters} if job.best_trial else {},
        "figures": [_inline(figure.to_json()) for figure in figures if figure.data],
        "header": trial_table.header(job),
        "rows": trial_table.rows(job, trial_table.select(job, {})),
        "plotly": _library(),
    }


def _inline(text: str) -> SafeString:
    """JSON that cannot end the script element it stands in."""
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(escaped)  # noqa: S308  every character that HTML reads is escaped


def _library() -> SafeString:
    text = Path(finders.find("plotly.min.js")).read_text(encoding="utf-8")
    return mark_safe(text)  # noqa: S308  the plotly package's own file
