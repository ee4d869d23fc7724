"""The trials table: which trials, in which order, with which columns, and as rows of plain values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone

from jobs.models import TrainingJob, Trial, TrialTag
from jobs.results.trial_filter import ParameterValue, parts

PARAMETER = "p:"
"""Begins the key of a hyperparameter's column, so that one named `status` is not taken for another column."""
SORTS = {
    "number": "number",
    "status": "status",
    "value": "value",
    "steps": "point_count",
    "attempts": "attempt",
    "worker": "worker",
    "started": "started",
    "ended": "ended",
    "starred": "starred",
}
"""Columns that can be sorted by, beside `duration` and hyperparameters, and what they are in the database."""
HIDDEN_AT_FIRST = ("started", "ended")


def select(job: TrainingJob, query: QueryDict) -> QuerySet[Trial]:
    """The job's trials that the query asks for, in its order. What cannot be read is ignored."""
    trials = job.trials.filter(*(part.where for part in parts(job, query)))
    return _ordered(job, trials, query.get("sort", "number"))


def _ordered(job: TrainingJob, trials: QuerySet[Trial], wish: str) -> QuerySet[Trial]:
    key = wish.removeprefix("-")
    name = key.removeprefix(PARAMETER)
    if key.startswith(PARAMETER) and name in job.searched_names:
        column = ParameterValue(name)
    elif key == "duration":
        until = Coalesce("ended", Value(timezone.now()))
        column = ExpressionWrapper(until - F("started"), DurationField())
    elif key in SORTS:
        column = F(SORTS[key])
    else:
        return trials.order_by("number")
    order = column.desc(nulls_last=True) if wish.startswith("-") else column.asc(nulls_last=True)
    return trials.order_by(order, "number")


def columns(job: TrainingJob) -> list[tuple[str, str]]:
    """Keys and labels of the columns a reader may hide, in order."""
    best = [("difference", "To best")] if job.is_search else []
    return [
        ("status", "Status"),
        ("value", job.indicator_name or "Value"),
        *best,
        *((PARAMETER + name, name) for name in job.searched_names),
        ("steps", "Steps"),
        ("duration", "Duration"),
        ("attempts", "Attempts"),
        ("worker", "Worker"),
        ("started", "Started"),
        ("ended", "Ended"),
        ("marks", "Tags and note"),
    ]


def tags_of(job: TrainingJob) -> QuerySet:
    """The tags that any trial of the job has, as texts."""
    return TrialTag.objects.filter(trial__job=job).order_by("name").values_list("name", flat=True).distinct()


def header(job: TrainingJob) -> list[str]:
    """The names of the columns of `rows`."""
    value = job.indicator_name or "value"
    fixed = ["trial", "status", "reason", value, "difference to best"]
    rest = ["steps", "duration (s)", "attempts", "worker", "started", "ended", "starred", "tags", "note"]
    return [*fixed, *job.searched_names, *rest]


def rows(job: TrainingJob, trials: QuerySet[Trial]) -> Iterator[list[Any]]:
    """The trials as plain values, in the order of `header`; None where there is nothing."""
    names, tags = job.searched_names, _tags_by_trial(job)
    columns = (
        "pk", "number", "status", "reason", "value", "parameters", "point_count", "attempt", "worker",
        "started", "ended", "starred", "note",
    )  # fmt: skip
    for row in trials.values_list(*columns, named=True).iterator(chunk_size=500):
        took = duration(row)
        yield [
            row.number,
            row.status,
            row.reason,
            row.value,
            difference(job, row),
            *[row.parameters.get(name) for name in names],
            row.point_count,
            None if took is None else took.total_seconds(),
            row.attempt,
            row.worker,
            row.started.isoformat() if row.started else None,
            row.ended.isoformat() if row.ended else None,
            row.starred,
            tags.get(row.pk, []),
            row.note,
        ]


def _tags_by_trial(job: TrainingJob) -> dict[int, list[str]]:
    tags: dict[int, list[str]] = {}
    for trial, name in TrialTag.objects.filter(trial__job=job).order_by("name").values_list("trial", "name"):
        tags.setdefault(trial, []).append(name)
    return tags


def duration(trial: Trial) -> timedelta | None:
    """How long the trial took; None before its end."""
    return trial.ended - trial.started if trial.ended and trial.started else None


def difference(job: TrainingJob, trial: Trial) -> float | None:
    """How far the trial's objective is from the job's best; None where either is missing."""
    if trial.value is None or job.best_value is None:
        return None
    return trial.value - job.best_value
