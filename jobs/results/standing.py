"""How a search stands: its verdict, what its best value is compared with, and the command of its best trial."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from jobs.execution.preparation import command_of, directories_of, interpreter_of
from jobs.models import TrainingJob
from jobs.results import verdict
from jobs.results.landscape import Landscape, importance, landscape
from runtime.command import CommandError, as_shell_line


@dataclass(frozen=True)
class Standing:
    """What job details say below the best value."""

    comparison: str
    sentences: list[str]
    command: str
    parameters_json: str


def standing(job: TrainingJob) -> Standing:
    """The verdict on the trials that have ended; analyses importance, which takes up to seconds."""
    best = job.best_trial
    if best is None:
        return Standing("", [], "", "")
    data = landscape(job)
    parameters = {**job.hyperparameters, **best.parameters}
    sentences = [verdict.improvement(_ended(data), job.direction)]
    sentences += verdict.at_edges(data.space, best.parameters)
    sentences += verdict.without_effect(importance(job))
    return Standing(
        comparison(job, data),
        [sentence for sentence in sentences if sentence],
        _command(best),
        json.dumps(parameters, indent=2, ensure_ascii=False),
    )


def _ended(data: Landscape) -> np.ndarray:
    active = np.isin(np.array(data.status), ["Pending", "Running"])
    return data.objective[~active]


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
        return as_shell_line(command_of(trial, directories_of(trial), interpreter_of(trial)))
    except CommandError:
        return ""
