"""The text of a file, in numbered lines, as far as it is text."""

import codecs
import re
from dataclasses import dataclass, field
from typing import BinaryIO

LARGEST = 1024 * 1024
MOST_LINES = 20_000
CHUNK = 500
"""Lines the browser lays out together; chunks out of sight cost it nothing."""

LINE_END = re.compile(r"\r\n|\n|\r")
NOT_TEXT = re.compile(r"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True)
class Preview:
    """`chunks` of (number, text) lines; or, for what is not shown, the `reason`."""

    chunks: list[list[tuple[int, str]]] = field(default_factory=list)
    line_count: int = 0
    reason: str = ""
    note: str = ""

    @property
    def is_cut(self) -> bool:
        return self.line_count > MOST_LINES


def preview(file: BinaryIO, size: int) -> Preview:
    """Read a file of that size for showing."""
    text, note = _decode(file.read(LARGEST))
    if text is None:
        return Preview(reason="This is a binary file: it holds no text to show.")
    if size > LARGEST:
        return Preview(reason="Files above 1 MB are not shown here. Download it to look inside.")
    if not text:
        return Preview(reason="This file is empty.")
    lines = LINE_END.split(text)
    if not lines[-1]:
        lines.pop()
    numbered = list(enumerate(lines[:MOST_LINES], start=1))
    chunks = [numbered[start : start + CHUNK] for start in range(0, len(numbered), CHUNK)]
    return Preview(chunks, len(lines), note=note)


def _decode(data: bytes) -> tuple[str | None, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace"), "Shown as UTF-16."
    try:
        text, note = data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        text, note = data.decode("latin-1"), "This is no UTF-8; shown as Latin-1."
    return (None, "") if NOT_TEXT.search(text) else (text, note)
