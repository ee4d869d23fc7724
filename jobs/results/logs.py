"""Reading a trial's log for a page: the newest part, what has come since, and where a word stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from runtime.lines import clean
from runtime.log import SYSTEM_PREFIX

NEWEST_BYTES = 256 * 1024
LONGEST_LINE = 4_000
CHUNK = 1 << 20


@dataclass(frozen=True)
class Part:
    """A piece of a log in whole lines: its text, where it begins and where the next one does (bytes)."""

    lines: list[str]
    start: int
    end: int
    size: int
    """Of the whole log, in bytes."""

    @property
    def truncated(self) -> bool:
        """Whether something stands before it."""
        return self.start > 0


def newest(path: Path, most: int = NEWEST_BYTES, system: bool = True, *, ended: bool = False) -> Part:
    """The end of the log, at most `most` bytes, from the beginning of a line on. `ended` as in `read`."""
    size = path.stat().st_size if path.exists() else 0
    return read(path, max(0, size - most), most, system=system, align=size > most, ended=ended)


def read(
    path: Path,
    start: int,
    most: int = NEWEST_BYTES,
    *,
    system: bool = True,
    align: bool = False,
    ended: bool = False,
) -> Part:
    """Whole lines from byte `start` on, at most `most` bytes; with `align`, from the next line's beginning.

    A last line without its newline is left for the next call, unless the log has `ended` with it or it fills
    those bytes alone.
    """
    if not path.exists():
        return Part([], 0, 0, 0)
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(min(start, size))
        data = file.read(most)
    begin = data.find(b"\n") + 1 if align else 0
    end = data.rfind(b"\n") + 1
    if (ended and start + len(data) >= size) or (not end and len(data) == most):
        end = len(data)
    begin = min(begin, end)
    lines = [shown(raw) for raw in data[begin:end].split(b"\n")]
    if lines and not lines[-1]:
        lines.pop()
    if not system:
        lines = [line for line in lines if not line.startswith(SYSTEM_PREFIX)]
    return Part(lines, start + begin, start + end, size)


def shown(raw: bytes) -> str:
    """One line as a page shows it: progress bars collapsed to their last state, colours removed."""
    last = raw.rstrip(b"\r").rpartition(b"\r")[2]
    return clean(last).decode("utf-8", "replace")[:LONGEST_LINE]


def search(path: Path, word: str, most: int = 500) -> list[tuple[int, int, str]]:
    """Where the word stands, in any case: line number from 1, byte offset, the line. At most `most` hits."""
    hits: list[tuple[int, int, str]] = []
    if not word or not path.exists():
        return hits
    needle = word.casefold()
    offset = 0
    with path.open("rb") as file:
        for number, raw in enumerate(_lines(file), start=1):
            if needle in (line := shown(raw.rstrip(b"\n"))).casefold():
                hits.append((number, offset, line))
                if len(hits) >= most:
                    break
            offset += len(raw)
    return hits


def _lines(file):
    while line := file.readline(CHUNK):
        yield line
