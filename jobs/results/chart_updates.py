"""What a reader who has an earlier state of a chart still needs, so that only that crosses the wire.

The reader names every trace with the number of its points that will not change any more and a mark of what they
were; the server keeps nothing. A trace that has only grown is sent from there on, an unchanged one by its name and
colour.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable

FLOAT_BYTES = 4
SEPARATOR = "."


def marked(traces: Iterable[dict]) -> list[dict]:
    """The traces, each with its number of settled points and their mark in `meta`."""
    return [_marked(trace) for trace in traces]


def _marked(trace: dict) -> dict:
    if not _packed(trace):
        return trace
    meta = trace.get("meta", {})
    count = meta.get("stable", _count(trace))
    return {**trace, "meta": {**meta, "stable": count, "mark": _mark(trace, count)}}


def known_from(header: str) -> dict[str, tuple[int, str]]:
    """What the reader says it has: by trace, the number of settled points and their mark."""
    found = {}
    for part in header.split():
        uid, _, rest = part.partition(SEPARATOR)
        count, _, mark = rest.partition(SEPARATOR)
        if count.isdecimal() and len(count) < 10:
            found[uid] = (int(count), mark)
    return found


def update(traces: list[dict], known: dict[str, tuple[int, str]]) -> list[dict]:
    """The traces as changes to what the reader has: whole, from a point on (`from`), or by name alone (`keep`)."""
    return [_change(trace, known) for trace in traces]


def _change(trace: dict, known: dict[str, tuple[int, str]]) -> dict:
    count, mark = known.get(trace.get("uid", ""), (0, ""))
    if not mark or not _packed(trace) or count > _count(trace) or _mark(trace, count) != mark:
        return trace
    colour = trace.get("line", {}).get("color")
    meta = trace["meta"]
    if count == _count(trace) == meta["stable"]:
        return {"uid": trace["uid"], "keep": count, "color": colour}
    tails = {letter: _tail(trace[letter], count) for letter in "xy"}
    return {"uid": trace["uid"], "from": count, "color": colour, "meta": meta, **tails}


def _packed(trace: dict) -> bool:
    return "uid" in trace and isinstance(trace.get("x"), dict) and isinstance(trace.get("y"), dict)


def _count(trace: dict) -> int:
    text = trace["x"]["bdata"]
    return (len(text) // 4 * 3 - text.count("=", -2)) // FLOAT_BYTES


def _mark(trace: dict, count: int) -> str:
    """Of the first points and of all that is no point, but for the colour, which changes with every trial."""
    rest = {key: value for key, value in trace.items() if key not in ("x", "y", "line", "marker", "meta")}
    rest["line"] = {key: value for key, value in trace.get("line", {}).items() if key != "color"}
    if "color" not in trace.get("line", {}):
        rest["marker"] = trace.get("marker")
    digest = zlib.crc32(json.dumps(rest, sort_keys=True).encode())
    for letter in "xy":
        digest = zlib.crc32(base64.b64decode(trace[letter]["bdata"])[: count * FLOAT_BYTES], digest)
    return format(digest, "x")


def _tail(data: dict, count: int) -> dict:
    rest = base64.b64decode(data["bdata"])[count * FLOAT_BYTES :]
    return {"dtype": data["dtype"], "bdata": base64.b64encode(rest).decode()}
