"""The settings a sampler takes, declared as data: forms are built from them, values are checked by them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Parameter:
    """One setting of a sampler.

    `type` is `int`, `float` or `str`. Bounds are inclusive unless `open_bounds`. `default` None means
    "chosen automatically" (then None is a valid value; a form shows an empty field). `advanced` settings
    may be folded away by a form.
    """

    name: str
    type: type
    default: Any
    help: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    open_bounds: bool = False
    advanced: bool = False

    @property
    def automatic(self) -> bool:
        """Whether the value may be left to the sampler (None)."""
        return self.default is None

    def check(self, value: Any) -> Any:
        """Return the value in this parameter's type; ValueError names the parameter and the remedy."""
        if value is None:
            if self.automatic:
                return None
            raise ValueError(f"{self.name} has no value; give {self._wanted()}.")
        if self.type is str:
            if value not in self.choices:
                raise ValueError(f"{self.name} is {value!r}; give {self._wanted()}.")
            return str(value)
        return self._check_number(value)

    def _check_number(self, value: Any) -> int | float:
        numeric = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
        if not numeric or not math.isfinite(value) or (self.type is int and value != int(value)):
            raise ValueError(f"{self.name} is {value!r}; give {self._wanted()}.")
        too_low = self.minimum is not None and (
            value < self.minimum or (self.open_bounds and value == self.minimum)
        )
        too_high = self.maximum is not None and (
            value > self.maximum or (self.open_bounds and value == self.maximum)
        )
        if too_low or too_high:
            raise ValueError(f"{self.name} is {value!r}; give {self._wanted()}.")
        return int(value) if self.type is int else float(value)

    def _wanted(self) -> str:
        if self.type is str:
            return f"one of {', '.join(self.choices)}"
        noun = "a whole number" if self.type is int else "a number"
        words = []
        if self.minimum is not None:
            words.append(f"{'above' if self.open_bounds else 'of at least'} {self.minimum:g}")
        if self.maximum is not None:
            words.append(f"{'below' if self.open_bounds else 'of at most'} {self.maximum:g}")
        wanted = " ".join([noun, " and ".join(words)]).strip()
        return f"{wanted}, or nothing for the automatic value" if self.automatic else wanted


COMMON_PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        "num_samples",
        int,
        20,
        "How many groups of hyperparameters (trials) are tried. 10 to 20 suit most searches of up to four "
        "hyperparameters; the samplers plan their exploration over this number.",
        minimum=1,
    ),
    Parameter(
        "seed",
        int,
        1,
        "Start of the random numbers: the same seed and the same results lead to the same trials.",
        minimum=0,
        advanced=True,
    ),
)


def check_settings(declared: tuple[Parameter, ...], given: Mapping[str, Any], owner: str) -> dict[str, Any]:
    """Return all declared settings with the given values checked and defaults filled in.

    Raises ValueError for a value that does not fit and for a name that `owner` does not know.
    """
    names = [parameter.name for parameter in declared]
    for name in given:
        if name not in names:
            known = ", ".join(names) if names else "no settings of its own"
            raise ValueError(f"{owner} has no setting {name!r}; it knows {known}.")
    return {p.name: p.check(given[p.name]) if p.name in given else p.default for p in declared}
