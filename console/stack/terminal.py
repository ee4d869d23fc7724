"""What the person who started the console reads: calm lines, and on a terminal a bar below them."""

import shutil
import sys
from contextlib import suppress
from typing import TextIO

ERASE_LINE = "\r\x1b[2K"


class Terminal:
    """Writes lines to a stream; on a real terminal one more line that is redrawn in place."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self.interactive = self._stream.isatty()
        self._status = ""
        self._plain = not _can_write(self._stream, "█░·…")

    def say(self, text: str = "") -> None:
        """Write a text of one or more lines."""
        self._write(f"{self._erase()}{text}\n{self._status}")

    def status(self, text: str) -> None:
        """Show the text as the last line, instead of the one before; "" takes it away. For terminals only."""
        if not self.interactive or text == self._status:
            return
        erase = self._erase()
        self._status = text[: self.width]
        self._write(erase + self._status)

    @property
    def width(self) -> int:
        """Characters that fit in one line."""
        return shutil.get_terminal_size().columns - 1

    def bar(self, share: float, width: int) -> str:
        """A bar filled to that share (0 to 1), in characters that the stream can carry."""
        full, empty = ("#", "-") if self._plain else ("█", "░")
        filled = round(max(0.0, min(1.0, share)) * width)
        return full * filled + empty * (width - filled)

    def _erase(self) -> str:
        return ERASE_LINE if self._status else ""

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "ascii"
        with suppress(OSError, ValueError):  # nobody reads any more: the console goes on
            self._stream.write(text.encode(encoding, "replace").decode(encoding))
            self._stream.flush()


def _can_write(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
