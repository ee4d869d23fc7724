"""The boot command: hyperparameter values as the arguments a script expects."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from numbers import Integral, Real

Value = str | int | float | bool | None

_PLAIN_NEGATIVE = re.compile(r"-\d+\Z|-\d*\.\d+\Z")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class ArgumentStyle(StrEnum):
    """How a name and its value are joined: `--name value` or `--name=value`."""

    SPACE = "space"
    EQUALS = "equals"


class BooleanStyle(StrEnum):
    """How a Boolean is passed: `--name True` or, as a flag, `--name` if it is true and nothing if not."""

    VALUE = "value"
    FLAG = "flag"


class CommandError(ValueError):
    """The boot command cannot be built; the message names the part and the remedy."""


def format_value(value: Value) -> str:
    """Return a value as one argument; a float is read back as exactly the same float.

    Small negative floats are written without an exponent: argparse takes `-1e-05` for an option.
    """
    if value is None:
        return ""
    if isinstance(value, str | bool) or not isinstance(value, Real):
        return str(value)
    if isinstance(value, Integral):
        return str(int(value))
    text = repr(float(value))
    if value < 0 and math.isfinite(value) and "e" in text:
        text = format(Decimal(text), "f")
        return text if "." in text else text + ".0"
    return text


def build_command(
    boot_file: str,
    values: Mapping[str, Value],
    *,
    interpreter: str | Sequence[str] = "python",
    argument_style: ArgumentStyle | str = ArgumentStyle.SPACE,
    boolean_style: BooleanStyle | str = BooleanStyle.VALUE,
    positional: Sequence[str] = (),
    extra_arguments: str = "",
) -> list[str]:
    """Return interpreter, boot file and the arguments; see `build_arguments`. Raises `CommandError`."""
    if not boot_file:
        raise CommandError("The boot file is missing: choose a .py file inside the code directory.")
    argv = [interpreter] if isinstance(interpreter, str) else list(interpreter)
    return [
        *argv,
        boot_file,
        *build_arguments(
            values,
            argument_style=argument_style,
            boolean_style=boolean_style,
            positional=positional,
            extra_arguments=extra_arguments,
        ),
    ]


def build_arguments(
    values: Mapping[str, Value],
    *,
    argument_style: ArgumentStyle | str = ArgumentStyle.SPACE,
    boolean_style: BooleanStyle | str = BooleanStyle.VALUE,
    positional: Sequence[str] = (),
    extra_arguments: str = "",
) -> list[str]:
    """Return positional values, named values in the order given, extra arguments.

    `positional` names the hyperparameters passed by place, in that order. None means that the argument is
    left out. `extra_arguments` is split like a shell line, but never run by a shell. Raises `CommandError`.
    """
    style, booleans = ArgumentStyle(argument_style), BooleanStyle(boolean_style)
    argv: list[str] = []
    for name in positional:
        if values.get(name) is None:
            raise CommandError(f"The positional hyperparameter {name} has no value: give it one.")
        argv.append(format_value(values[name]))
    for name, value in values.items():
        if name not in positional:
            argv += _named(name, value, style, booleans)
    return argv + split_extra(extra_arguments)


def split_extra(text: str) -> list[str]:
    """Split extra arguments like a shell line; raises `CommandError` when a quote is left open."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise CommandError(
            f"The extra arguments cannot be split ({error}): close the quotes in {text}"
        ) from error


def _named(name: str, value: Value, style: ArgumentStyle, booleans: BooleanStyle) -> list[str]:
    if value is None:
        return []
    option = f"--{name}"
    if isinstance(value, bool) and booleans is BooleanStyle.FLAG:
        return [option] if value else []
    text = format_value(value)
    # A value such as -inf or -x would be taken for an option if it stood alone.
    mistakable = text.startswith("-") and not _PLAIN_NEGATIVE.match(text)
    if style is ArgumentStyle.EQUALS or mistakable:
        return [f"{option}={text}"]
    return [option, text]


def as_shell_line(argv: Sequence[str], env: Mapping[str, str] | None = None, cwd: str | None = None) -> str:
    """Return one line that does the same when pasted into a shell (secrets are the caller's to leave out)."""
    words = [f"{name}={shlex.quote(value)}" for name, value in (env or {}).items()]
    if any(not _IDENTIFIER.match(name) for name in env or {}):
        words = ["env", *(shlex.quote(f"{name}={value}") for name, value in (env or {}).items())]
    line = " ".join([*words, shlex.join(argv)])
    return f"cd {shlex.quote(cwd)} && {line}" if cwd else line
