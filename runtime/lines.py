"""Split a raw output stream into clean lines, however it arrives in chunks."""

import re
from typing import NamedTuple

MAX_LINE_BYTES = 64 * 1024
# Raw bytes kept of one line: escape sequences and backspaces may take the larger part of it.
_MAX_RAW_BYTES = 4 * MAX_LINE_BYTES

_TERMINATOR = re.compile(rb"[\r\n]")
_ESCAPE = re.compile(
    rb"\x1b(?:"
    rb"\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movement, erasing
    rb"|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC, DCS and other strings: window titles, hyperlinks
    rb"|[ -/]+[0-~]"  # character sets
    rb"|[0-Z\\-~]"  # two-character sequences
    rb")?"
)
_CONTROL = bytes(set(range(32)) - {9, 10, 13}) + b"\x7f"
_HAS_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Line(NamedTuple):
    """One refresh of a line: what a terminal would have shown between two of `\\r` and `\\n`.

    `number` is 1 plus the count of `\\n` before it in the stream (refreshes of a progress bar share
    their number), `offset` the position of its first raw byte, `text` valid UTF-8 without escape
    sequences, backspaces and control characters, at most MAX_LINE_BYTES long.
    """

    number: int
    offset: int
    text: bytes


def clean(raw: bytes) -> bytes:
    """Return the bytes of one line as a terminal shows them: no escapes, backspaces applied, valid UTF-8."""
    if _HAS_CONTROL.search(raw):
        raw = _ESCAPE.sub(b"", raw)
        if b"\x08" in raw:
            raw = _apply_backspaces(raw)
        raw = raw.translate(None, _CONTROL)
    text = raw[:MAX_LINE_BYTES]
    if not text.isascii():
        # A character cut in two by the cap is dropped; any other invalid byte becomes U+FFFD.
        cut = len(raw) > MAX_LINE_BYTES
        text = text.decode("utf-8", "replace").encode()
        if cut or len(text) > MAX_LINE_BYTES:
            text = text[:MAX_LINE_BYTES].decode("utf-8", "ignore").removesuffix("\ufffd").encode()
    return text


def _apply_backspaces(raw: bytes) -> bytes:
    """Let what follows a backspace overwrite what stands there, as a terminal does; nothing is erased."""
    shown: list[str] = []
    cursor = 0
    for run in re.split("(\x08+)", raw.decode("utf-8", "surrogateescape")):
        if run.startswith("\x08"):
            cursor = max(0, cursor - len(run))
        else:
            shown[cursor : cursor + len(run)] = run
            cursor += len(run)
    return "".join(shown).encode("utf-8", "surrogateescape")


class LineReader:
    """Turn chunks of raw bytes into lines; where the chunks are cut makes no difference.

    Lines end at `\\n` and at `\\r`, so each refresh of a progress bar is a line as soon as the next one
    begins; `\\r\\n` is one end. A refresh without text is left out, an empty line is kept. Memory stays below
    a few hundred kilobytes whatever arrives: of a longer line the beginning is kept.
    """

    def __init__(self) -> None:
        self._number = 1
        self._position = 0
        self._start = 0
        self._raw = bytearray()
        self._shown = False  # whether a refresh of the current line has been returned

    def feed(self, chunk: bytes) -> list[Line]:
        """Return the lines that `chunk` completes."""
        if b"\r" in chunk or _HAS_CONTROL.search(chunk) or not chunk.isascii():
            return self._feed_any(chunk)
        # Most output is plain: splitting it at once is several times faster than looking at each line.
        first = chunk.find(b"\n") + 1
        if first == 0:
            return self._feed_any(chunk)
        lines = self._feed_any(chunk[:first])
        *texts, rest = chunk[first:].split(b"\n")
        number, offset = self._number, self._position
        for text in texts:
            kept = text if len(text) <= MAX_LINE_BYTES else text[:MAX_LINE_BYTES]
            lines.append(Line(number, offset, kept))
            number += 1
            offset += len(text) + 1
        self._number, self._position, self._start = number, offset, offset
        if rest:
            self._feed_any(rest)
        return lines

    def _feed_any(self, chunk: bytes) -> list[Line]:
        lines: list[Line] = []
        begin = 0
        for end in _TERMINATOR.finditer(chunk):
            at = end.start()
            self._keep(chunk, begin, at)
            newline = chunk[at] == 10
            text = self._take()
            if text or (newline and not self._shown):
                lines.append(Line(self._number, self._start, text))
                self._shown = True
            if newline:
                self._number += 1
                self._shown = False
            begin = at + 1
            self._start = self._position + begin
        self._keep(chunk, begin, len(chunk))
        self._position += len(chunk)
        return lines

    def close(self) -> list[Line]:
        """Return the last line when the stream did not end with `\\n` or `\\r`."""
        text = self._take()
        return [Line(self._number, self._start, text)] if text else []

    def _take(self) -> bytes:
        if not self._raw:
            return b""
        text = clean(bytes(self._raw))
        self._raw.clear()
        return text

    def _keep(self, chunk: bytes, begin: int, end: int) -> None:
        room = _MAX_RAW_BYTES - len(self._raw)
        if end > begin and room > 0:
            self._raw += chunk[begin : min(end, begin + room)]


def split_lines(data: bytes) -> list[Line]:
    """Return all lines of a whole log."""
    reader = LineReader()
    return reader.feed(data) + reader.close()
