"""Hyperparameter values: from the text of a form field to a typed value, and what a restraint says."""

from __future__ import annotations

import math
import re

from algorithms.specification import HyperparameterType, Restraint, Value

TRUE = {"true", "1", "yes", "on"}
FALSE = {"false", "0", "no", "off"}
INTEGER = re.compile(r"[+-]?[0-9]+")


def parse_value(text: str, type_: HyperparameterType) -> Value:
    """The value a text stands for; ValueError says in words what the type asks for."""
    text = text.strip() if type_ != "String" else text
    if type_ == "Integer":
        if not INTEGER.fullmatch(text):
            raise ValueError(f"{text} is not a whole number.")
        return int(text)
    if type_ == "Float":
        return parse_float(text)
    if type_ == "Boolean":
        if text.lower() not in TRUE | FALSE:
            raise ValueError(f"{text} is neither True nor False.")
        return text.lower() in TRUE
    return text


def parse_float(text: str) -> float:
    """A finite number; ValueError says what is wrong."""
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{text} is not a number.") from None
    if not math.isfinite(value):
        raise ValueError(f"{text} is not a finite number.")
    return value


def format_value(value: Value | None) -> str:
    """The text `parse_value` reads back; floats as short as they can be written."""
    return "" if value is None else str(value)


def parse_choices(text: str, type_: HyperparameterType) -> tuple[Value, ...]:
    """An enumeration's values, one a line, each once; ValueError names the first bad one."""
    values: dict[Value, None] = {}
    for line in text.splitlines():
        if line.strip():
            values[parse_value(line.strip(), type_)] = None
    return tuple(values)


def restraint_problem(value: Value, restraint: Restraint) -> str:
    """Why the restraint does not allow the value, in words; empty where it does."""
    if restraint.kind == "choices" and value not in restraint.choices:
        return f"{value} is not one of {', '.join(map(str, restraint.choices))}."
    if restraint.kind == "range":
        if restraint.lower is not None and value < restraint.lower:
            return f"{value} is below the lower bound {restraint.lower}."
        if restraint.upper is not None and value > restraint.upper:
            return f"{value} is above the upper bound {restraint.upper}."
    return ""


def describe(restraint: Restraint) -> str:
    """The restraint in a few words, as buttons and tables show it."""
    if restraint.kind == "choices":
        return ", ".join(map(str, restraint.choices))
    if restraint.kind == "range":
        lower = "−∞" if restraint.lower is None else restraint.lower
        upper = "∞" if restraint.upper is None else restraint.upper
        return f"{lower} to {upper}"
    return "None"
