"""The phases of a search: which ranges held for which trials."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from console.words import number
from jobs.models import TrainingJob


@dataclass(frozen=True)
class Phase:
    """Ranges in words by hyperparameter, and the trials they held for; `last` is None for those to come."""

    first: int
    last: int | None
    ranges: list[tuple[str, str]]


def phases(job: TrainingJob) -> list[Phase]:
    """The job's phases in their order; a search whose ranges never changed has one."""
    rows = job.phases or [{"first_trial": 1, "search_space": job.search_space}]
    ends = [row["first_trial"] - 1 for row in rows[1:]] + [None]
    return [
        Phase(
            row["first_trial"],
            end,
            [(part["name"], in_words(part)) for part in row["search_space"].get("dimensions", ())],
        )
        for row, end in zip(rows, ends, strict=True)
        if end is None or end >= row["first_trial"]
    ]


def in_words(dimension: dict[str, Any]) -> str:
    """A stored dimension, as "0.001 to 1, log" or "adam, sgd"."""
    if "choices" in dimension:
        return ", ".join(str(choice) for choice in dimension["choices"])
    scale = ", log" if dimension["log"] else ""
    return f"{number(dimension['lower'])} to {number(dimension['upper'])}{scale}"


def changes(job: TrainingJob) -> list[tuple[int, str]]:
    """Where other ranges began: the first trial, and the ranges that differ from those before."""
    found = []
    rows = phases(job)
    for before, after in pairwise(rows):
        old = dict(before.ranges)
        words = [
            f"{name}: {old.get(name, 'not searched')} → {new}"
            for name, new in after.ranges
            if old.get(name) != new
        ]
        found.append((after.first, "; ".join(words) or "the same ranges again"))
    return found
