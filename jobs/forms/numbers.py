"""Numbers in forms: typed as people write them, kept as typed when something else is wrong."""

import math

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from algorithms.values import parse_value


def number_text(value: float | int | None) -> str:
    """A number as a person would type it; empty for None."""
    if value is None:
        return ""
    whole = math.isfinite(value) and float(value).is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else repr(value)


LARGEST_WHOLE = 2**53
"""Whole numbers up to here are exact wherever they go: databases, JSON, arrays, the script."""


class NumberField(forms.Field):
    """A finite number in a text field, so that `1e-5` stays what was typed; `whole` asks for an integer."""

    widget = forms.TextInput

    def __init__(self, *, whole: bool = False, min_value=None, max_value=None, **options):
        super().__init__(**options)
        self.whole = whole
        self.widget.attrs.setdefault("inputmode", "numeric" if whole else "decimal")
        if min_value is not None:
            message = f"Enter a number of at least {number_text(min_value)}."
            self.validators.append(MinValueValidator(min_value, message))
        if max_value is not None:
            message = f"Enter a number of at most {number_text(max_value)}."
            self.validators.append(MaxValueValidator(max_value, message))

    def prepare_value(self, value):
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        return number_text(value) if numeric else value

    def to_python(self, value) -> float | int | None:
        text = "" if value is None else str(value).strip()
        if not text:
            return None
        try:
            number = parse_value(text, "Integer" if self.whole else "Float")
        except ValueError as error:
            example = "such as 20" if self.whole else "such as 0.01 or 1e-5"
            raise forms.ValidationError(f"{error} Enter a number, {example}.", code="invalid") from None
        if self.whole and abs(number) > LARGEST_WHOLE:
            raise forms.ValidationError(f"Enter a number between -{LARGEST_WHOLE:,} and {LARGEST_WHOLE:,}.")
        return number
