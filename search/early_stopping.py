"""Which running trials are hopeless: pure functions of the trials' curves.

A curve is a trial's indicator at its steps, in the order reported. The functions decide; whoever calls them
stops the trial and tells the sampler the best value that it reached.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from search.parameters import Parameter, check_settings
from search.sampler import DIRECTIONS


@dataclass(frozen=True)
class Curve:
    """The indicator of one trial: `values[i]` was reported at `steps[i]`; pairs with a NaN or infinite step or
    value are ignored."""

    steps: Sequence[float]
    values: Sequence[float]

    def __post_init__(self) -> None:
        if len(self.steps) != len(self.values):
            raise ValueError(
                f"A curve has {len(self.steps)} steps and {len(self.values)} values; give one for each."
            )

    def reached(self, step: float) -> bool:
        """Whether there is a value at this step or later."""
        return self.last_step is not None and self.last_step >= step

    @property
    def last_step(self) -> float | None:
        """The largest step with a value, or None."""
        return max((step for step, _ in self._readable()), default=None)

    def best(self, direction: str, until: float = math.inf) -> float | None:
        """The best value at steps up to `until`, or None when there is none."""
        seen = self._until(until)
        if not seen:
            return None
        return min(seen) if direction == "min" else max(seen)

    def mean(self, until: float = math.inf) -> float | None:
        """The mean of the values at steps up to `until`, or None when there is none."""
        seen = self._until(until)
        return sum(v / len(seen) for v in seen) if seen else None

    def _readable(self) -> Iterator[tuple[float, float]]:
        pairs = zip(self.steps, self.values, strict=True)
        return ((s, v) for s, v in pairs if math.isfinite(s) and math.isfinite(v))

    def _until(self, step: float) -> list[float]:
        return [v for s, v in self._readable() if s <= step]


@dataclass(frozen=True)
class Verdict:
    """Whether to stop a trial, and why, in words for the trial's reason and its event."""

    stop: bool
    reason: str


MEDIAN_RULE, SUCCESSIVE_HALVING = "median", "asha"

PARAMETERS: dict[str, tuple[Parameter, ...]] = {
    MEDIAN_RULE: (
        Parameter(
            "grace_steps",
            int,
            3,
            "No trial is stopped before it has reported the indicator at this step.",
            minimum=1,
            maximum=1_000_000,
        ),
        Parameter(
            "min_trials",
            int,
            3,
            "How many other trials must have reached the same step before one is stopped.",
            minimum=1,
            maximum=10_000,
        ),
    ),
    SUCCESSIVE_HALVING: (
        Parameter(
            "grace_steps",
            int,
            1,
            "The first step at which trials are compared; further ones follow at multiples of the reduction.",
            minimum=1,
            maximum=1_000_000,
        ),
        Parameter(
            "reduction",
            int,
            3,
            "At each comparison one trial in this many goes on.",
            minimum=2,
            maximum=100,
        ),
    ),
}
TITLES = {MEDIAN_RULE: "Median rule", SUCCESSIVE_HALVING: "Asynchronous successive halving (ASHA)"}


def _check_direction(direction: str) -> None:
    if direction not in DIRECTIONS:
        raise ValueError(f"direction is {direction!r}; give one of {', '.join(DIRECTIONS)}.")


def median_rule(
    own: Curve, others: Sequence[Curve], direction: str, *, grace_steps: int = 3, min_trials: int = 3
) -> Verdict:
    """Stop when the best value so far is worse than the median of the others' running means at that step.

    Source: Golovin et al., Google Vizier, KDD 2017, section 3.2.2. Only trials that got at least as far are
    compared with. A trial that has reported nothing finite is not judged.
    """
    _check_direction(direction)
    step, best = own.last_step, own.best(direction)
    if step is None or best is None:
        return Verdict(False, "There is no value of the indicator yet.")
    if step < grace_steps:
        return Verdict(False, f"Step {step:g} is before step {grace_steps}, the first to be judged.")
    means = [mean for other in others if other.reached(step) and (mean := other.mean(step)) is not None]
    if len(means) < min_trials:
        return Verdict(False, f"Other trials at step {step:g}: {len(means)}; {min_trials} are needed.")
    middle = median(means)
    hopeless = best > middle if direction == "min" else best < middle
    word = "worse" if hopeless else "no worse"
    against = f"{middle:g}, the median of {len(means)} other trials"
    return Verdict(hopeless, f"At step {step:g} the best value {best:g} is {word} than {against}.")


def rungs(grace_steps: int, reduction: int, until: float) -> list[int]:
    """The steps at which successive halving compares: grace_steps * reduction^k up to `until`."""
    found, step = [], grace_steps
    while step <= until:
        found.append(step)
        step *= reduction
    return found


def successive_halving(
    own: Curve, others: Sequence[Curve], direction: str, *, grace_steps: int = 1, reduction: int = 3
) -> Verdict:
    """Stop when, at the last rung it has reached, a trial is not among the best 1/reduction of those there.

    Asynchronous: a trial is judged as soon as it passes a rung, against whoever has passed it by then; the
    first to arrive, and any while fewer than `reduction` have arrived, go on. Source: Li et al., A System for
    Massively Parallel Hyperparameter Tuning, MLSys 2020, algorithm 2 in its stopping form. Values at a rung
    are the best up to its step.
    """
    _check_direction(direction)
    step = own.last_step
    passed = rungs(grace_steps, reduction, -1 if step is None else step)
    if not passed:
        return Verdict(False, f"The first comparison is at step {grace_steps}.")
    rung = passed[-1]
    mine = own.best(direction, rung)
    rivals = [
        value
        for other in others
        if other.reached(rung) and (value := other.best(direction, rung)) is not None
    ]
    arrived = len(rivals) + 1
    places = arrived // reduction
    if mine is None or places == 0:
        return Verdict(False, f"Trials at step {rung}: {arrived}; {reduction} are needed to compare.")
    place = 1 + sum(value < mine if direction == "min" else value > mine for value in rivals)
    standing = f"At step {rung} the value {mine:g} is number {place} of {arrived} trials"
    return Verdict(place > places, f"{standing}; the best {places} go on.")


RULES: dict[str, Callable[..., Verdict]] = {MEDIAN_RULE: median_rule, SUCCESSIVE_HALVING: successive_halving}


def judge(rule: str, own: Curve, others: Sequence[Curve], direction: str, **settings: float) -> Verdict:
    """Apply a rule by name with settings checked against `PARAMETERS`.

    Raises ValueError for an unknown rule, direction or setting.
    """
    if rule not in RULES:
        raise ValueError(f"There is no early stopping rule {rule!r}; give one of {', '.join(RULES)}.")
    checked = check_settings(PARAMETERS[rule], settings, TITLES[rule])
    return RULES[rule](own, others, direction, **checked)
