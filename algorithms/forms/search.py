"""Supported policies: what autoSearch(S) opens."""

from django import forms

from algorithms.forms.rows import NAME_MISSING, NumberTextField, RowForm, row_formset
from algorithms.specification import Hyperparameter, SearchRange
from algorithms.values import format_value, parse_choices, restraint_problem
from runtime.pattern import MAX_PATTERN_LENGTH, PatternError, check_pattern
from search import COMMON_PARAMETERS, SAMPLERS, Parameter

DEFAULT_SEARCH_ALGORITHM = "bayes_opt_search"
SCALES = [("linear", "Linear"), ("log", "Logarithmic")]


class PatternField(forms.CharField):
    """A regular expression that reads an indicator, as RE2 takes it."""

    def __init__(self, **options):
        super().__init__(max_length=MAX_PATTERN_LENGTH, **options)

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        if not value:
            return
        try:
            check_pattern(value)
        except PatternError as error:
            raise forms.ValidationError(str(error)) from None


class IndicatorForm(RowForm):
    """A quantity the script prints, which way is better, and the pattern that reads it."""

    name = forms.CharField(label="Name", max_length=256, error_messages=NAME_MISSING)
    direction = forms.ChoiceField(label="Optimization direction", choices=[("max", "max"), ("min", "min")])
    pattern = PatternField(
        label="Regular expression", error_messages={"required": "Enter a pattern, or have it generated."}
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["pattern"].widget.attrs["class"] = "font-monospace"
        for name in ("pattern", "name"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def record(self) -> dict:
        """The row as `specification.Indicator` keeps it."""
        return {key: self.cleaned_data[key] for key in ("name", "direction", "pattern")}


class SearchRangeForm(RowForm):
    """Where a hyperparameter may be searched: a range, or a list of values one a line."""

    name = forms.CharField(
        label="Hyperparameter",
        max_length=64,
        widget=forms.Select,
        error_messages={"required": "Choose a hyperparameter."},
    )
    kind = forms.ChoiceField(
        label="Kind", choices=[("range", "Range"), ("choices", "Values")], initial="range", required=False
    )
    lower = NumberTextField(label="Lower bound")
    upper = NumberTextField(label="Upper bound")
    scale = forms.ChoiceField(label="Scale", choices=SCALES, initial="linear", required=False)
    choices = forms.CharField(
        label="Values", required=False, widget=forms.Textarea(attrs={"rows": 2, "placeholder": "one a line"})
    )

    def __init__(self, *args, names: tuple[str, ...] = (), **options):
        super().__init__(*args, **options)
        own = self["name"].value()
        offered = list(names) + ([own] if own and own not in names else [])
        self.fields["name"].widget.choices = [("", "Choose"), *((name, name) for name in offered)]
        self.warnings: dict[str, str] = {}

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") == "choices":
            for name in ("lower", "upper"):
                self.errors.pop(name, None)
            return cleaned
        lower, upper = cleaned.get("lower"), cleaned.get("upper")
        for name in ("lower", "upper"):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, f"Enter the {name} bound.")
        if lower is not None and upper is not None and lower >= upper:
            self.add_error("upper", "The upper bound has to be above the lower bound.")
        if cleaned.get("scale") == "log" and lower is not None and lower <= 0:
            self.add_error("lower", "A logarithmic scale needs a lower bound above 0.")
        return cleaned

    def check(self, row: Hyperparameter) -> None:
        """Compare with the hyperparameter it searches; adds errors, and warnings that do not stop anybody."""
        if self.cleaned_data.get("kind") == "choices":
            self._check_choices(row)
        elif row.type not in ("Integer", "Float"):
            self.add_problem(
                "kind", f"{row.name} is a {row.type}: search a list of values instead of a range."
            )
        else:
            self._check_bounds(row)

    def _check_choices(self, row: Hyperparameter) -> None:
        try:
            values = parse_choices(self.cleaned_data.get("choices", ""), row.type)
        except ValueError as error:
            return self.add_problem("choices", str(error))
        if len(values) < 2:
            return self.add_problem("choices", "Give at least two values, one a line.")
        for value in values:
            if problem := restraint_problem(value, row.restraint):
                return self.add_problem("choices", f"The restraint of {row.name}: {problem}")
        self.cleaned_data["values"] = values
        if row.default is not None and row.default not in values:
            self.warnings["choices"] = f"The default {format_value(row.default)} is not among the values."
        return None

    def _check_bounds(self, row: Hyperparameter) -> None:
        data = self.cleaned_data
        for name in ("lower", "upper"):
            bound = data.get(name)
            if bound is None:
                continue
            if row.type == "Integer" and bound % 1:
                self.add_problem(name, f"{row.name} is an Integer: enter a whole number.")
            elif row.restraint.kind == "range" and (problem := restraint_problem(bound, row.restraint)):
                self.add_problem(name, f"The restraint of {row.name}: {problem}")
        if row.restraint.kind == "choices":
            self.add_problem("kind", f"{row.name} is restrained to an enumeration: search a list of values.")
        if isinstance(row.default, int | float):
            self._compare_default(row.default, data.get("lower"), data.get("upper"))

    def _compare_default(self, default: float, lower: float | None, upper: float | None) -> None:
        if lower is not None and default < lower:
            self.warnings["lower"] = f"The default {format_value(default)} is below this range."
        if upper is not None and default > upper:
            self.warnings["upper"] = f"The default {format_value(default)} is above this range."

    def record(self, type_: str) -> dict:
        """The row as `specification.SearchRange` keeps it; call after `check`."""
        data = self.cleaned_data
        if data["kind"] == "choices":
            return {"name": data["name"], "choices": list(data["values"])}
        number = int if type_ == "Integer" else float
        return {
            "name": data["name"],
            "lower": number(data["lower"]),
            "upper": number(data["upper"]),
            "log": data["scale"] == "log",
        }


IndicatorFormSet = row_formset(IndicatorForm, "search indicators", most=20)
SearchRangeFormSet = row_formset(SearchRangeForm, "automatic search parameters")


def search_range_initial(record: dict) -> dict:
    """A stored search range as the initial values of its row."""
    row = SearchRange(**{**record, "choices": tuple(record.get("choices") or ())})
    return {
        "name": row.name,
        "kind": "choices" if row.choices else "range",
        "lower": format_value(row.lower),
        "upper": format_value(row.upper),
        "scale": "log" if row.log else "linear",
        "choices": "\n".join(map(str, row.choices)),
    }


class SamplerForm(forms.Form):
    """A search algorithm that can be ticked, with its parameters; fields are made from what it declares."""

    use_required_attribute = False
    ticked = forms.BooleanField(required=False)

    def __init__(self, name: str, *, stored: dict | None = None, ticked: bool = False, data=None):
        self.name = name
        self.sampler = SAMPLERS[name]
        self.declared = (*COMMON_PARAMETERS, *self.sampler.parameters)
        values = {parameter.name: parameter.default for parameter in self.declared} | (stored or {})
        super().__init__(
            data,
            prefix=f"sampler-{name}",
            initial={"ticked": ticked} | {key: format_value(value) for key, value in values.items()},
        )
        self.fields["ticked"].label = name
        self.fields["ticked"].help_text = self.sampler.summary
        for parameter in self.declared:
            self.fields[parameter.name] = _parameter_field(parameter)

    @property
    def is_ticked(self) -> bool:
        return bool(self["ticked"].value())

    @property
    def parameters(self) -> list[forms.BoundField]:
        """The fields of the parameters, in the order of the documentation."""
        return [self[parameter.name] for parameter in self.declared]

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self.is_ticked:
            self._errors.clear()

    def record(self) -> dict:
        """The parameters by name."""
        return {parameter.name: self.cleaned_data[parameter.name] for parameter in self.declared}


class ParameterField(forms.CharField):
    """The value of one declared parameter, checked by what is declared."""

    def __init__(self, parameter: Parameter, **options):
        self.parameter = parameter
        super().__init__(required=False, label=parameter.name, help_text=parameter.help, **options)
        if parameter.automatic:
            self.widget.attrs["placeholder"] = "automatic"

    def clean(self, value):
        text = (super().clean(value) or "").strip()
        try:
            return self.parameter.check(self._read(text))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def _read(self, text: str):
        if not text:
            return None
        if self.parameter.type is str:
            return text
        try:
            return int(text) if self.parameter.type is int else float(text)
        except ValueError:
            return text


def _parameter_field(parameter: Parameter) -> ParameterField:
    if parameter.type is str:
        blank = [("", "automatic")] if parameter.automatic else []
        return ParameterField(
            parameter, widget=forms.Select(choices=blank + [(choice, choice) for choice in parameter.choices])
        )
    return ParameterField(
        parameter,
        widget=forms.TextInput(attrs={"inputmode": "numeric" if parameter.type is int else "decimal"}),
    )
