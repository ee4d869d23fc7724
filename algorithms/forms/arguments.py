"""What the boot file is called with: inputs, outputs and hyperparameters."""

import re

from django import forms

from algorithms.forms.rows import NAME_MISSING, YES_NO, NumberTextField, RowForm, row_formset
from algorithms.specification import Restraint
from algorithms.values import describe, format_value, parse_choices, parse_value, restraint_problem
from runtime.environment import RESERVED

CHANNEL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
ARGUMENT_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
DESCRIPTION = re.compile(r"[A-Za-z0-9 _,.-]*")
TYPES = [(name, name) for name in ("String", "Integer", "Float", "Boolean")]
OBTAINED_FROM = [("hyperparameters", "Hyperparameters"), ("environment", "Environment variables")]
CONSTRAINTS = [(word, word or "None") for word in ("", "Data path", "Dataset")]


class ChannelForm(RowForm):
    """What inputs and outputs share."""

    name = forms.CharField(label="Name", max_length=64, error_messages=NAME_MISSING)
    obtained_from = forms.ChoiceField(
        label="Obtained from", choices=OBTAINED_FROM, initial="hyperparameters", required=False
    )
    description = forms.CharField(label="Description", max_length=256, required=False)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if name.startswith("-") or not CHANNEL_NAME.fullmatch(name):
            raise forms.ValidationError("Use 1 to 64 letters, digits, - or _, without dashes in front.")
        return name

    def clean(self):
        cleaned = super().clean()
        name = cleaned.get("name")
        if name and cleaned.get("obtained_from") == "environment":
            if not VARIABLE_NAME.fullmatch(name):
                self.add_error(
                    "name", "An environment variable has letters, digits and _ and no digit in front."
                )
            elif name in RESERVED:
                self.add_error("name", f"The console sets {name} itself. Choose another name.")
        return cleaned

    def record(self) -> dict:
        """The row as `specification.Channel` keeps it."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "obtained_from": data["obtained_from"] or "hyperparameters",
            "description": data["description"],
            "constraint": data.get("constraint", ""),
        }


class InputForm(ChannelForm):
    """An input of the boot file, which may be constrained in where it comes from."""

    field_order = ("name", "obtained_from", "constraint", "description")

    constraint = forms.ChoiceField(label="Constraint", choices=CONSTRAINTS, required=False)


class OutputForm(ChannelForm):
    """An output of the boot file."""


class HyperparameterForm(RowForm):
    """One command-line argument of the boot file. The restraint's fields are filled in by a dialog."""

    name = forms.CharField(label="Name", max_length=64, error_messages=NAME_MISSING)
    type = forms.ChoiceField(label="Type", choices=TYPES, initial="String", required=False)
    default = forms.CharField(label="Default", required=False, max_length=4096, strip=False)
    restraint = forms.ChoiceField(
        label="Restrain", choices=[("", "None"), ("range", "Range"), ("choices", "Enumeration")],
        required=False, widget=forms.HiddenInput,
    )  # fmt: skip
    lower = NumberTextField(widget=forms.HiddenInput)
    upper = NumberTextField(widget=forms.HiddenInput)
    choices = forms.CharField(required=False, widget=forms.HiddenInput)
    required = forms.ChoiceField(label="Required", choices=YES_NO, initial="no", required=False)
    passed_as = forms.ChoiceField(
        label="Passed as",
        choices=[("name", "--name"), ("position", "position")],
        initial="name",
        required=False,
    )
    description = forms.CharField(label="Description", max_length=256, required=False)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if name.startswith("-"):
            raise forms.ValidationError(f"Leave out the leading dashes: {name.lstrip('-') or 'a name'}.")
        if not ARGUMENT_NAME.fullmatch(name):
            raise forms.ValidationError("Use 1 to 64 letters, digits, hyphens, underscores or dots.")
        return name

    def clean_description(self) -> str:
        text = self.cleaned_data["description"]
        if not DESCRIPTION.fullmatch(text):
            raise forms.ValidationError("Use letters, digits, spaces and - _ , . only.")
        return text

    def clean(self):
        cleaned = super().clean()
        cleaned["type"] = cleaned.get("type") or "String"
        cleaned["restrained"] = self._read_restraint(cleaned)
        cleaned["value"] = self._read_default(cleaned)
        return cleaned

    def _read_restraint(self, cleaned: dict) -> Restraint:
        kind, type_ = cleaned.get("restraint"), cleaned["type"]
        if kind == "choices":
            try:
                choices = parse_choices(cleaned.get("choices", ""), type_)
            except ValueError as error:
                self.add_error("restraint", f"Enumeration: {error}")
                return Restraint()
            if not choices:
                self.add_error("restraint", "Enumeration: give at least one value.")
            return Restraint("choices", choices=choices)
        # The bounds are hidden inputs: what is wrong with them is told beside the Restrain button.
        unreadable = [bool(self._errors.pop(name, None)) for name in ("lower", "upper")]
        if kind == "range" and any(unreadable):
            self.add_error("restraint", "Range: both bounds have to be numbers.")
        elif kind == "range":
            return self._read_range(type_, cleaned["lower"], cleaned["upper"])
        return Restraint()

    def _read_range(self, type_: str, lower: float | None, upper: float | None) -> Restraint:
        if type_ not in ("Integer", "Float"):
            self.add_error("restraint", f"A range needs type Integer or Float, not {type_}.")
        elif lower is None and upper is None:
            self.add_error("restraint", "Range: give a lower bound, an upper bound or both.")
        elif lower is not None and upper is not None and lower > upper:
            self.add_error("restraint", "Range: the lower bound is above the upper bound.")
        elif type_ == "Integer" and any(bound is not None and bound % 1 for bound in (lower, upper)):
            self.add_error("restraint", "Range: the bounds of an Integer are whole numbers.")
        if type_ == "Integer":
            lower, upper = (
                int(bound) if bound is not None and not bound % 1 else bound for bound in (lower, upper)
            )
        return Restraint("range", lower, upper)

    def _read_default(self, cleaned: dict):
        text = cleaned.get("default", "")
        if not text.strip():
            return None
        try:
            value = parse_value(text, cleaned["type"])
        except ValueError as error:
            self.add_error("default", str(error))
            return None
        problem = "restraint" not in self.errors and restraint_problem(value, cleaned["restrained"])
        if problem:
            self.add_error("default", f"The default {problem}")
        return value

    def record(self) -> dict:
        """The row as `specification.Hyperparameter` keeps it, but for its position."""
        data = self.cleaned_data
        restraint = data["restrained"]
        return {
            "name": data["name"],
            "type": data["type"],
            "default": data["value"],
            "required": data["required"] == "yes",
            "description": data["description"],
            "restraint": {
                "kind": restraint.kind,
                "lower": restraint.lower,
                "upper": restraint.upper,
                "choices": list(restraint.choices),
            },
            "position": None,
        }

    @property
    def restraint_words(self) -> str:
        """What the Restrain button says, from whatever the row holds."""
        kind = self["restraint"].value()
        if kind == "choices":
            lines = (self["choices"].value() or "").splitlines()
            return ", ".join(line.strip() for line in lines if line.strip()) or "None"
        if kind == "range":
            return f"{self['lower'].value() or '−∞'} to {self['upper'].value() or '∞'}"
        return "None"


