"""Ranges of a search that is under way, and one configuration within them, chosen by hand."""

from typing import Any

from django import forms

from algorithms.specification import Hyperparameter, SearchRange
from console.words import number as short
from jobs.forms.hyperparameters import HyperparameterForm
from jobs.forms.numbers import NumberField
from jobs.models import TrainingJob, Trial
from search import Categorical, Dimension, Integer, SearchSpace

TYPES = {"float": "Float", "integer": "Integer"}


class RangeForm(HyperparameterForm):
    """The new range of a searched hyperparameter."""

    is_searched = True
    is_removed = False

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        for name in ("value", "removed", "searched"):
            self.fields.pop(name, None)


class RangesForm:
    """The new ranges of all searched hyperparameters; bound when `data` is given."""

    def __init__(self, job: TrainingJob, data=None) -> None:
        specification = job.specification
        rows = {row.name: row for row in specification.hyperparameters}
        offered = {row.name: row for row in specification.search_ranges}
        self.rows = []
        for entry in job.search_space["dimensions"]:
            name, own = entry["name"], _range_of(entry)
            row = rows.get(name) or Hyperparameter(name, TYPES.get(entry["type"], "String"))
            self.rows.append(RangeForm(row, offered.get(name, own), data=data, initial=range_initial(entry)))

    def is_valid(self) -> bool:
        """Validate every row, so that all errors are shown at once."""
        verdicts = [row.is_valid() for row in self.rows]
        return all(verdicts)

    def space(self) -> SearchSpace:
        """The search space of the valid form."""
        return SearchSpace({row.row.name: row.choice().dimension for row in self.rows})


def _range_of(entry: dict[str, Any]) -> SearchRange:
    return SearchRange(entry["name"], choices=tuple(entry.get("choices", ())))


def range_initial(entry: dict[str, Any]) -> dict[str, Any]:
    """What a row of ranges is filled with; `entry` is a dimension of a stored search space."""
    if entry["type"] == "categorical":
        return {"choices": [str(value) for value in entry["choices"]]}
    scale = "log" if entry["log"] else "linear"
    return {"lower": entry["lower"], "upper": entry["upper"], "scale": scale}


class ConfigurationForm(forms.Form):
    """One value for each searched hyperparameter, within the job's ranges; filled in from a trial."""

    def __init__(self, job: TrainingJob, trial: Trial | None, data=None) -> None:
        super().__init__(data, prefix="hp")
        self.dimensions = SearchSpace.from_json(job.search_space).dimensions
        given = trial.parameters if trial else {}
        for name, dimension in self.dimensions.items():
            self.fields[name] = _value_field(dimension)
            self.fields[name].label = name
            value = given.get(name, dimension.from_unit(0.5))
            self.initial[name] = _text(value) if isinstance(dimension, Categorical) else value

    def parameters(self) -> dict[str, Any]:
        """The hyperparameters of the valid form."""
        return {name: self.cleaned_data[name] for name in self.dimensions}


def _value_field(dimension: Dimension) -> forms.Field:
    if isinstance(dimension, Categorical):
        by_text = {_text(choice): choice for choice in dimension.choices}
        return forms.TypedChoiceField(choices=[(text, text) for text in by_text], coerce=by_text.__getitem__)
    scale = ", logarithmic" if dimension.log else ""
    return NumberField(
        whole=isinstance(dimension, Integer),
        min_value=dimension.lower,
        max_value=dimension.upper,
        help_text=f"{short(dimension.lower)} to {short(dimension.upper)}{scale}",
    )


def _text(value: Any) -> str:
    return str(value)
