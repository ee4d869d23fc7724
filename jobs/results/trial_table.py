"""The trials table: which trials, in which order, and as rows of plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast

from jobs.execution.states import TrialStatus
from jobs.models import TrainingJob, Trial
from search import SearchSpace

SORTS = {"number", "status", "value", "point_count", "attempt", "took"}
FILTERS = ("status", "q", "brush", "least", "most")
"""The names of a filter's parts in an address. `brush` is `name:low:high` in the hyperparameter's unit
interval and may come several times; `least` and `most` bound the objective."""


def select(job: TrainingJob, query: Mapping[str, Any]) -> QuerySet[Trial]:
    """The job's trials that the query (a QueryDict) asks for, in its order. What cannot be read is ignored."""
    trials = job.trials.annotate(took=F("ended") - F("started"))
    if query.get("status") in TrialStatus.values:
        trials = trials.filter(status=query["status"])
    for word in query.get("q", "").split():
        trials = trials.annotate(settings=Cast("parameters", TextField())).filter(_holds(word))
    for key, comparison in (("least", "value__gte"), ("most", "value__lte")):
        bound = _number(query.get(key, ""))
        if bound is not None:
            trials = trials.filter(**{comparison: bound})
    brushes = query.getlist("brush") if hasattr(query, "getlist") else []
    if brushes and job.is_search:
        trials = trials.filter(number__in=_brushed(job, brushes))
    return _ordered(trials, query.get("sort", "number"))


def _holds(word: str) -> Q:
    parts = Q(reason__icontains=word) | Q(worker__icontains=word) | Q(settings__icontains=word)
    return parts | Q(number=int(word)) if word.isdecimal() and len(word) < 7 else parts


def _ordered(trials: QuerySet[Trial], wish: str) -> QuerySet[Trial]:
    name = wish.removeprefix("-")
    if name not in SORTS:
        return trials.order_by("number")
    column = F(name)
    order = column.desc(nulls_last=True) if wish.startswith("-") else column.asc(nulls_last=True)
    return trials.order_by(order, "number")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _brushed(job: TrainingJob, brushes: list[str]) -> list[int]:
    """Numbers of the trials whose hyperparameters lie inside of every brush."""
    space = SearchSpace.from_json(job.search_space)
    bounds = []
    for text in brushes:
        name, _, rest = text.rpartition(":")
        name, _, low = name.rpartition(":")
        ends = _number(low), _number(rest)
        if name in space.dimensions and None not in ends:
            bounds.append((name, *ends))
    return [
        number
        for number, parameters in job.trials.values_list("number", "parameters")
        if all(_inside(space, parameters, *bound) for bound in bounds)
    ]


def _inside(space: SearchSpace, parameters: dict[str, Any], name: str, low: float, high: float) -> bool:
    try:
        return low <= float(space[name].to_unit([parameters[name]])[0]) <= high
    except (KeyError, TypeError, ValueError):
        return False


def header(job: TrainingJob) -> list[str]:
    """The names of the columns of `rows`."""
    value = job.indicator_name or "value"
    fixed = ["trial", "status", "reason", value, "difference to best"]
    rest = ["points", "duration (s)", "attempts", "worker", "started", "ended"]
    return [*fixed, *job.searched_names, *rest]


def rows(job: TrainingJob, trials: QuerySet[Trial]) -> Iterator[list[Any]]:
    """The trials as plain values, in the order of `header`; None where there is nothing."""
    for trial in trials.iterator(chunk_size=500):
        yield [
            trial.number,
            trial.status,
            trial.reason,
            trial.value,
            difference(job, trial),
            *[trial.parameters.get(name) for name in job.searched_names],
            trial.point_count,
            (trial.ended - trial.started).total_seconds() if trial.ended and trial.started else None,
            trial.attempt,
            trial.worker,
            trial.started.isoformat() if trial.started else None,
            trial.ended.isoformat() if trial.ended else None,
        ]


def difference(job: TrainingJob, trial: Trial) -> float | None:
    """How far the trial's objective is from the job's best; None where either is missing."""
    if trial.value is None or job.best_value is None:
        return None
    return trial.value - job.best_value