InputFormSet = row_formset(InputForm, "inputs")
OutputFormSet = row_formset(OutputForm, "outputs")
HyperparameterFormSet = row_formset(HyperparameterForm, "hyperparameters", most=200)


def hyperparameter_records(rows: list[HyperparameterForm]) -> list[dict]:
    """The rows as they are stored; positional ones are numbered from 1 in their order."""
    records, place = [], 0
    for row in rows:
        record = row.record()
        if row.cleaned_data["passed_as"] == "position":
            place += 1
            record["position"] = place
        records.append(record)
    return records


def hyperparameter_initial(record: dict) -> dict:
    """A stored hyperparameter as the initial values of its row."""
    restraint = record.get("restraint") or {}
    return {
        "name": record["name"],
        "type": record.get("type", "String"),
        "default": format_value(record.get("default")),
        "restraint": restraint.get("kind", ""),
        "lower": format_value(restraint.get("lower")),
        "upper": format_value(restraint.get("upper")),
        "choices": "\n".join(map(str, restraint.get("choices") or ())),
        "required": "yes" if record.get("required") else "no",
        "passed_as": "position" if record.get("position") else "name",
        "description": record.get("description", ""),
    }


def restraint_summary(record: dict) -> str:
    """A stored hyperparameter's restraint in a few words."""
    restraint = record.get("restraint") or {}
    return describe(Restraint(**{**restraint, "choices": tuple(restraint.get("choices") or ())}))
