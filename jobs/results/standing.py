"""How a search stands: its verdict, what its best value is compared with, and the command of its best trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from jobs.execution.states import TrialStatus
from jobs.models import TrainingJob
from jobs.results import failures, receipt, verdict
from jobs.results.landscape import Landscape, importance, landscape
from runtime.command import CommandError

MOST_GROUPS = 5


@dataclass(frozen=True)
class Standing:
    """What job details say below the best value."""

    comparison: str
    sentences: list[str]
    same_failure: failures.Repeated | None
    failures: list[failures.Group]
    failures_where: str
    """Where in the search space trials fail, in words; empty where they may as well fail anywhere."""
    command: str
    parameters_json: str


def standing(job: TrainingJob) -> Standing:
    """The verdict on the trials that have ended; analyses importance, which takes up to seconds."""
    data = landscape(job)
    every = failed_groups(job)
    groups, where = every[:MOST_GROUPS], _where(job, data)
    same = failures.repeated(every, data.number[data.ended].tolist())
    best = job.best_trial
    if best is None:
        return Standing("", [], same, groups, where, "", "")
    found = importance(job)
    idle = verdict.without_effect(found)
    sentences = [
        verdict.improvement(_ended(data), job.direction),
        *verdict.at_edges(data.space, {n: v for n, v in best.parameters.items() if n not in idle}),
        verdict.idle_sentence(idle),
    ]
    return Standing(
        comparison(job, data),
        [sentence for sentence in sentences if sentence],
        same,
        groups,
        where,
        _command(best),
        receipt.parameters_json(best),
    )


def failed_groups(job: TrainingJob) -> list[failures.Group]:
    """The job's failed trials by reason."""
    if not job.failed_trials:
        return []
    failed = job.trials.filter(status=TrialStatus.FAILED).order_by("number")
    return failures.grouped(failed.values_list("reason", "number").iterator())


def _where(job: TrainingJob, data: Landscape) -> str:
    """Where in the search space trials fail."""
    if not job.failed_trials:
        return ""
    marked = np.array([data.status[i] == TrialStatus.FAILED for i in data.ended], dtype=bool)
    found = failures.region(data.space, data.units[data.ended], marked)
    return found.sentence if found else ""


def _ended(data: Landscape) -> np.ndarray:
    return data.objective[data.ended]


def comparison(job: TrainingJob, data: Landscape) -> str:
    """The best value against the defaults' where a trial used them, otherwise against the first trial's."""
    scored = np.flatnonzero(np.isfinite(data.objective))
    if len(scored) < 2 or job.best_value is None:
        return ""
    rows = [(int(i), {**job.hyperparameters, **data.parameters[i]}) for i in scored]
    defaults = _defaults(job)
    like = verdict.trial_with(rows, defaults) if defaults else None
    index = int(scored[0]) if like is None else like
    name = "the first trial" if like is None else f"the defaults in trial {data.number[index]}"
    if data.number[index] == data.best:
        return f"Reached by {name}."
    return verdict.compared(job.best_value, float(data.objective[index]), job.direction, name)


def _defaults(job: TrainingJob) -> dict[str, Any] | None:
    """The algorithm's defaults of everything the job set; None when a searched one has no default."""
    known = {row.name: row.default for row in job.specification.hyperparameters}
    if any(known.get(name) is None for name in job.searched_names):
        return None
    names = [*job.searched_names, *job.hyperparameters]
    return {name: known[name] for name in names if known.get(name) is not None}


def _command(trial) -> str:
    try:
        return receipt.command(trial)
    except CommandError:
        return ""
