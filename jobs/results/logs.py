"""Reading a trial's log for a page: its newest part, the part around a line, and where a word stands.

Nothing here holds more than a piece of the file in memory. Lines are numbered as in `runtime.lines`: 1 plus the
count of newlines before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from runtime.lines import clean
from runtime.log import SYSTEM_PREFIX

NEWEST_BYTES = 256 * 1024
BEFORE_BYTES = 64 * 1024
"""How much of a part around a line stands before it."""
LONGEST_LINE = 4_000
CHUNK = 1 << 20
_CONTROL = bytes(set(range(32)) - {9, 10, 13}) + b"\x7f"


@dataclass(frozen=True)
class Part:
    """A piece of a log in whole lines: its text, where it begins and where the next one does (bytes)."""

    lines: list[str]
    start: int
    end: int
    size: int
    """Of the whole log, in bytes."""
    numbers: tuple[int, ...] = ()
    """The lines' numbers in the file; hidden lines leave gaps."""
    first: int = 1
    """The number of the line at `start`."""
    following: int = 1
    """The number of the line at `end`."""
    rest: str = ""
    """What stands after `end` in a line that is not whole yet."""

    @property
    def truncated(self) -> bool:
        """Whether something stands before it."""
        return self.start > 0

    @property
    def later(self) -> bool:
        """Whether something stands after it."""
        return self.end < self.size and not self.rest


def newest(path: Path, most: int = NEWEST_BYTES, system: bool = True, *, ended: bool = False) -> Part:
    """The end of the log, at most `most` bytes, from the beginning of a line on. `ended` as in `read`."""
    size = path.stat().st_size if path.exists() else 0
    start = max(0, size - most)
    number = 1 + _newlines(path, start) if start else 1
    return read(path, start, most, system=system, align=size > most, ended=ended, number=number)


def around(path: Path, line: int, system: bool = True, *, ended: bool = False) -> Part:
    """The part that holds the line of that number, or the last line where there are not so many."""
    if not path.exists():
        return Part([], 0, 0, 0)
    line, offset = locate(path, line)
    start = max(0, offset - BEFORE_BYTES)
    with path.open("rb") as file:
        file.seek(start)
        number = line - file.read(offset - start).count(b"\n")
    return read(path, start, system=system, align=start > 0, ended=ended, number=number)


def read(
    path: Path,
    start: int,
    most: int = NEWEST_BYTES,
    *,
    system: bool = True,
    align: bool = False,
    ended: bool = False,
    number: int = 1,
) -> Part:
    """Whole lines from byte `start` on, at most `most` bytes; with `align`, from the next line's beginning.

    A last line without its newline is left for the next call, unless the log has `ended` with it or it fills
    those bytes alone. `number` is the number of the line at `start`.
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
    first = number + data.count(b"\n", 0, begin)
    raws = data[begin:end].split(b"\n")
    following = first + len(raws) - 1
    if not raws[-1]:
        raws.pop()
    numbered = [(at, shown(raw)) for at, raw in enumerate(raws, first)]
    if not system:
        numbered = [(at, line) for at, line in numbered if not line.startswith(SYSTEM_PREFIX)]
    return Part(
        [line for _, line in numbered],
        start + begin,
        start + end,
        size,
        tuple(at for at, _ in numbered),
        first,
        following,
        shown(data[end:]) if start + len(data) >= size else "",
    )


def locate(path: Path, line: int) -> tuple[int, int]:
    """The line's number and the byte where it begins; those of the last line where there are not so many."""
    number, last, position = 1, 0, 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            count = chunk.count(b"\n")
            if number + count >= line:
                at = 0
                for _ in range(line - number):
                    at = chunk.find(b"\n", at) + 1
                if line > number:
                    return line, position + at
                return line, last
            if count:
                last = position + chunk.rfind(b"\n") + 1
                number += count
            position += len(chunk)
    if last == position and number > 1:  # nothing stands after the last newline
        return locate(path, number - 1)
    return number, last


def _newlines(path: Path, until: int) -> int:
    """How many newlines stand before that byte."""
    count = 0
    with path.open("rb") as file:
        while until > 0 and (chunk := file.read(min(CHUNK, until))):
            count += chunk.count(b"\n")
            until -= len(chunk)
    return count


def shown(raw: bytes) -> str:
    """One line as a page shows it: progress bars collapsed to their last state, colours removed."""
    last = raw.rstrip(b"\r").rpartition(b"\r")[2]
    return clean(last).decode("utf-8", "replace")[:LONGEST_LINE]


def marked(line: str, word: str) -> list[tuple[str, bool]]:
    """The line in pieces, each with whether it is the word, in any case."""
    if not word:
        return [(line, False)]
    pieces = re.split(f"({re.escape(word)})", line, flags=re.IGNORECASE)
    return [(piece, index % 2 == 1) for index, piece in enumerate(pieces) if piece]


def search(path: Path, word: str, most: int = 500, system: bool = True) -> list[tuple[int, int, str]]:
    """Where the word stands, in any case: line number from 1, byte offset, the line. At most `most` hits."""
    hits: list[tuple[int, int, str]] = []
    if not word or not path.exists():
        return hits
    needle = word.casefold()
    with path.open("rb") as file:
        for number, offset, raw in _candidates(file, needle):
            line = shown(raw)
            if needle in line.casefold() and (system or not line.startswith(SYSTEM_PREFIX)):
                hits.append((number, offset, line))
                if len(hits) >= most:
                    break
    return hits


def _candidates(file: BinaryIO, needle: str) -> Iterator[tuple[int, int, bytes]]:
    """Lines that may hold the needle, with number and offset: for plain text only those that surely do."""
    number, offset = 1, 0
    for block in _blocks(file):
        if needle.isascii() and len(block) == len(block.translate(None, _CONTROL)):
            found = _lines_with(block, needle.encode())
        else:
            found = _every_line(block)
        for before, at, raw in found:
            yield number + before, offset + at, raw
        number += block.count(b"\n")
        offset += len(block)


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """The file in pieces of whole lines; a line longer than a piece is cut."""
    while block := file.read(CHUNK):
        yield block + file.readline(CHUNK)


def _every_line(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    for index, raw in enumerate(block.split(b"\n")):
        yield index, at, raw
        at += len(raw) + 1


def _lines_with(block: bytes, needle: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The block's lines that hold the needle, by the newlines before them, where they begin, and raw."""
    folded = block.lower()
    before = counted = 0
    at = folded.find(needle)
    while at >= 0:
        begin = block.rfind(b"\n", 0, at) + 1
        end = block.find(b"\n", at)
        end = len(block) if end < 0 else end
        before += block.count(b"\n", counted, begin)
        counted = begin
        yield before, begin, block[begin:end]
        at = folded.find(needle, end)
