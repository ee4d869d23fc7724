"""The objective of a trial, from the values that it prints."""

from __future__ import annotations

import math

from jobs.models import Objective


class Objectives:
    """The objective of a trial while its values arrive: the best so far, or the latest."""

    def __init__(self, direction: str, objective: str) -> None:
        self._better = max if direction == "max" else min
        self._latest = objective == Objective.LATEST
        self.value: float | None = None
        """Finite, or None."""
        self.nonfinite_count = 0

    def add(self, value: float) -> None:
        """Take the next value."""
        finite = math.isfinite(value)
        self.nonfinite_count += not finite
        if self._latest:
            self.value = value if finite else None
        elif finite:
            self.value = value if self.value is None else self._better(self.value, value)


def without_objective(objectives: Objectives, count: int) -> str:
    """Why a trial that printed so many values has no objective, in words; empty where it has one."""
    if not count or objectives.value is not None:
        return ""
    return f"It has no objective: {objectives.nonfinite_count} of {count} values are NaN or infinite."
