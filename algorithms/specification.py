"""What an algorithm says, as plain values: the form fills it in, a job keeps a copy of it.

The JSON lists on `Algorithm` hold exactly these records: their fields are the format's only description.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

HyperparameterType = Literal["String", "Integer", "Float", "Boolean"]
Value = str | int | float | bool


@dataclass(frozen=True)
class Restraint:
    """Values a hyperparameter may take: any, a range (either bound may be None) or an enumeration."""

    kind: Literal["", "range", "choices"] = ""
    lower: float | None = None
    upper: float | None = None
    choices: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Hyperparameter:
    """One command-line argument of the boot file; without a default, the script's own default holds."""

    name: str
    type: HyperparameterType = "String"
    default: Value | None = None
    required: bool = False
    description: str = ""
    restraint: Restraint = field(default_factory=Restraint)
    position: int | None = None
    """1-based place of a positional argument, or None for `--name value`."""


@dataclass(frozen=True)
class Channel:
    """An input or output: where its local path is handed to the script."""

    name: str
    obtained_from: Literal["hyperparameters", "environment"] = "hyperparameters"
    description: str = ""
    constraint: str = ""


@dataclass(frozen=True)
class Indicator:
    """A search indicator: a quantity the script prints, which way is better, the pattern that reads it."""

    name: str
    direction: Literal["max", "min"]
    pattern: str


@dataclass(frozen=True)
class SearchRange:
    """Where a hyperparameter may be searched: bounds for numbers, choices for enumerations."""

    name: str
    lower: float | None = None
    upper: float | None = None
    log: bool = False
    choices: tuple[Value, ...] = ()


@dataclass(frozen=True)
class AlgorithmSpecification:
    """Everything a job needs to know of its algorithm."""

    boot_file: str
    """Path of the boot file inside the code directory; empty for a custom image."""
    code_directory: str = ""
    engine_name: str = ""
    interpreter: str = ""
    """Path of the engine's Python; empty for the interpreter the console runs on."""
    image: str = ""
    """Address of a custom image's archive; empty for a preset image, that is an engine."""
    image_digest: str = ""
    """SHA-256 of the archive."""
    boot_command: str = ""
    """What the custom image's shell runs; the arguments follow it."""
    argument_style: Literal["space", "equals"] = "space"
    boolean_style: Literal["value", "flag"] = "value"
    extra_arguments: str = ""
    pythonpath: str = ""
    working_directory: Literal["code", "boot"] = "code"
    """Where the boot file is started: in the code directory, or in the boot file's own folder."""
    inputs: tuple[Channel, ...] = ()
    outputs: tuple[Channel, ...] = ()
    hyperparameters: tuple[Hyperparameter, ...] = ()
    auto_search: bool = False
    indicators: tuple[Indicator, ...] = ()
    search_ranges: tuple[SearchRange, ...] = ()
    search_algorithms: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Search algorithm name -> its parameters, `num_samples` and `seed` among them."""

    def with_indicator(self, indicator: Indicator) -> AlgorithmSpecification:
        """With that indicator in the place of the one of its name, or before all others."""
        others = [row for row in self.indicators if row.name != indicator.name]
        names = [row.name for row in self.indicators]
        others.insert(names.index(indicator.name) if indicator.name in names else 0, indicator)
        return replace(self, indicators=tuple(others))

    def to_json(self) -> dict[str, Any]:
        """Plain lists and dictionaries; `from_json` reads them back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> AlgorithmSpecification:
        """The specification written by `to_json`. Unknown keys raise TypeError."""
        records = {
            "inputs": Channel,
            "outputs": Channel,
            "indicators": Indicator,
            "search_ranges": SearchRange,
        }
        values = dict(data)
        for key, record in records.items():
            values[key] = tuple(_build(record, row) for row in data.get(key, ()))
        values["hyperparameters"] = tuple(hyperparameter_from(row) for row in data.get("hyperparameters", ()))
        return cls(**values)


def _build(record: type, row: dict[str, Any]) -> Any:
    return record(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})


def hyperparameter_from(row: dict[str, Any]) -> Hyperparameter:
    """The hyperparameter a stored row stands for."""
    restraint = _build(Restraint, row.get("restraint") or {})
    return Hyperparameter(**{**row, "restraint": restraint})
