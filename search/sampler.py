"""What all samplers share: their settings, what they know when asked, and the registry they are listed in."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import numpy as np

from search.parameters import COMMON_PARAMETERS, Parameter, check_settings
from search.space import Array, Categorical, Dimension, Integer, Params, SearchSpace

DIRECTIONS = ("min", "max")
ENUMERABLE = 4096  # spaces of at most this many settings are searched for an untried one in full
LARGEST = 1e150  # losses beyond it count as it: their squares are still finite numbers


@dataclass(frozen=True)
class Observation:
    """A finished trial: its hyperparameters and the value it reached, None when it failed.

    NaN and infinite values count as failed: they are never the best and never reach a model.
    """

    params: Mapping[str, Any]
    value: float | None


@dataclass(frozen=True)
class Evidence:
    """All that is known when a sampler is asked, in the unit cube and with smaller losses being better.

    `units` (n, d) and `losses` (n,) are the trials with a value in the order of the history, `failed` (f, d)
    those without, `pending` (p, d) those still running.
    """

    units: Array
    losses: Array
    failed: Array
    pending: Array

    @property
    def count(self) -> int:
        """Trials that have been started so far."""
        return len(self.units) + len(self.failed) + len(self.pending)

    @property
    def known(self) -> Array:
        """Every point that has been tried or is being tried, shape (count, d)."""
        return np.concatenate([self.units, self.failed, self.pending])


def _loss(value: Any, sign: float) -> float:
    if value is None:
        return math.nan
    number = float(value)
    return sign * number if math.isfinite(number) else math.nan


class Sampler(ABC):
    """Proposes the next setting to try, from what is known so far.

    `ask` is a pure function of the settings, the history and the pending trials: the same arguments give the
    same answer in any process. A subclass declares `name`, `title`, `summary` and `parameters`, registers
    itself with `register`, and implements `propose`.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()

    def __init__(
        self,
        space: SearchSpace,
        direction: str = "min",
        num_samples: int = 20,
        seed: int = 1,
        **settings: Any,
    ) -> None:
        if not isinstance(space, SearchSpace):
            raise ValueError(f"space is {type(space).__name__}; give a SearchSpace.")
        if direction not in DIRECTIONS:
            raise ValueError(f"direction is {direction!r}; give one of {', '.join(DIRECTIONS)}.")
        common = check_settings(COMMON_PARAMETERS, {"num_samples": num_samples, "seed": seed}, self.name)
        self.space = space
        self.direction = direction
        self.num_samples: int = common["num_samples"]
        self.seed: int = common["seed"]
        self.settings = check_settings(self.parameters, settings, self.name)

    @property
    def capacity(self) -> int | None:
        """How many different settings this sampler can propose; None when there is no end of them."""
        return self.space.size

    def ask(
        self,
        history: Sequence[Observation] | None = (),
        pending: Sequence[Mapping[str, Any]] | None = (),
    ) -> Params:
        """Return the next setting to try, as plain Python values inside of the space.

        `history` are finished trials (value None when failed), `pending` the settings being tried now. A
        setting that is known already is proposed only when the space has no other. Raises ValueError when
        an observation lacks a hyperparameter or holds a value that cannot be read.
        """
        history, pending = list(history or ()), list(pending or ())
        evidence = self.evidence(history, pending)
        rng = self.generator(len(history), pending)
        params = self.space.from_unit(self.propose(evidence, rng))
        return self._unless_known(params, evidence, rng)

    @abstractmethod
    def propose(self, evidence: Evidence, rng: np.random.Generator) -> Array:
        """Return the point of the unit cube to try next, shape (d,)."""

    def evidence(self, history: Sequence[Observation], pending: Sequence[Mapping[str, Any]] = ()) -> Evidence:
        """Arrange what is known for the mathematics."""
        sign = 1.0 if self.direction == "min" else -1.0
        units = self.space.to_units([observation.params for observation in history])
        losses = np.array([_loss(observation.value, sign) for observation in history], dtype=np.float64)
        failed = np.isnan(losses)
        losses = np.clip(losses, -LARGEST, LARGEST)
        return Evidence(units[~failed], losses[~failed], units[failed], self.space.to_units(pending))

    def generator(self, finished: int, pending: Sequence[Mapping[str, Any]]) -> np.random.Generator:
        """Random numbers of this ask alone.

        They depend on what is pending, so that two workers that ask at the same time about the same history
        get different proposals; hashed by content, since Python's own hashes differ between processes.
        """
        names = self.space.names
        lines = sorted(json.dumps([params.get(name) for name in names], default=str) for params in pending)
        digest = hashlib.blake2b("\n".join(lines).encode(), digest_size=8).digest()
        return np.random.default_rng([self.seed, finished, len(lines), int.from_bytes(digest, "big")])

    def _unless_known(self, params: Params, evidence: Evidence, rng: np.random.Generator) -> Params:
        known = evidence.known
        if not len(known) or not self._is_known(params, known):
            return params
        size = self.space.size
        if size is not None and size <= ENUMERABLE:
            return self._nearest_unknown(params, known)
        for spread in np.geomspace(0.01, 1.0, 40):
            unit = self.space.to_unit(params) + spread * rng.uniform(-1.0, 1.0, len(self.space))
            other = self.space.from_unit(np.abs((unit + 1.0) % 2.0 - 1.0))
            if not self._is_known(other, known):
                return other
        return params

    def _is_known(self, params: Params, known: Array) -> bool:
        return bool((np.abs(known - self.space.to_unit(params)) < 1e-12).all(axis=1).any())

    def _nearest_unknown(self, params: Params, known: Array) -> Params:
        """The setting of a small finite space that is nearest to params and not yet known, if any is left."""
        values = [_all_values(dimension) for dimension in self.space.dimensions.values()]
        settings = [dict(zip(self.space.names, row, strict=True)) for row in itertools.product(*values)]
        units = self.space.to_units(settings)
        taken = {tuple(row) for row in np.round(known, 9)}
        free = np.array([tuple(row) not in taken for row in np.round(units, 9)])
        if not free.any():
            return params
        distance = ((units - self.space.to_unit(params)) ** 2).sum(axis=1)
        return settings[int(np.argmin(np.where(free, distance, np.inf)))]


def _all_values(dimension: Dimension) -> list[Any]:
    if isinstance(dimension, Categorical):
        return list(dimension.choices)
    if isinstance(dimension, Integer):
        return list(range(dimension.lower, dimension.upper + 1))
    return [dimension.lower]


SAMPLERS: dict[str, type[Sampler]] = {}

SamplerType = TypeVar("SamplerType", bound=type[Sampler])


def register(sampler: SamplerType) -> SamplerType:
    """List a sampler class under its name, so that forms and `make_sampler` know it."""
    SAMPLERS[sampler.name] = sampler
    return sampler


def make_sampler(
    name: str,
    space: SearchSpace,
    *,
    direction: str = "min",
    num_samples: int = 20,
    seed: int = 1,
    **settings: Any,
) -> Sampler:
    """Make the sampler of a documented name with its settings.

    Raises ValueError naming the setting that is wrong and what is right.
    """
    if name not in SAMPLERS:
        raise ValueError(f"There is no search algorithm {name!r}; give one of {', '.join(SAMPLERS)}.")
    return SAMPLERS[name](space, direction=direction, num_samples=num_samples, seed=seed, **settings)
