"""Numbers, times and spans as people read them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from numbers import Integral, Real

NOTHING = "–"
SIGNIFICANT_DIGITS = 5
LONGEST_INTEGER = 10**12


def number(value) -> str:
    """A number with five significant digits, trailing zeros dropped; whole numbers in full.

    None and the empty text are a dash, NaN and the infinities are named, anything else is shown as it is.
    """
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool) or not isinstance(value, Real):
        return str(value)
    if isinstance(value, Integral) or (value == value and abs(value) < 1e9 and value == int(value)):
        return str(int(value)) if abs(value) < LONGEST_INTEGER else _short(float(value))
    return _short(float(value))


def _short(value: float) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "-∞"
    text = f"{value:.{SIGNIFICANT_DIGITS}g}"
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def brief(name: str, most: int = 22) -> str:
    """A long name by its beginning and end, at most so many characters."""
    return name if len(name) <= most else f"{name[: most - 9]}…{name[-8:]}"


def briefs(names: Sequence[str], most: int = 22) -> list[str]:
    """Names as `brief` has them, but by what tells them apart where their beginnings and ends are alike."""
    found = [brief(name, most) for name in names]
    for text in {text for text in found if found.count(text) > 1}:
        alike = [i for i, one in enumerate(found) if one == text]
        group = [names[i] for i in alike]
        start = _alike(group)
        end = min(_alike([name[::-1] for name in group]), min(map(len, group)) - start)
        for i, name in zip(alike, group, strict=True):
            own = name[start : len(name) - end][: most - 2]
            found[i] = f"…{name[max(0, start - most + 2 + len(own)) : start]}{own}…"
    return found


def _alike(names: Sequence[str]) -> int:
    """How many letters all the names begin with."""
    return sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False)))


def duration(span: float | timedelta | None) -> str:
    """A span (seconds or timedelta) in its two largest units, such as `1 h 04 min` or `3.2 s`."""
    if span is None or span == "":
        return NOTHING
    seconds = span.total_seconds() if isinstance(span, timedelta) else float(span)
    if seconds < 0:
        return "0 s"
    if seconds < 0.9995:
        return f"{round(seconds * 1000)} ms" if seconds else "0 s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02d} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours:02d} h"


def relative(moment: datetime, now: datetime) -> str:
    """How long ago it was (or in how long it will be), in one unit."""
    seconds = (now - moment).total_seconds()
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if abs(seconds) >= size:
            count = int(abs(seconds) // size)
            words = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "just now" if seconds > -5 else "in a few seconds"
