"""Read a search indicator's values from the lines of a log with an RE2 pattern.

RE2 runs in time linear in the text, so no pattern can hang a worker. What a pattern means here:

- It is searched in every line by itself; every match that does not overlap counts. `^` and `$` are the ends
  of a line. Lines are those of `runtime.lines`: `\\r` ends a line as `\\n` does, escapes are removed.
- The first capture group that took part in the match is the number, or the group named `value`; a group named
  `step`, when present, is the step.
- A pattern that spells `\\n` reads context over lines. It is searched in a window of the last lines (at most
  WINDOW_LINES lines and 64 KB; empty lines left out; of a line refreshed by `\\r` only the last refresh),
  whenever a line arrives, for the leftmost match that ends in that line and has a number not counted yet. So
  `Eval begin[^\\n]*\\n(?:step[^\\n]*\\n)*?step[^\\n]* acc: (\\S+)` reads every `acc` of the lines that
  follow "Eval begin" without another kind of line in between, as they arrive.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from runtime.lines import Line, LineReader, split_lines
from runtime.pattern import (
    PatternError,
    check_pattern,
    compile_over_lines,
    compile_pattern,
    reads_lines,
    required_literal,
    value_groups,
)

__all__ = [
    "Hit",
    "IndicatorReader",
    "PatternError",
    "Point",
    "check_pattern",
    "extract",
    "find",
    "parse_number",
]

WINDOW_LINES = 100
WINDOW_BYTES = 64 * 1024
_MOST_SEARCHES = 300  # in a window, each linear in its text


class Point(NamedTuple):
    """One value of the indicator: `line` and `offset` are those of the log line that holds it."""

    step: float | None
    value: float
    line: int
    offset: int


class Hit(NamedTuple):
    """One match: the point, and where in `text` (the clean bytes of its line) match and number lie.

    `row` counts the lines read, from 0. `match` is the part of the match inside that line.
    """

    point: Point
    row: int
    text: bytes
    match: tuple[int, int]
    value: tuple[int, int]


_LONGEST_NUMBER = 200  # characters looked at, wrapper included
_PLAIN = re.compile(
    r"[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:_\d{3})+|\d+[.,]?\d*|[.,]\d+)(?:[eE][-+]?\d+|[dD][-+]\d+)?(?![\w.,]*\d)"
)
_SPECIAL = re.compile(r"(?i)([-+]?)(nan|inf(?:inity)?)(?![a-z])|([-+]?)(?:1\.#(?:(ind|q?nan)|inf)|(∞))")
_WRAPPED = re.compile(r"[A-Za-z_][\w.]*\s*[(\[{]|<[\w.]+[^>]*\bnumpy\s*=|[\"'(\[{<|]")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")


def parse_number(text: bytes | str) -> float | None:
    """Return the number printed in `text`, or None when there is none.

    Reads sign, decimals, exponent (also `2.7D+01`), a percent as printed (`98%` is 98.0), thousands separators,
    a decimal comma, nan and inf, and the first number inside a wrapper such as `tensor(0.07, device='cuda:0')`.
    """
    text = text[:_LONGEST_NUMBER]
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    try:
        return float(text)  # also what Python itself prints: 1_000, nan, -inf
    except ValueError:
        pass
    text = text.strip().replace("−", "-").removesuffix("%").rstrip()
    for _ in range(4):
        special = _SPECIAL.match(text)
        if special:
            return _special_number(special)
        plain = _PLAIN.match(text)
        if plain:
            return _plain_number(plain[0])
        wrapped = _WRAPPED.match(text)
        if not wrapped:
            return None
        text = text[wrapped.end() :].lstrip()
    return None


def _special_number(match: re.Match[str]) -> float:
    word = (match[2] or "").lower()
    if word == "nan" or match[4]:
        return float("nan")
    return float(f"{match[1] or match[3] or ''}inf")


def _plain_number(text: str) -> float:
    if "," in text:
        grouped = _THOUSANDS.match(text) or "." in text
        text = text.replace(",", "" if grouped else ".")
    return float(text.replace("_", "").replace("D", "e").replace("d", "e"))


class IndicatorReader:
    """Extract the points of one indicator from a log that arrives in chunks.

    Give it raw chunks with `feed` and `close`, or lines already split with `read`. Whatever the chunks, the
    points are those that `extract` finds in the whole text.
    """

    def __init__(self, pattern: str) -> None:
        """Raise PatternError when the pattern cannot be used."""
        self._compiled = compile_pattern(pattern)
        self._groups = value_groups(self._compiled)
        self._step = self._compiled.groupindex.get(b"step")
        self._literal = required_literal(pattern)
        self._lines = LineReader()
        self._row = -1
        self._window: _Window | None = _Window(pattern) if reads_lines(pattern) else None

    def feed(self, chunk: bytes) -> list[Point]:
        """Return the points on the lines that `chunk` completes."""
        return self.read(self._lines.feed(chunk))

    def close(self) -> list[Point]:
        """Return the points on the unfinished last line."""
        return self.read(self._lines.close())

    def read(self, lines: Iterable[Line]) -> list[Point]:
        """Return the points on `lines`, the next ones of the log."""
        return [hit.point for hit in self.hits(lines)]

    def hits(self, lines: Iterable[Line]) -> Iterator[Hit]:
        """Yield the matches on `lines`, with their place in the line."""
        if self._window is not None:
            for line in lines:
                self._row += 1
                yield from self._over_lines(self._window, line)
            return
        literal = self._literal
        for line in lines:
            self._row += 1
            if literal in line.text:
                yield from self._in_line(line)

    def _in_line(self, line: Line) -> Iterator[Hit]:
        for match in self._compiled.finditer(line.text):
            span = self._value_span(match)
            value = parse_number(line.text[span[0] : span[1]]) if span else None
            if span and value is not None:
                point = Point(self._step_of(match), value, line.number, line.offset)
                yield Hit(point, self._row, line.text, match.span(), span)

    def _over_lines(self, window: "_Window", line: Line) -> Iterator[Hit]:
        if not window.add(self._row, line) or self._literal not in line.text:
            return
        window.join()
        position = 0
        for _ in range(_MOST_SEARCHES):
            match = window.search(position)
            if match is None:
                return
            span = self._value_span(match)
            value = parse_number(match.string[span[0] : span[1]]) if span else None
            if not span or value is None or not window.is_new(span[0]):
                position = window.after(match)
                continue
            position = max(match.end(1), match.start() + 1)
            row, found, start = window.line_at(span[0])
            end = start + len(found.text)
            inside = (max(match.start(), start) - start, min(match.end(1), end) - start)
            point = Point(self._step_of(match), value, found.number, found.offset)
            yield Hit(point, row, found.text, inside, (span[0] - start, min(span[1], end) - start))

    def _value_span(self, match: Any) -> tuple[int, int] | None:
        shift = 0 if self._window is None else 1
        for group in self._groups:
            span: tuple[int, int] = match.span(group + shift)
            if span[0] >= 0:
                return span
        return None

    def _step_of(self, match: Any) -> float | None:
        if self._step is None:
            return None
        text = match[self._step + (0 if self._window is None else 1)]
        return None if text is None else parse_number(text)


class _Window:
    """The last lines, and the search for matches that end in the newest of them."""

    def __init__(self, pattern: str) -> None:
        self._compiled = compile_over_lines(pattern)
        self._lines: deque[tuple[int, Line]] = deque()
        self._size = 0
        self._text = b""
        self._counted: deque[int] = deque(maxlen=1000)

    def add(self, row: int, line: Line) -> bool:
        """Take the newest line in; return False when it is empty and so left out."""
        if not line.text.strip():
            return False
        if self._lines and self._lines[-1][1].number == line.number:
            self._size -= len(self._lines.pop()[1].text) + 1
        self._lines.append((row, line))
        self._size += len(line.text) + 1
        while len(self._lines) > WINDOW_LINES or (self._size > WINDOW_BYTES and len(self._lines) > 1):
            self._size -= len(self._lines.popleft()[1].text) + 1
        return True

    def join(self) -> None:
        """Make the lines searchable."""
        self._text = b"\n".join(line.text for _, line in self._lines)

    def search(self, position: int) -> Any:
        """Return the leftmost match from `position` on that ends in the newest line."""
        if position > len(self._text):
            return None
        return self._compiled.search(self._text, position)

    def after(self, match: Any) -> int:
        """Return where to search on after a match without a new number: in the next line, or in this last one."""
        line_end = self._text.find(b"\n", match.start())
        return line_end + 1 if line_end >= 0 else max(match.end(1), match.start() + 1)

    def line_at(self, position: int) -> tuple[int, Line, int]:
        """Return row, line and the line's beginning for a position in the window."""
        start = 0
        for row, line in self._lines:
            if position <= start + len(line.text):
                return row, line, start
            start += len(line.text) + 1
        raise IndexError(position)

    def is_new(self, position: int) -> bool:
        """Return True the first time the number at `position` is met."""
        row, _, start = self.line_at(position)
        key = row * (WINDOW_BYTES + 1) + position - start
        if key in self._counted:
            return False
        self._counted.append(key)
        return True


def find(pattern: str, text: str | bytes) -> list[Hit]:
    """Return all matches in a whole log with their place, for highlighting."""
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return list(IndicatorReader(pattern).hits(split_lines(data)))


def extract(pattern: str, text: str | bytes) -> list[float]:
    """Return the indicator's values in a whole log, in order; raise PatternError for an unusable pattern."""
    return [hit.point.value for hit in find(pattern, text)]
