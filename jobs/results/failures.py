"""Why trials failed, and where in the search space: pure functions of plain values and arrays."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from console.words import number as short
from search import SearchSpace
from search.space import Categorical

FEWEST = 3
"""Failed and other trials that a region needs."""
MOST_CHANCE = 0.01
"""How likely the clearest region may be by chance, all regions that were looked at taken together."""
LEAST_SHARE = 0.5
"""Of the trials in a region, how many must have failed."""
_VARYING = re.compile(r"0x[0-9a-fA-F]+|\d+(?:[.,:]\d+)*")


@dataclass(frozen=True)
class Group:
    """Failed trials with the same reason but for numbers: the reason of the first, and their numbers."""

    reason: str
    numbers: list[int]

    @property
    def count(self) -> int:
        return len(self.numbers)

    @property
    def first(self) -> int:
        return self.numbers[0]


def grouped(rows: Iterable[tuple[str, int]]) -> list[Group]:
    """Groups of (reason, number of the trial), numbers ascending, by the reason's first line; the largest first."""
    found: dict[str, Group] = {}
    for reason, number in rows:
        line = reason.partition("\n")[0].strip()
        found.setdefault(_VARYING.sub("#", line), Group(line, [])).numbers.append(number)
    return sorted(found.values(), key=lambda group: (-group.count, group.first))


MOST_REPEATED = 3
"""So many times the same error, and nothing else, may be chance; after other results twice as many."""


@dataclass(frozen=True)
class Repeated:
    """An error that all trials, or all the latest ones, end with."""

    group: Group
    words: str


def repeated(groups: list[Group], ended: list[int]) -> Repeated | None:
    """The error that the latest trials have all ended with, if so often that the next ones will too.

    `ended` are the numbers of all trials that have ended, ascending.
    """
    for group in groups:
        failed = set(group.numbers)
        streak = next((at for at, number in enumerate(reversed(ended)) if number not in failed), len(ended))
        if streak == len(ended) and streak >= MOST_REPEATED:
            return Repeated(group, f"{streak} of {len(ended)} trials failed with the same error")
        if streak >= 2 * MOST_REPEATED:
            return Repeated(group, f"The last {streak} trials failed with the same error")
    return None


@dataclass(frozen=True)
class Region:
    """A part of one hyperparameter's range in which trials fail more often."""

    name: str
    words: str
    """Such as "above 0.25" or "sgd"."""
    failed: int
    inside: int
    failed_outside: int
    outside: int
    chance: float
    """How likely so clear a region would be if failures had nothing to do with the hyperparameter."""

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        return (
            f"{self.failed} of {self.inside} trials with {self.name} {self.words} failed, "
            f"and {self.failed_outside} of {self.outside} others."
        )


def region(space: SearchSpace, units: np.ndarray, failed: np.ndarray) -> Region | None:
    """The clearest region of failures; None where failures may as well be anywhere.

    `units` (n, d) are the trials' places in the unit cube, `failed` (n,) whether each failed. A region is a
    choice, or all values on one side of a number; its chance is Fisher's exact test (one-sided), times the
    number of regions that were compared.
    """
    total = int(failed.sum())
    if total < FEWEST or len(failed) - total < FEWEST:
        return None
    found = [
        candidate
        for column, name in enumerate(space.names)
        for candidate in _regions(space, name, units[:, column], failed)
    ]
    if not found:
        return None
    best = min(found, key=lambda candidate: candidate.chance)
    looked_at = sum(_count(space, name, units[:, column]) for column, name in enumerate(space.names))
    return best if best.chance * looked_at <= MOST_CHANCE else None


def _count(space: SearchSpace, name: str, unit: np.ndarray) -> int:
    dimension = space[name]
    if isinstance(dimension, Categorical):
        return int(dimension.size)
    return 2 * max(1, len(np.unique(unit[np.isfinite(unit)])) - 1)


def _regions(space: SearchSpace, name: str, unit: np.ndarray, failed: np.ndarray) -> Iterator[Region]:
    """The clearest region of one hyperparameter on either side, or each choice that is one."""
    known = np.isfinite(unit)
    unit, failed = unit[known], failed[known]
    if not len(unit):
        return
    dimension = space[name]
    if isinstance(dimension, Categorical):
        places = np.minimum((unit * dimension.size).astype(int), dimension.size - 1)
        for place, choice in enumerate(dimension.choices):
            yield from _tested(name, str(choice), places == place, failed)
        return
    for words, sign in (("above", -1.0), ("below", 1.0)):
        order = np.argsort(sign * unit, kind="stable")
        ranked = unit[order]
        ends = np.flatnonzero(ranked[1:] != ranked[:-1]) + 1  # so many trials lie on that side
        if not len(ends):
            continue
        inside = failed[order].cumsum()[ends - 1]
        expected = ends * (failed.sum() / len(failed))
        spread = np.sqrt(expected * (1 - ends / len(failed))) + 1e-9
        place = int(np.argmax((inside - expected) / spread))
        cut = (ranked[ends[place] - 1] + ranked[ends[place]]) / 2
        edge = short(_rounded(dimension.from_unit(float(cut))))
        yield from _tested(name, f"{words} {edge}", sign * unit < sign * cut, failed)


def _rounded(value: float) -> float:
    """An edge lies anywhere between two trials, so two digits are enough."""
    return float(f"{value:.2g}") if isinstance(value, float) else value


def _tested(name: str, words: str, inside: np.ndarray, failed: np.ndarray) -> Iterator[Region]:
    count, hit, total = int(inside.sum()), int((inside & failed).sum()), int(failed.sum())
    if count in (0, len(failed)) or hit < FEWEST or hit < LEAST_SHARE * count:
        return
    rest = len(failed) - count
    yield Region(name, words, hit, count, total - hit, rest, tail(hit, count, total, len(failed)))


def tail(hit: int, count: int, marked: int, total: int) -> float:
    """The chance of at least `hit` marked ones among `count` drawn from `total`, of which `marked` are marked."""

    def logarithm(n: int, k: int) -> float:
        return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

    every = logarithm(total, count)
    terms = [
        math.exp(logarithm(marked, k) + logarithm(total - marked, count - k) - every)
        for k in range(max(hit, count - total + marked), min(count, marked) + 1)
    ]
    return min(1.0, math.fsum(terms))
