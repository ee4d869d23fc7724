"""Read a list of names before a list of numbers: "P/R/F1: 0.81/0.72/0.76", "train/val loss = 0.9, 0.8"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from algorithms.patterns.readings import Reading

_BETWEEN_NAMES = re.compile(r"\s*[/,&|]\s*|\s+and\s+")
_BETWEEN_NUMBERS = re.compile(r"%?\s*(?:[/,&|]|and|\s)\s*")
_EARLIER = re.compile(r"(?:[^\W\d][\w@. -]{0,30},\s*)+$")
_MOST_NAMES = 12


def listed_readings(line: str, found: Sequence[Reading]) -> list[Reading]:
    """Return readings with a name of their own for the numbers of `found` that follow a list of names."""
    out: list[Reading] = []
    for place, first in enumerate(found):
        if first.kind != "named":
            continue
        group = [first]
        for item in found[place + 1 :]:
            if item.kind == "more" and item.name_start == first.name_start:
                if not _BETWEEN_NUMBERS.fullmatch(line[group[-1].end : item.start]):
                    break
                group.append(item)
        if len(group) > 1:
            first, names = _names(line, first)
            if 1 < len(names) == len(group) <= _MOST_NAMES:
                out += [
                    replace(item, name=name, name_start=first.name_start, kind="listed")
                    for item, name in zip(group, names, strict=True)
                ]
    return out


def _names(line: str, first: Reading) -> tuple[Reading, list[str]]:
    pieces = _BETWEEN_NAMES.split(first.name)
    if len(pieces) == 1:
        # "loss, acc: 0.3, 0.8": the name was cut at the comma.
        earlier = _EARLIER.search(first.before)
        if earlier:
            shift = len(earlier[0])
            first = replace(first, name_start=first.name_start - shift)
            pieces = _BETWEEN_NAMES.split(earlier[0] + first.name)
    return first, _completed([piece.strip() for piece in pieces])


def _completed(pieces: list[str]) -> list[str]:
    """Give every name the words it shares: "train/val loss" are train loss and val loss."""
    if not all(pieces):
        return []
    split = [piece.split() for piece in pieces]
    least = min(len(piece) for piece in split)
    opening = split[0][:-least] if len(split[0]) > least else []
    ending = split[-1][least:] if len(split[-1]) > least and not opening else []
    names = []
    for place, piece in enumerate(split):
        head = [] if place == 0 else opening
        tail = [] if place == len(split) - 1 else ending
        names.append(" ".join([*head, *piece, *tail]))
    return names
