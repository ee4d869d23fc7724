"""Check an indicator's pattern (RE2 syntax) and explain what is wrong with it."""

import re
from typing import Any

import re2

MAX_PATTERN_LENGTH = 500

OPTIONS = re2.Options()
OPTIONS.log_errors = False


class PatternError(ValueError):
    """A pattern that cannot be used; the message says why and how to write it instead."""


_REMEDIES: list[tuple[str, str]] = [
    (
        r"\(\?<?[=!]",
        "look-around ((?=…), (?!…), (?<=…), (?<!…)) is not supported. Write the neighbouring text out around "
        "the capture group instead, for example (?:^|\\W)loss=([0-9.]+) rather than (?<!\\w)loss=([0-9.]+).",
    ),
    (
        r"\(\?P=|\\[1-9]|\\k[<{']",
        "back-references (\\1, (?P=name)) are not supported. Write the repeated text out a second time.",
    ),
    (r"\\Z", "\\Z is not supported. Use $ for the end of a line."),
    (r"\\G", "\\G is not supported. Use ^ for the beginning of a line."),
    (
        r"\(\?>|[*+?}]\+",
        "atomic groups and possessive repetition ((?>…), a++, a*+) are not supported and not needed: "
        "matching is always linear in the text. Write (?:…), a+ or a*.",
    ),
    (r"\(\?\(", "conditions ((?(1)…|…)) are not supported. Write the cases as alternatives: (?:a|b)."),
    (r"\(\?#", "comments ((?#…)) are not supported. Remove the comment."),
    (
        r"\(\?[a-zA-Z]*[xaLu]",
        "of the flags only i, m, s and U are supported. Remove the others; \\d, \\w and \\s are ASCII here.",
    ),
    (r"\\h", "\\h is not supported. Use [ \\t]."),
    (r"\\R", "\\R is not supported. Lines are read one by one; use \\n to continue in the next line."),
    (r"\\[uNU]", "\\u, \\U and \\N are not supported. Type the character itself, or \\x{263a}."),
]


def check_pattern(pattern: str) -> None:
    """Raise PatternError unless `pattern` can be used to read an indicator."""
    compile_pattern(pattern)
    if reads_lines(pattern):
        compile_over_lines(pattern)


def compile_over_lines(pattern: str) -> Any:
    """Return the RE2 object that finds, in a window of lines, matches that end in the last of them.

    Group 1 is the match of the pattern, so its own groups are numbered from 2.
    """
    try:
        return re2.compile(rf"(?m)({pattern})[^\n]*\z".encode(), OPTIONS)
    except re2.error as error:
        raise PatternError(_explain(pattern, error)) from None


def compile_pattern(pattern: str) -> Any:
    """Return the RE2 object, which searches bytes; raise PatternError when it cannot be used."""
    if not pattern:
        raise PatternError("The pattern is empty. Write one such as loss=([0-9.]+), or generate one.")
    if len(pattern) > MAX_PATTERN_LENGTH:
        raise PatternError(
            f"The pattern has {len(pattern)} characters; at most {MAX_PATTERN_LENGTH} are allowed. "
            "Keep only the text next to the number."
        )
    try:
        compiled = re2.compile(pattern.encode(), OPTIONS)
    except UnicodeEncodeError:
        raise PatternError("The pattern holds a character that cannot be encoded. Type it again.") from None
    except re2.error as error:
        raise PatternError(_explain(pattern, error)) from None
    if value_groups(compiled) == []:
        raise PatternError(
            "The pattern has no capture group for the number. Put parentheses around the part that is the "
            "number, for example loss=([0-9.]+)."
        )
    return compiled


def _explain(pattern: str, error: Exception) -> str:
    reason = error.args[0].decode("utf-8", "replace") if error.args else "invalid pattern"
    for syntax, remedy in _REMEDIES:
        if re.search(rf"(?<!\\)(?:\\\\)*(?:{syntax})", pattern):
            return f"The pattern is not valid RE2 syntax: {remedy}"
    kind, _, where = reason.partition(": ")
    advice = {
        "missing )": "a parenthesis is opened and not closed. Close it, or write \\( for a printed one.",
        "unexpected )": "a parenthesis is closed that was not opened. Write \\) for a printed one.",
        "missing ]": "a bracket is opened and not closed. Close it, or write \\[ for a printed one.",
        "no argument for repetition operator": "a repetition follows nothing. Write \\* for a printed star.",
        "bad repetition operator": "two repetitions follow each other. Group the first: (?:a+)*.",
        "invalid repetition size": "a repetition is too large. Use at most {1000} in all, or * and +.",
        "trailing \\": "it ends with a backslash. Write \\\\ for a printed one.",
        "invalid escape sequence": f"the escape {where} is unknown. Leave the backslash out.",
        "pattern too large": "it becomes too large. Use * or + rather than counted repetitions.",
    }.get(kind, reason)
    return f"The pattern is not valid RE2 syntax: {advice}"


def value_groups(compiled: Any) -> list[int]:
    """Return the capture groups that may hold the number, in order of preference."""
    names = compiled.groupindex
    if b"value" in names:
        return [names[b"value"]]
    return [number for number in range(1, compiled.groups + 1) if number != names.get(b"step")]


_PART = re.compile(
    r"(?s)\\[pPx](?:\{[^}]*\}|.)|\\.|\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]|\(\?P?<\w+>|\(\?[a-zA-Z-]*[:)]"
    r"|[*+?]\??|\{\d+(?:,\d*)?\}\??|."
)
_SPACE_ESCAPES = ("\\s", "\\D", "\\W", "\\n", "\\S", "\\P", "\\C", "\\v")


def reads_lines(pattern: str) -> bool:
    """Return whether `pattern` spells a line break and so is matched over a window of lines."""
    parts = _PART.findall(pattern)
    return any(
        part in ("\\n", "\n") or (part.startswith("[") and part[1:2] != "^" and "\\n" in part)
        for part in parts
    )


def required_literal(pattern: str) -> bytes:
    """Return the longest text that every line completing a match must hold; empty when none is certain.

    Searching this text first is several times faster than running the pattern on every line.
    """
    if "\\Q" in pattern or re.search(r"\(\?[a-zA-Z-]*[is]", pattern) or "[:" in pattern:
        return b""
    runs, depth, run = [""], 0, ""
    parts = _PART.findall(pattern)
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        optional = following[:1] in ("*", "?", "{")
        literal = ""
        if part.startswith("(") and not part.endswith(")"):
            depth += 1
        elif part == ")":
            depth -= 1
        elif depth == 0 and part == "|":
            return b""
        elif depth == 0 and not optional:
            literal = _literal_of(part)
        if literal:
            run += literal
            continue
        runs.append(run)
        run = ""
        if part[:2] in _SPACE_ESCAPES or part == "\n" or part.startswith("["):
            runs = [""]  # what came before may lie on an earlier line
    return max([*runs, run], key=len).encode()


def _literal_of(part: str) -> str:
    if len(part) == 1:
        return "" if part in "^$.*+?()[]{}|\\\n" else part
    if part[0] == "\\" and len(part) == 2 and not part[1].isalnum():
        return part[1]
    return "\t" if part == "\\t" else ""
