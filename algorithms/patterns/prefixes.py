"""Find what a logger, a launcher or a container puts before the lines of a log: times, levels, ranks."""

import re
from functools import lru_cache

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+|\s+|[^\w\s]|\w")
_LEVELS = {"INFO", "DEBUG", "WARNING", "WARN", "ERROR", "NOTICE"}
_MOST_TOKENS = 60


@lru_cache(maxsize=4000)
def _tokens(line: str) -> tuple[tuple[str, int], ...]:
    """Return the first tokens of a line, numbers and spaces made alike, each with where it ends."""
    found = []
    for match in _TOKEN.finditer(line[:300]):
        text = match[0]
        found.append((" " if text.isspace() else "0" if text[0].isdigit() else text, match.end()))
    return tuple(found[:_MOST_TOKENS])


@lru_cache(maxsize=4000)
def shared_prefix(first: str, second: str) -> tuple[int, int]:
    """Return where the prefix that two lines share ends in each; (0, 0) without one.

    A prefix has a letter or a digit, and ends in a space or bar after a piece that is more than a plain word,
    unless that is a level: `[rank0]: `, `2024-01-01T10:00:00Z `, `worker-0 | `, `INFO `.
    """
    ends = (0, 0)
    piece, telling = "", False
    for (left, left_end), (right, right_end) in zip(_tokens(first), _tokens(second), strict=False):
        if left != right:
            break
        if left == " ":
            if telling and piece and (not piece.isalpha() or piece in _LEVELS):
                ends = (left_end, right_end)
            piece = ""
        else:
            piece += left
            telling = telling or left.isalnum()
            if left in "|>:\t" and telling:
                ends = (left_end, right_end)
    return ends


def message_start(lines: list[str], row: int) -> int:
    """Return where a line's own text begins, by what it shares with the next line (the last: with the previous)."""
    following = next((line for line in lines[row + 1 : row + 4] if line.strip()), None)
    if following is not None:
        return shared_prefix(lines[row], following)[0]
    return shared_prefix(lines[row - 1], lines[row])[1] if row else 0
