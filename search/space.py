"""The search space: which hyperparameters are searched, over which values, on which scale.

Samplers see every hyperparameter as a coordinate in [0, 1]; this module owns the way there and back. Values
that leave it are plain Python values (float, int, or one of the listed choices), never numpy types.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Choice = str | int | float | bool | None
Params = dict[str, Any]
Array = NDArray[np.float64]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _number(value: object, what: str) -> float:
    if not _is_number(value):
        raise ValueError(f"{what} is {value!r}; give a number.")
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        raise ValueError(f"{what} is {value!r}; give a finite number.")
    return number


def _check_bounds(kind: str, lower: float, upper: float, log: bool) -> None:
    if lower > upper:
        raise ValueError(
            f"{kind}: the lower bound {lower!r} is above the upper bound {upper!r}; exchange the two."
        )
    if log and lower <= 0:
        raise ValueError(
            f"{kind}: a logarithmic scale needs a lower bound above 0, not {lower!r}; "
            "raise the lower bound or use the linear scale."
        )


@dataclass(frozen=True)
class Float:
    """A real number in [lower, upper], searched on a linear or logarithmic scale.

    `points` is the number of values `grid_search` takes from the range (both ends included); the other
    samplers ignore it. Raises ValueError for bounds that are not finite, out of order, or, with `log`, not
    positive.
    """

    lower: float
    upper: float
    log: bool = False
    points: int | None = None
    kind: ClassVar[str] = "float"

    def __post_init__(self) -> None:
        object.__setattr__(self, "lower", _number(self.lower, "Float: the lower bound"))
        object.__setattr__(self, "upper", _number(self.upper, "Float: the upper bound"))
        _check_bounds("Float", self.lower, self.upper, self.log)
        if self.points is not None and (
            not isinstance(self.points, int) or isinstance(self.points, bool) or self.points < 1
        ):
            raise ValueError(f"Float: points is {self.points!r}; give a whole number of at least 1.")

    @property
    def size(self) -> int | None:
        """The number of different values, or None when there is no end of them."""
        return 1 if self.lower == self.upper else None

    def from_unit(self, unit: float) -> float:
        unit = min(max(float(unit), 0.0), 1.0)
        if self.log:
            value = math.exp(math.log(self.lower) * (1.0 - unit) + math.log(self.upper) * unit)
        else:
            value = self.lower * (1.0 - unit) + self.upper * unit
        return min(max(value, self.lower), self.upper)

    def to_unit(self, values: Sequence[Any]) -> Array:
        """Coordinates of values, shape (n,); values outside of the range count as its nearest end."""
        if self.lower == self.upper:
            return np.full(len(values), 0.5)
        column = np.clip(np.asarray(values, dtype=np.float64), self.lower, self.upper)
        if self.log:
            low, high = math.log(self.lower), math.log(self.upper)
            column = np.log(column)
        else:
            low, high = self.lower, self.upper
        width = high / 2 - low / 2  # halves, so that the widest ranges do not overflow
        return np.clip((column / 2 - low / 2) / width, 0.0, 1.0) if width > 0 else np.full(len(values), 0.5)

    def snap(self, units: Array) -> Array:
        """The coordinates that values at these coordinates have, shape (n,)."""
        return np.asarray(np.clip(units, 0.0, 1.0) if self.size is None else np.full_like(units, 0.5))

    def check(self, value: object) -> float:
        """Return the value as a float, or raise ValueError saying why it is not one of this range."""
        number = _number(value, "the value")
        if not self.lower <= number <= self.upper:
            raise ValueError(f"the value {number!r} is outside of {self.lower!r} to {self.upper!r}.")
        return number

    def to_json(self) -> dict[str, Any]:
        plain: dict[str, Any] = {"type": self.kind, "lower": self.lower, "upper": self.upper, "log": self.log}
        return plain if self.points is None else {**plain, "points": self.points}


@dataclass(frozen=True)
class Integer:
    """A whole number in [lower, upper], both included, on a linear or logarithmic scale.

    Each number owns an interval of [0, 1] of equal width (on the chosen scale), so the two ends are drawn
    as often as their neighbours. Raises ValueError as `Float` does, and for bounds that are not whole.
    """

    lower: int
    upper: int
    log: bool = False
    kind: ClassVar[str] = "integer"

    def __post_init__(self) -> None:
        for name in ("lower", "upper"):
            bound = getattr(self, name)
            what = f"Integer: the {name} bound"
            if _number(bound, what) != int(bound):
                raise ValueError(f"{what} is {bound!r}; give a whole number.")
            object.__setattr__(self, name, int(bound))
        _check_bounds("Integer", self.lower, self.upper, self.log)

    @property
    def size(self) -> int:
        """The number of different values."""
        return self.upper - self.lower + 1

    def _ends(self) -> tuple[float, float]:
        low, high = self.lower - 0.5, self.upper + 0.5
        return (math.log(low), math.log(high)) if self.log else (low, high)

    def from_unit(self, unit: float) -> int:
        unit = min(max(float(unit), 0.0), 1.0)
        if self.log:
            low, high = self._ends()
            value = round(math.exp(low * (1.0 - unit) + high * unit))
        else:
            value = self.lower + math.floor(unit * self.size)
        return min(max(value, self.lower), self.upper)

    def to_unit(self, values: Sequence[Any]) -> Array:
        """Coordinates of values (middles of their intervals), shape (n,); clipped to the range."""
        column = np.clip(np.asarray(values, dtype=np.float64), self.lower, self.upper)
        if not self.log:
            return np.asarray((column - self.lower + 0.5) / float(self.size), dtype=np.float64)
        low, high = self._ends()
        return np.asarray((np.log(column) - low) / (high - low), dtype=np.float64)

    def snap(self, units: Array) -> Array:
        """The coordinates that values at these coordinates have, shape (n,)."""
        if self.log:
            low, high = self._ends()
            return self.to_unit(np.round(np.exp(low + (high - low) * units)))  # type: ignore[arg-type]
        return np.asarray((np.clip(np.floor(units * self.size), 0, self.size - 1) + 0.5) / self.size)

    def check(self, value: object) -> int:
        """Return the value as an int, or raise ValueError saying why it is not one of this range."""
        number = _number(value, "the value")
        if number != int(number):
            raise ValueError(f"the value {value!r} is not a whole number.")
        if not self.lower <= number <= self.upper:
            raise ValueError(f"the value {value!r} is outside of {self.lower} to {self.upper}.")
        return int(value)  # type: ignore[call-overload, no-any-return]

    def to_json(self) -> dict[str, Any]:
        return {"type": self.kind, "lower": self.lower, "upper": self.upper, "log": self.log}


@dataclass(frozen=True)
class Categorical:
    """One of several values without order: strings, numbers, booleans or None.

    Raises ValueError for no choice at all, a repeated choice, or a choice of another type.
    """

    choices: tuple[Choice, ...]
    kind: ClassVar[str] = "categorical"

    def __init__(self, choices: Iterable[Choice]) -> None:
        if isinstance(choices, str):
            raise ValueError(f"Categorical: the choices are one string, {choices!r}; give a list.")
        plain = tuple(c.item() if isinstance(c, np.generic) else c for c in choices)
        if not plain:
            raise ValueError("Categorical: there is no choice; give at least one.")
        for choice in plain:
            if not (choice is None or isinstance(choice, str | int | float | bool)):
                raise ValueError(f"Categorical: {choice!r} is neither text, number, boolean nor None.")
        if len({(type(c), c) for c in plain}) != len(plain):
            raise ValueError(f"Categorical: a choice is given twice in {list(plain)!r}; remove one.")
        object.__setattr__(self, "choices", plain)

    @property
    def size(self) -> int:
        """The number of different values."""
        return len(self.choices)

    def from_unit(self, unit: float) -> Choice:
        return self.choices[min(max(int(unit * self.size), 0), self.size - 1)]

    def index(self, value: object) -> int:
        """The position of a value among the choices; ValueError when it is none of them.

        A value that came back from a file or a form as text is recognised by its text.
        """
        for exact in (
            lambda c: type(c) is type(value) and c == value,
            lambda c: c == value,
            lambda c: str(c) == str(value),
        ):
            for position, choice in enumerate(self.choices):
                if exact(choice):
                    return position
        raise ValueError(f"the value {value!r} is none of the choices {list(self.choices)!r}.")

    def to_unit(self, values: Sequence[Any]) -> Array:
        """Coordinates of values (middles of their intervals), shape (n,)."""
        known: dict[tuple[type, Any], int] = {(type(c), c): i for i, c in enumerate(self.choices)}
        positions = [known[key] if (key := (type(v), v)) in known else self.index(v) for v in values]
        return (np.asarray(positions, dtype=np.float64) + 0.5) / self.size

    def snap(self, units: Array) -> Array:
        """The coordinates that values at these coordinates have, shape (n,)."""
        return np.asarray((np.clip(np.floor(units * self.size), 0, self.size - 1) + 0.5) / self.size)

    def check(self, value: object) -> Choice:
        """Return the choice that the value means, or raise ValueError listing the choices."""
        return self.choices[self.index(value)]

    def to_json(self) -> dict[str, Any]:
        return {"type": self.kind, "choices": list(self.choices)}


Dimension = Float | Integer | Categorical


def dimension_from_json(plain: Mapping[str, Any]) -> Dimension:
    """Make a dimension from what its `to_json` returned; ValueError for anything else."""
    fields = dict(plain)
    kind = fields.pop("type", None)
    kinds: dict[str, type[Dimension]] = {"float": Float, "integer": Integer, "categorical": Categorical}
    if kind not in kinds:
        raise ValueError(f"type is {kind!r}; it must be one of {', '.join(kinds)}.")
    try:
        return kinds[kind](**fields)
    except TypeError:
        raise ValueError(
            f"a {kind} does not have exactly the fields {', '.join(fields) or '(none)'}."
        ) from None


class SearchSpace:
    """Named dimensions in a fixed order.

    A mapping of name to `Float`, `Integer` or `Categorical`; raises ValueError when it is empty or holds
    something else.
    """

    def __init__(self, dimensions: Mapping[str, Dimension]) -> None:
        if not dimensions:
            raise ValueError("The search space is empty; give at least one hyperparameter a range.")
        for name, dimension in dimensions.items():
            if not isinstance(dimension, Float | Integer | Categorical):
                raise ValueError(
                    f"Hyperparameter {name}: {dimension!r} is no range; use Float, Integer or Categorical."
                )
        self.dimensions: dict[str, Dimension] = dict(dimensions)

    def __len__(self) -> int:
        return len(self.dimensions)

    def __iter__(self) -> Iterator[str]:
        return iter(self.dimensions)

    def __getitem__(self, name: str) -> Dimension:
        return self.dimensions[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SearchSpace) and list(self.dimensions.items()) == list(
            other.dimensions.items()
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"SearchSpace({self.dimensions!r})"

    @property
    def names(self) -> list[str]:
        """The hyperparameters' names in order."""
        return list(self.dimensions)

    @property
    def size(self) -> int | None:
        """The number of different settings, or None when a range is continuous."""
        total = 1
        for dimension in self.dimensions.values():
            if dimension.size is None:
                return None
            total *= dimension.size
        return total

    def validate(self, params: Mapping[str, Any]) -> Params:
        """Return params as plain Python values in the space's order.

        Raises ValueError naming the hyperparameter that is missing, unknown, or outside of its range.
        """
        missing = [name for name in self.dimensions if name not in params]
        unknown = [str(name) for name in params if name not in self.dimensions]
        if missing:
            raise ValueError(f"Hyperparameter {', '.join(missing)}: there is no value; give one.")
        if unknown:
            raise ValueError(f"Hyperparameter {', '.join(unknown)}: not in the search space; remove it.")
        checked: Params = {}
        for name, dimension in self.dimensions.items():
            try:
                checked[name] = dimension.check(params[name])
            except ValueError as error:
                raise ValueError(f"Hyperparameter {name}: {error}") from None
        return checked

    def to_unit(self, params: Mapping[str, Any]) -> Array:
        """Coordinates of one setting in the unit cube, shape (d,)."""
        return np.asarray(self.to_units([params])[0], dtype=np.float64)

    def to_units(self, settings: Sequence[Mapping[str, Any]]) -> Array:
        """Coordinates of n settings in the unit cube, shape (n, d).

        Values outside of a numeric range count as its nearest end and further names are ignored, since a
        history may be older than the ranges. Raises ValueError for a missing or unreadable value.
        """
        units = np.empty((len(settings), len(self.dimensions)))
        for position, (name, dimension) in enumerate(self.dimensions.items()):
            try:
                column = dimension.to_unit([params[name] for params in settings])
            except KeyError:
                raise ValueError(f"Hyperparameter {name}: an observation has no value of it.") from None
            except (TypeError, ValueError) as error:
                raise ValueError(f"Hyperparameter {name}: an observation cannot be read: {error}") from None
            units[:, position] = column
        return np.nan_to_num(units, nan=0.5)

    def from_unit(self, unit: Sequence[float] | Array) -> Params:
        """The setting at a point of the unit cube; coordinates outside of [0, 1] count as its ends."""
        return {
            name: dimension.from_unit(float(u))
            for (name, dimension), u in zip(self.dimensions.items(), unit, strict=True)
        }

    def snap(self, units: Array) -> Array:
        """Points of the unit cube moved to where their settings lie, shape (n, d)."""
        columns = [d.snap(units[:, j]) for j, d in enumerate(self.dimensions.values())]
        return np.stack(columns, axis=1)

    def to_json(self) -> dict[str, Any]:
        """The space as plain dicts and lists, for `from_json`; the order of names is kept as a list."""
        return {"dimensions": [{"name": n, **d.to_json()} for n, d in self.dimensions.items()]}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> SearchSpace:
        """Make a space from what `to_json` returned; ValueError names the entry that cannot be read."""
        dimensions: dict[str, Dimension] = {}
        for entry in plain.get("dimensions", []):
            fields = dict(entry)
            name = str(fields.pop("name", ""))
            if not name or name in dimensions:
                raise ValueError(f"Search space: the name {name!r} is empty or given twice.")
            try:
                dimensions[name] = dimension_from_json(fields)
            except ValueError as error:
                raise ValueError(f"Hyperparameter {name}: {error}") from None
        return cls(dimensions)
