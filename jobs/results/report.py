"""What the report of a job holds: everything in one file, without the console."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from jobs.models import TrainingJob
from jobs.results import export, trial_filter, trial_table
from jobs.results.settings import described
from jobs.results.standing import standing

MOST_ROWS = 1_000
"""Trials in the table: a browser takes long to lay out more, and the exports have all."""


def report(job: TrainingJob, figures: list[Any], query: QueryDict) -> dict[str, Any]:
    """The context of `jobs/report.html`: settings, verdict, drawn figures, trials as the query asks, and Plotly."""
    trials = trial_table.select(job, query)
    return {
        "job": job,
        "made": timezone.now(),
        "settings": [(key, value) for key, value in described(job).items() if value not in (None, "", "[]")],
        "standing": standing(job) if job.is_search else None,
        "best": {**job.hyperparameters, **job.best_trial.parameters} if job.best_trial else {},
        "figures": [_inline(figure.to_json()) for figure in figures if figure.data],
        "filter": [part.words or f"{part.key} {part.value}" for part in trial_filter.parts(job, query)],
        "sort": query.get("sort", ""),
        "header": trial_table.header(job),
        "rows": [export.plain(row) for row in islice(trial_table.rows(job, trials), MOST_ROWS)],
        "count": trials.count(),
        "tokens": _file("css/tokens.css"),
        "style": _file("css/report.css"),
        "script": _file("js/report.js"),
        "drawing": _file("js/charts-draw.js"),
        "plotly": _file("plotly.min.js"),
    }


def _inline(text: str) -> SafeString:
    """JSON that cannot end the script element it stands in."""
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(escaped)  # noqa: S308  every character that HTML reads is escaped


def _file(name: str) -> SafeString:
    text = Path(finders.find(name)).read_text(encoding="utf-8")
    return mark_safe(text)  # noqa: S308  a static file of the console's own
