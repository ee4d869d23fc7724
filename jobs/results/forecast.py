"""When a search will be done, from how long its trials took: pure functions of seconds."""

from __future__ import annotations

import heapq
from collections.abc import Sequence


def time_left(durations: Sequence[float], spent: Sequence[float], waiting: int, lanes: int) -> float | None:
    """Seconds until the running and the waiting trials are done, `lanes` at once; None without any duration.

    `durations` are those of ended trials, `spent` how long each running one has taken. A running trial needs
    what those that took longer still needed, a waiting one the mean.
    """
    if not durations:
        return None
    mean = sum(durations) / len(durations)
    ends = [remaining(durations, seconds) for seconds in spent]
    ends += [0.0] * (lanes - len(ends))
    heapq.heapify(ends)
    for _ in range(waiting):
        heapq.heapreplace(ends, ends[0] + mean)
    return max(ends, default=0.0)


def remaining(durations: Sequence[float], spent: float) -> float:
    """What a trial still needs that has taken `spent` seconds; 0 once it takes longer than all before it."""
    longer = [seconds for seconds in durations if seconds > spent]
    return sum(longer) / len(longer) - spent if longer else 0.0


def most_at_once(spans: Sequence[tuple[float, float]]) -> int:
    """How many of the spans (begin, end) overlapped at most."""
    turns = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    now = most = 0
    for _, change in turns:
        now += change
        most = max(most, now)
    return most
