"""Which processes belong to a script: its descendants, its session, and those that tried to leave both."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
MARK_VARIABLE = "ARGMAX_PROCESS"
"""Name of the variable that every process of a script inherits; its value is the owner's token."""

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_DEAD = frozenset("ZXx")


@dataclass(frozen=True, slots=True)
class ProcessEntry:
    """One line of the process table. `started` is in clock ticks since boot, `rss` in bytes."""

    pid: int
    name: str
    state: str
    parent: int
    group: int
    session: int
    started: int
    cpu_seconds: float
    rss: int

    @property
    def alive(self) -> bool:
        """Say whether it can still run (a zombie cannot)."""
        return self.state not in _DEAD

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid})"


def read_entry(pid: int) -> ProcessEntry | None:
    """Return the entry of one process, or None when there is none (any more).

    Source of the fields: proc(5), /proc/pid/stat. The processor time includes children already waited for.
    """
    try:
        raw = (PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # The name may hold spaces and brackets: it ends at the last closing one.
    opening, closing = raw.index(b"("), raw.rindex(b")")
    fields = raw[closing + 2 :].split()
    ticks = sum(int(value) for value in fields[11:15])
    return ProcessEntry(
        pid=pid,
        name=raw[opening + 1 : closing].decode(errors="replace"),
        state=chr(fields[0][0]),
        parent=int(fields[1]),
        group=int(fields[2]),
        session=int(fields[3]),
        started=int(fields[19]),
        cpu_seconds=ticks / _TICKS,
        rss=int(fields[21]) * _PAGE,
    )


def process_table() -> dict[int, ProcessEntry]:
    """Return every process that can be seen, by pid."""
    entries = (read_entry(int(path.name)) for path in PROC.iterdir() if path.name.isdigit())
    return {entry.pid: entry for entry in entries if entry is not None}


def mark_of(token: str) -> bytes:
    """Return the environment entry that marks the processes of `token`."""
    return f"{MARK_VARIABLE}={token}".encode()


def is_marked(pid: int, mark: bytes) -> bool:
    """Say whether a process was started with `mark` in its environment (False when it cannot be read)."""
    try:
        return mark in (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def marked(token: str) -> list[ProcessEntry]:
    """Return the living processes of a script by its token, whoever their parent is by now.

    For a worker that takes over an attempt on the same machine and must be sure that the earlier one is gone.
    """
    mark = mark_of(token)
    return [entry for entry in process_table().values() if entry.alive and is_marked(entry.pid, mark)]


class ProcessFamily:
    """All processes of one script, followed over time.

    A process belongs to it when it descends from the script, shares its session, was seen to belong before,
    carries the script's mark in its environment, or was adopted by this (subreaper) process. Valid as long as
    the script's own pid is not reaped, which keeps pid and session number from being used again.
    """

    def __init__(self, pid: int, token: str) -> None:
        entry = read_entry(pid)
        self.pid = pid
        self._mark = mark_of(token)
        self._started = entry.started if entry else 0
        self._seen: dict[int, int] = {pid: self._started}

    def members(
        self, *, thorough: bool = False, adopted_except: Iterable[int] | None = None
    ) -> list[ProcessEntry]:
        """Return the living members.

        `thorough` also looks for the mark in the environment of younger processes (some milliseconds more).
        `adopted_except` switches the search for adopted processes on: children of this process, in another
        session, younger than the script, and none of the pids given.
        """
        table = process_table()
        found = {pid: table[pid] for pid in self._seeds(table, thorough)}
        if adopted_except is not None:
            found |= {entry.pid: entry for entry in self._adopted(table, frozenset(adopted_except))}
        _add_descendants(found, table)
        self._seen |= {entry.pid: entry.started for entry in found.values()}
        self._reap(found.values())
        return [entry for entry in found.values() if entry.alive]

    def _seeds(self, table: dict[int, ProcessEntry], thorough: bool) -> Iterator[int]:
        for pid, entry in table.items():
            if self._seen.get(pid) == entry.started:
                yield pid
            elif entry.started < self._started:
                continue
            elif entry.session == self.pid or (thorough and is_marked(pid, self._mark)):
                yield pid

    def _adopted(self, table: dict[int, ProcessEntry], known: frozenset[int]) -> Iterator[ProcessEntry]:
        me, session = os.getpid(), os.getsid(0)
        for pid, entry in table.items():
            foreign = entry.parent == me and entry.session != session and pid not in known
            if foreign and entry.started >= self._started:
                yield entry

    def _reap(self, entries: Iterable[ProcessEntry]) -> None:
        """Clear away adopted zombies; the script itself is waited for by its owner."""
        me = os.getpid()
        for entry in entries:
            if not entry.alive and entry.parent == me and entry.pid != self.pid:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(entry.pid, os.WNOHANG)


def _add_descendants(found: dict[int, ProcessEntry], table: dict[int, ProcessEntry]) -> None:
    children: dict[int, list[ProcessEntry]] = {}
    for entry in table.values():
        children.setdefault(entry.parent, []).append(entry)
    pending = list(found)
    while pending:
        for child in children.get(pending.pop(), ()):
            if child.pid not in found:
                found[child.pid] = child
                pending.append(child.pid)
