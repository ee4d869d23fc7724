"""A pattern from the indicator's name alone: the ways in which logs commonly print a named number."""

import re

from algorithms.patterns.names import RIVALS, long_name
from algorithms.patterns.shapes import literal
from runtime.pattern import MAX_PATTERN_LENGTH, PatternError, check_pattern

_NUMBER = r"((?i:[-+]?(?:\d[\d,]*\.?\d*(?:e[-+]?\d+)?|\.\d+|nan|inf)))"
_PIECE = re.compile(r"\w+|[^\w\s]")
_JOINTS = set("_-./':,\"")
# Left of a name of one word: not inside a longer name ("eval_loss"), nor after a word of one ("Average loss").
_NOT_AFTER_WORD = r"(?:^|\s\s|[^\pL\pN_\s/.%-] ?|\d\S* |- |\t|\b(?:[A-Z]{4,}|with|the|and|is) )"
_NOT_INSIDE = r"(?:^|[^\pL\pN_/.-])"
_SEPARATOR = (
    r"(?:\s*\([^()\n]{0,30}\))?"  # a unit or another name, in parentheses
    r"(?: (?:at|of|on|after|for) [^:=,;\n]{0,40}[:=])?"  # "at step 100:"
    r"""["'`*\])]{0,3}(?:\s*(?:[:=|│┃→>~]|["'],|- |\.\.+|\b(?:is|was|value|score)\b))*"""
    r"""[\s:=>\["'(](?:["']?value["']?: ?|\w+=)?(?:[a-zA-Z][\w.]*\()?["'\[(]*\s*"""
)
_SPLITS = {
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "test": "test",
    "testing": "test", "eval": "eval", "evaluation": "eval", "dev": "dev",
}  # fmt: skip
_RIVAL = r"\b(?i:best|highest|lowest|prev\w*)\b[^\n,;|]{0,40}?"


def pattern_from_name(name: str) -> str:
    """Return a pattern that reads the numbers printed under `name`; never one that RE2 refuses.

    Where a match begins with a rival ("best acc: 0.9") no group takes part, so that number is not read.
    """
    pieces = _PIECE.findall(name.replace("\x00", ""))
    while pieces:
        for pattern in _attempts(name, pieces):
            if _usable(pattern):
                return pattern
        shorter = pieces[-(len(pieces) // 2) :] if len(pieces) > 1 else [pieces[0][: len(pieces[0]) // 2]]
        pieces = [piece for piece in shorter if piece]
    return _NUMBER


def _attempts(name: str, pieces: list[str]) -> list[str]:
    body = _expression(pieces)
    wordy = [piece for piece in pieces if re.match(r"\w", piece)]
    left = _NOT_INSIDE if len(wordy) > 1 else _NOT_AFTER_WORD
    if not re.match(r"\w", pieces[0]):
        left = ""
    main = f"{left}{_spread(pieces, body, ' ' in name.strip())}{_SEPARATOR}{_NUMBER}"
    plain = f"{left}{body}{_SEPARATOR}{_NUMBER}"
    printed = long_name(name)
    if printed:
        main = plain = f"(?:{left}{body}|{literal(printed.replace('area=', 'area= '))}){_SEPARATOR}{_NUMBER}"
    after = rf"(?:[,;|] *|^\s*){_NUMBER}%?\s*=?\s*{body}(?:\s*[,;.(]|$)"
    rival = "" if set(re.findall(r"[a-z]+", name.lower())) & RIVALS else f"{_RIVAL}{body}|"
    return [
        f"{rival}{main}|{after}",
        f"{rival}{main}",
        main,
        plain,
        f"{body}{_SEPARATOR}{_NUMBER}",
        rf"{body}[^\w\n]{{1,9}}([-+]?[\d.]+)",
    ]


def _spread(pieces: list[str], body: str, spaced: bool) -> str:
    """Let words stand between a leading "train", "val", "test" and the rest: "valid | epoch 1 | loss 0.3"."""
    split = _SPLITS.get(pieces[0].lower())
    if not split or not spaced or len(pieces) < 2:
        return body
    return rf"(?:{body}|(?i:{split})\w*\b[^\n]*?[^\pL\pN_/.-]{_expression(pieces[1:])})"


def _expression(pieces: list[str]) -> str:
    """Return an expression for a name however its words are joined (spaces, `_`, `-`, `.`, `/`, `'s`)."""
    out = ""
    joined = True
    for piece in pieces:
        if piece in _JOINTS:
            if not joined:
                out += r"[\W_]*"
            joined = True
            continue
        if piece[0].isalnum() or piece[0] == "_":
            for part in filter(None, piece.split("_")):
                if not joined:
                    out += r"(?:'s)?[\W\d_]{0,9}?"
                out += part
                joined = False
        else:
            out += r"\s*" + re.escape(piece) + r"\s*"
            joined = True
    return f"(?i:{out})"


def _usable(pattern: str) -> bool:
    if len(pattern) > MAX_PATTERN_LENGTH:
        return False
    try:
        check_pattern(pattern)
    except PatternError:
        return False
    return True
