"""Where a trial stands in a list of trials."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from jobs.models import Trial
from jobs.results.trial_table import select


@dataclass(frozen=True)
class Place:
    """A trial's place in a list: from 1, of how many, and the numbers of the trials before and after it."""

    place: int
    count: int
    previous: int | None
    next: int | None


def place_of(trial: Trial, query: QueryDict) -> Place | None:
    """The trial's place in the list that the query asks for; None if it is not in it."""
    numbers = list(select(trial.job, query).values_list("number", flat=True))
    if trial.number not in numbers:
        return None
    at = numbers.index(trial.number)
    before = numbers[at - 1] if at else None
    return Place(at + 1, len(numbers), before, numbers[at + 1] if at + 1 < len(numbers) else None)
