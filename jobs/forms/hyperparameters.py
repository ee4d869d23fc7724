"""One hyperparameter of a job: a fixed value or, with its range switched on, where it is searched."""

from dataclasses import dataclass
from typing import Any

from django import forms

from algorithms.specification import AlgorithmSpecification, Hyperparameter, SearchRange, Value
from algorithms.values import describe, restraint_problem
from jobs.forms.numbers import NumberField, number_text
from search import Categorical, Dimension, Float, Integer

SCALES = [("linear", "Linear"), ("log", "Logarithmic")]


def value_field(row: Hyperparameter) -> forms.Field:
    """The form field for a fixed value of the hyperparameter; its restraint is the field's."""
    if row.restraint.kind == "choices":
        return forms.TypedChoiceField(
            choices=_options(row.restraint.choices, row),
            coerce=_coerce(row.restraint.choices),
            empty_value=None,
            required=row.required,
        )
    if row.type == "Boolean":
        return forms.TypedChoiceField(
            choices=_options((True, False), row),
            coerce=_coerce((True, False)),
            empty_value=None,
            required=row.required,
        )
    if row.type == "String":
        return forms.CharField(required=row.required, max_length=4096, empty_value=None)
    return NumberField(whole=row.type == "Integer", required=row.required, validators=[_restrained(row)])


def _restrained(row: Hyperparameter):
    def check(value: Value) -> None:
        if problem := restraint_problem(value, row.restraint):
            raise forms.ValidationError(problem)

    return check


def _options(values: tuple[Value, ...], row: Hyperparameter) -> list[tuple[str, str]]:
    blank = [] if row.required and row.default is not None else [("", "not passed")]
    return blank + [(str(value), str(value)) for value in values]


def _coerce(values: tuple[Value, ...]):
    by_text = {str(value): value for value in values}
    return by_text.__getitem__


@dataclass(frozen=True)
class Choice:
    """What a row of the form came to: exactly one of the two, or neither where the argument is left out."""

    value: Value | None = None
    dimension: Dimension | None = None


class HyperparameterForm(forms.Form):
    """A row of the hyperparameters table, named `hp-<hyperparameter>`."""

    def __init__(self, row: Hyperparameter, searchable: SearchRange | None, initial=None, **options):
        self.row = row
        self.searchable = searchable
        defaults = {"value": row.default, **_range_initial(searchable)}
        super().__init__(initial={**defaults, **(initial or {})}, prefix=f"hp-{row.name}", **options)
        self.fields["value"] = value_field(row)
        if not row.required:
            self.fields["removed"] = forms.BooleanField(required=False, widget=forms.HiddenInput)
        if searchable:
            self.fields["searched"] = forms.BooleanField(required=False)
            self._add_range_fields(searchable)
        for name, bound in ((name, self[name]) for name in self.fields):
            bound.field.widget.attrs["aria-label"] = f"{row.name} {LABELS[name]}"

    def _add_range_fields(self, searchable: SearchRange) -> None:
        if searchable.choices:
            options = [(str(value), str(value)) for value in searchable.choices]
            self.fields["choices"] = forms.MultipleChoiceField(
                choices=options, required=False, widget=forms.CheckboxSelectMultiple
            )
            return
        whole = self.row.type == "Integer"
        self.fields["lower"] = NumberField(whole=whole, required=False)
        self.fields["upper"] = NumberField(whole=whole, required=False)
        self.fields["scale"] = forms.ChoiceField(choices=SCALES, required=False)

    def full_clean(self):
        super().full_clean()
        if not self.is_bound:
            return
        # What is hidden on the page must not be complained about.
        unused = []
        if self.is_removed:
            unused = list(self.fields)
        elif self.is_searched:
            unused = ["value"]
        elif self.searchable:
            unused = ["lower", "upper", "scale", "choices"]
        for name in unused:
            self._errors.pop(name, None)

    @property
    def is_searched(self) -> bool:
        """Whether the range is switched on."""
        return bool(self.searchable and not self.is_removed and self["searched"].value())

    @property
    def is_removed(self) -> bool:
        """Whether the argument is not to be passed at all."""
        return "removed" in self.fields and _truth(self["removed"].value())

    @property
    def restraint_text(self) -> str:
        """The restraint in words; empty without one."""
        return describe(self.row.restraint) if self.row.restraint.kind else ""

    def clean(self):
        cleaned = super().clean()
        if self.is_searched and self.searchable.choices:
            self._clean_choices(cleaned)
        elif self.is_searched:
            self._clean_bounds(cleaned)
        return cleaned

    def _clean_choices(self, cleaned: dict[str, Any]) -> None:
        if "choices" in cleaned and len(cleaned["choices"]) < 2:
            self.add_error("choices", "Tick at least two values to search among, or switch the range off.")

    def _clean_bounds(self, cleaned: dict[str, Any]) -> None:
        lower, upper = cleaned.get("lower"), cleaned.get("upper")
        for name, value in (("lower", lower), ("upper", upper)):
            if value is None and name not in self.errors:
                self.add_error(name, f"Enter the {name} bound.")
            elif value is not None:
                self._check_restraint(name, value)
        if lower is None or upper is None:
            return
        if lower >= upper:
            self.add_error("upper", f"Enter an upper bound above the lower bound {number_text(lower)}.")
        if cleaned.get("scale") == "log" and lower <= 0:
            self.add_error(
                "lower", "The logarithmic scale needs a lower bound above 0; raise it or choose linear."
            )

    def _check_restraint(self, name: str, value: float) -> None:
        problem = restraint_problem(value, self.row.restraint)
        if problem and self.row.restraint.kind == "range":
            self.add_error(name, f"{problem} The algorithm restrains {self.row.name}.")

    def choice(self) -> Choice:
        """The value or the dimension of a valid row."""
        if self.is_removed:
            return Choice()
        if not self.is_searched:
            return Choice(value=self.cleaned_data["value"])
        if self.searchable.choices:
            ticked = set(self.cleaned_data["choices"])
            return Choice(
                dimension=Categorical([value for value in self.searchable.choices if str(value) in ticked])
            )
        kind = Integer if self.row.type == "Integer" else Float
        bounds = self.cleaned_data["lower"], self.cleaned_data["upper"]
        return Choice(dimension=kind(*bounds, log=self.cleaned_data["scale"] == "log"))


LABELS = {
    "value": "value",
    "removed": "removed",
    "searched": "range",
    "lower": "lower bound",
    "upper": "upper bound",
    "scale": "scale",
    "choices": "values",
}


def _truth(value: Any) -> bool:
    return str(value).lower() in {"true", "on", "1"}


def _range_initial(searchable: SearchRange | None) -> dict[str, Any]:
    if searchable is None:
        return {}
    return {
        "lower": searchable.lower,
        "upper": searchable.upper,
        "scale": "log" if searchable.log else "linear",
        "choices": [str(value) for value in searchable.choices],
    }


def hyperparameter_forms(
    specification: AlgorithmSpecification, data=None, initial: dict[str, dict[str, Any]] | None = None
) -> list[HyperparameterForm]:
    """A form for every hyperparameter of the algorithm, in its order; `initial` by hyperparameter name."""
    ranges = {row.name: row for row in specification.search_ranges} if specification.auto_search else {}
    return [
        HyperparameterForm(row, ranges.get(row.name), data=data, initial=(initial or {}).get(row.name))
        for row in specification.hyperparameters
    ]
