"""A pattern from the indicator's name alone: the ways in which logs commonly print a named number."""

import re

from runtime.pattern import MAX_PATTERN_LENGTH, PatternError, check_pattern

NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|(?i:nan|inf)\b)"

_PIECE = re.compile(r"\w+|[^\w\s]")
_JOINTS = set("_-./':,\"")
# Left of the name: not inside a longer name ("eval_loss"), and not after a word of one ("Average loss").
_LEFT = r"(?:^|\t| {2}|[^\w\s/.%-] ?|[\w:.%]*\d\S* | - |\b(?:[A-Z]{4,}|with|the|and|is) )"
_SEPARATOR = (
    r"(?:\s*\([^()\n]{0,30}\))?"  # a unit or an alternative name in parentheses
    r"""["'`*\])]{0,3}"""
    r"(?:\s*(?:[:=|│┃→>~,]|- |\b(?:is|was|of|at|value|score)\b)|\s*\[\w+=|\.{3,})*"
    r"""[\s:=>\["'(]"""
    r"""(?:["']?value["']?: ?)?"""
    r"""(?:[a-zA-Z][\w.]*\()?["'\[(]*\s*"""
)


def pattern_from_name(name: str) -> str:
    """Return a pattern that reads the first number printed under `name` on a line; never one that RE2 refuses."""
    pieces = _PIECE.findall(name.replace("\x00", ""))
    while pieces:
        body = name_expression(pieces)
        for pattern in (
            rf"{_LEFT}{body}{_SEPARATOR}({NUMBER})|[,;|] *({NUMBER})%? {body}(?:[,;.)]|$)",
            rf"{_LEFT}{body}{_SEPARATOR}({NUMBER})",
            rf"{body}{_SEPARATOR}({NUMBER})",
            rf"{body}[^\w\n]{{1,9}}([-+]?[\d.]+)",
        ):
            if _usable(pattern):
                return pattern
        pieces = pieces[-(len(pieces) // 2) :] if len(pieces) > 1 else [pieces[0][: len(pieces[0]) // 2]]
        pieces = [piece for piece in pieces if piece]
    return rf"({NUMBER})"


def name_expression(pieces: list[str]) -> str:
    """Return an expression for a name however its words are joined (spaces, `_`, `-`, `.`, `/`, `'s`)."""
    out = ""
    joined = True
    for piece in pieces:
        if piece in _JOINTS:
            if not joined:
                out += r"[\s\W_]*"
            joined = True
            continue
        if piece[0].isalnum() or piece[0] == "_":
            for part in filter(None, piece.split("_")):
                if not joined:
                    out += r"(?:'s)?[\s\W_]*"
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
