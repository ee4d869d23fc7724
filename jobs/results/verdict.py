"""What a search's results say, in words: pure functions of plain values and arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from console.words import number as short
from search import SearchSpace
from search.importance import Importance
from search.space import Categorical

EDGE = 0.02
"""How near to an end of its range, as a share of the range on its scale, a best value sits at the edge."""
FLAT_AFTER = 5
NO_EFFECT = 0.02
ENOUGH_TRIALS = 10
MOST_NAMED = 6
TRUSTWORTHY = 0.3
"""The R2 on unseen trials from which a forest may say that a hyperparameter has no effect."""


def trials_since_best(objective: np.ndarray, direction: str) -> int | None:
    """How many trials have ended after the best one; None without any value. `objective` (n,), NaN: none."""
    if not np.isfinite(objective).any():
        return None
    clean = np.where(np.isfinite(objective), objective, np.inf if direction == "min" else -np.inf)
    best = int(np.argmin(clean) if direction == "min" else np.argmax(clean))
    return len(objective) - 1 - best


def improvement(objective: np.ndarray, direction: str) -> str:
    """When the search last improved; empty before there are two trials with a value."""
    since = trials_since_best(objective, direction)
    if since is None or np.isfinite(objective).sum() < 2:
        return ""
    if since == 0:
        return "Improved with the latest trial."
    if since >= FLAT_AFTER:
        return f"Flat for the last {_trials(since)}."
    if not np.isfinite(objective[: len(objective) - 1 - since]).any():
        return "No trial has been better than the first one."
    return f"Improved {_trials(since)} ago."


def at_edges(space: SearchSpace, best: Mapping[str, Any]) -> list[str]:
    """A sentence for each number among the best hyperparameters that sits at an end of its range."""
    found = []
    for name, dimension in space.dimensions.items():
        if isinstance(dimension, Categorical) or name not in best or (dimension.size or 3) < 3:
            continue
        unit = float(dimension.to_unit([best[name]])[0])
        low = unit <= EDGE or best[name] <= dimension.lower
        if not low and unit < 1 - EDGE and best[name] < dimension.upper:
            continue
        end = f"lower end ({short(dimension.lower)})" if low else f"upper end ({short(dimension.upper)})"
        found.append(f"The best value sits at the {end} of the range of {name}: consider widening it.")
    return found


def without_effect(importance: Importance) -> list[str]:
    """The hyperparameters that matter neither alone nor together with another one.

    Nothing is said from fewer than ten trials, or when the forest does not predict unseen trials.
    """
    if importance.trials < ENOUGH_TRIALS or (importance.forest_score or 0.0) < TRUSTWORTHY:
        return []
    strongest: dict[str, float] = {}
    for effect in [*importance.singles, *importance.pairs]:
        for name in effect.names:
            strongest[name] = max(strongest.get(name, 0.0), effect.mean)
    names = [effect.names[0] for effect in importance.singles]
    return [name for name in names if strongest[name] < NO_EFFECT]


def idle_sentence(names: Sequence[str]) -> str:
    """That these hyperparameters have no visible effect; empty without any."""
    if not names:
        return ""
    if len(names) > MOST_NAMED:
        return f"{len(names)} hyperparameters have no visible effect, {names[0]} and {names[1]} among them."
    named = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"{named} {'have' if len(names) > 1 else 'has'} no visible effect."


def compared(best: float, other: float, direction: str, what: str) -> str:
    """How the best value compares with another one, such as that of the defaults."""
    gain = other - best if direction == "min" else best - other
    if gain == 0:
        return f"No better than {what} ({short(other)})."
    share = f" ({abs(gain / other):.1%})" if other else ""
    word = "better" if gain > 0 else "worse"
    return f"{short(abs(gain))}{share} {word} than {what} ({short(other)})."


def trial_with(rows: Sequence[tuple[int, Mapping[str, Any]]], wanted: Mapping[str, Any]) -> int | None:
    """The first (number, hyperparameters) row that has all the wanted values; None when no row has."""
    for number, parameters in rows:
        if all(_same(parameters.get(name), value) for name, value in wanted.items()):
            return number
    return None


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool) or not _numbers(one, other):
        return str(one) == str(other)
    return bool(np.isclose(one, other, rtol=1e-9, atol=0))


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _trials(count: int) -> str:
    return f"{count} trial{'' if count == 1 else 's'}"
