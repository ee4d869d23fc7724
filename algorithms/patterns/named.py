"""A pattern from the indicator's name alone: the ways in which logs commonly print a named number."""

import re

from algorithms.patterns.names import RIVALS, long_name
from algorithms.patterns.shapes import literal
from runtime.pattern import MAX_PATTERN_LENGTH, PatternError, check_pattern

_NUMBER = r"([-+]?(?:[\d,]*\.?\d+(?:[ed][-+]?\d+)?|nan|inf))"
_PIECE = re.compile(r"[^\W_]+|[^\w\s]|_+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_JOIN = r"[\W\d_s]{0,9}?"  # between two words of a name; "valid's auc"
_JOINTS = set("_-./':,\"")
_EDGE = r"[-_./':,\"]*"  # what a name begins or ends with besides letters
# Left of a name of one word: not inside a longer name ("eval_loss"), nor after a word of one ("Average loss").
_NOT_AFTER_WORD = r"(?:^|\s\s|[^\pL\d_\s/.%-] ?|\d\S* |[-.] |\t|\b(?:info|with|the|and|in|s) )"
_NOT_INSIDE = r"(?:^|[^\pL\d_/.-])"
_SEPARATOR = (
    r"(?:\s*\([^()]{0,30}\))?"  # a unit or another name, in parentheses
    r"(?: (?:(?:at|of|on|after|for) [^:=,;]{0,40}|\d+)(?:[:=]| is))?"  # "at step 100:"
    r"""["'`*\])]*(?:\s*(?:[:=：＝<|│┃→>~]|["'],|- |\.\.+|(?:is|was|value|score)\b))*"""
    r"""\s*[\s:=：＝>\["'(](?:["']value["']: ?|\w+=)?(?:[a-z][\w.]*\()?["'\[(]*\s*%?"""
)
_SPLITS = {
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "test": "test",
    "testing": "test", "eval": "eval", "evaluation": "eval", "dev": "dev",
}  # fmt: skip
_RIVAL = r"\b(?:best|highest|lowest|prev)[^,;|]{0,40}?"


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
    """Return patterns for a name, the one that copes with most ways of printing first."""
    body = _expression(pieces)
    left = _NOT_AFTER_WORD if name.strip().isalpha() else _NOT_INSIDE
    if not pieces[0].isalnum():
        left = ""
    main = f"{left}{_spread(name, pieces)}{_SEPARATOR}{_NUMBER}"
    after = rf"(?:^|[,;|])\s*([-+]?\d*\.?\d+)%?[\s=]*{body}\s*(?:[,;.(]|$)"
    asks_rival = set(re.findall(r"[a-z]+", name.lower())) & RIVALS
    rival = "" if asks_rival else f"{_RIVAL}{_expression(pieces[-1:])}|"
    printed = long_name(name)
    attempts = [
        f"{rival}{main}|{after}",
        f"{rival}{main}",
        main,
        f"{left}{body}{_SEPARATOR}{_NUMBER}",
        f"{body}{_SEPARATOR}{_NUMBER}",
        rf"{body}[^\w\n]{{1,9}}([-+]?[\d.]+)",
    ]
    if printed:
        either = f"(?:{left}{body}|{literal(printed.replace('area=', 'area= '))})"
        attempts.insert(0, f"{either}{_SEPARATOR}{_NUMBER}")
    return [f"(?i){attempt}" for attempt in attempts]


def _spread(name: str, pieces: list[str]) -> str:
    """Let words stand between a leading "train", "val", "test" and the rest: "valid | epoch 1 | loss 0.3"."""
    split = _SPLITS.get(pieces[0].lower())
    if not split or " " not in name.strip() or len(pieces) < 2:
        return _expression(pieces)
    return rf"{split}[a-z]*(?:{_JOIN}|\b.*?(?:[^\pL\d_\s/.]\s*|[\d.]\s+)){_expression(pieces[1:])}"


def _expression(pieces: list[str]) -> str:
    """Return an expression for a name however its words are joined (spaces, `_`, `-`, `.`, `/`, `'s`)."""
    out = between = ""
    for piece in pieces:
        if piece.isalnum():
            out += between + r"[\W_]?".join(_CAMEL.split(piece))
            between = _JOIN
        elif piece[0] in _JOINTS:
            if not out:
                between = _EDGE
            elif piece[0] != "_":
                between = r"[\W_]*"
        else:
            out += between.replace(_JOIN, "") + r"\s*" + re.escape(piece) + r"\s*"
            between = ""
    return out + (_EDGE if pieces[-1][0] in _JOINTS else "")


def _usable(pattern: str) -> bool:
    if len(pattern) > MAX_PATTERN_LENGTH:
        return False
    try:
        check_pattern(pattern)
    except PatternError:
        return False
    return True
