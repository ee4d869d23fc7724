"""Turn printed text into expressions that match its next printing: numbers vary, words stay."""

import re

NUMBER = r"[-+]?(?:\d*\.?\d+(?:[eE][-+]?\d+)?|(?i:nan|inf))"
THOUSANDS_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.?\d+(?:[eE][-+]?\d+)?|(?i:nan|inf))"
FORTRAN_NUMBER = r"[-+]?(?:\d*\.?\d+(?:[eEdD][-+]?\d+)?|(?i:nan|inf))"
COMMA_NUMBER = r"[-+]?(?:\d*[.,]?\d+(?:[eE][-+]?\d+)?|(?i:nan|inf))"

_PART = re.compile(
    r"[-+]?\d+(?:[.,:]\d+)*(?:e[-+]?\d+)?|[^\W\d]\w*|\s+|\.{2,}|-{3,}|={3,}|[^\w\s]|\w+", re.IGNORECASE
)
_FIGURES = r"[-+\d.,:e]+"


def parts(text: str) -> list[str]:
    """Split text into numbers, words, runs of spaces and single marks."""
    return _PART.findall(text)


def part_shape(part: str, tight: bool = False) -> str:
    """Return the expression for one part; `tight` makes spaces necessary (between two words)."""
    if part.isspace():
        return r"\s+" if tight else r"\s*"
    if part.lstrip("+-")[:1].isdigit():
        return _FIGURES
    if part.lower() in ("inf", "nan"):
        return r"[^\s,;|)]+"  # a number next time
    if len(part) > 1 and part == part[0] * len(part) and not part.isalnum():
        return escape(part[0]) + "+"
    return escape(part)


def shape(text: str) -> str:
    """Return an expression for text in which numbers and the amount of space vary."""
    pieces = parts(text)
    out = []
    for place, part in enumerate(pieces):
        left = pieces[place - 1][-1:] if place else ""
        right = pieces[place + 1][:1] if place + 1 < len(pieces) else ""
        out.append(part_shape(part, tight=_wordy(left) and _wordy(right)))
    return "".join(out)


def _wordy(character: str) -> bool:
    return character.isalnum() or character == "_" or character == ""


def literal(text: str) -> str:
    """Return an expression for exactly this text, the amount of space apart."""
    return r"\s+".join(escape(word) for word in text.split())


def escape(text: str) -> str:
    """Escape what RE2 would read as syntax, and nothing else, so that patterns stay readable."""
    return re.sub(r"([\\.^$|?*+()\[\]{}])", r"\\\1", text)


def alternatives(expressions: list[str], most: int = 4) -> str | None:
    """Return one expression for several, or None when there are too many."""
    distinct = list(dict.fromkeys(expressions))
    if len(distinct) == 1:
        return distinct[0]
    if len(distinct) > most:
        return None
    if set(distinct) <= {r"\s+", r"\s*", ""}:
        return r"\s*"
    return f"(?:{'|'.join(distinct)})"


def common_prefix(texts: list[list[str]]) -> list[str]:
    """Return the longest list of parts all lists begin with."""
    out = []
    for column in zip(*texts, strict=False):
        if len(set(column)) != 1:
            break
        out.append(column[0])
    return out
