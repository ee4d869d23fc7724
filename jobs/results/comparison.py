"""Several searches side by side: how their best values developed, and which of their settings differ."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jobs.execution.states import TRIAL_ENDED
from jobs.models import TrainingJob
from jobs.results.curves import best_so_far
from jobs.results.export import settings_of

UNCOMPARED = {
    "id", "name", "description", "status", "reason", "created", "started", "ended", "best_value", "best_trial",
    "completed_trials", "failed_trials", "stopped_trials",
}  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """A search's best value so far after each ended trial, in the order in which the trials ended."""

    job: int
    name: str
    indicator: str
    seconds: np.ndarray
    """Since the first trial started."""
    best: np.ndarray


def progress(job: TrainingJob) -> Progress:
    """The course of the job's best value over trials and over time."""
    ended = job.trials.filter(status__in=TRIAL_ENDED, ended__isnull=False)
    scored = set(job.trials.scored().values_list("number", flat=True))
    rows = list(ended.order_by("ended", "number").values_list("number", "value", "started", "ended"))
    first = min((row[2] for row in rows if row[2]), default=None)
    seconds = [(row[3] - (first or row[3])).total_seconds() for row in rows]
    values = np.array([row[1] if row[0] in scored else np.nan for row in rows], dtype=float)
    best = best_so_far(values, job.direction)
    return Progress(job.pk, job.name, job.indicator_name, np.array(seconds, dtype=float), best)


def differing(jobs: Sequence[TrainingJob]) -> list[tuple[str, list[Any]]]:
    """The settings that are not the same in all jobs: name and one value per job, None where it has none."""
    columns = [_flat(settings_of(job)) for job in jobs]
    names = list(dict.fromkeys(name for column in columns for name in column))
    rows = [(name, [column.get(name) for column in columns]) for name in names]
    return [(name, values) for name, values in rows if any(value != values[0] for value in values)]


def _flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """One entry for each setting: mappings by their entries, search spaces by their hyperparameters."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if name in UNCOMPARED:
            continue
        if name == "search_space":
            for entry in value.get("dimensions", []):
                found[f"range of {entry['name']}"] = _range(entry)
        elif isinstance(value, Mapping):
            found |= {key: _plain(part) for key, part in value.items()}
        else:
            found[name.replace("_", " ")] = _plain(value)
    return found


def _range(entry: Mapping[str, Any]) -> str:
    if entry["type"] == "categorical":
        return ", ".join(str(choice) for choice in entry["choices"])
    return f"{entry['lower']} to {entry['upper']}{', log' if entry['log'] else ''}"


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value
