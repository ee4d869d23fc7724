"""A trial's log file: the script's bytes as they come, and the platform's own lines among them."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

SYSTEM_PREFIX = "[Argmax Service Log] "
RETRY_SECONDS = 5.0
"""How long after a failed write the next one is tried: the disk may have room again."""


class LogWriter:
    """Appends to one log file, within `max_bytes`, and never costs the trial its life.

    What is written can be read by others at once; nothing is buffered here, nothing is synchronised to disk.
    When the file cannot be written, `failed` says why, output is counted in `lost_bytes`, and writing is
    tried again later. Beyond the limit the script's output is dropped after one notice; system lines still
    appear.
    """

    def __init__(self, path: str | os.PathLike[str], max_bytes: int) -> None:
        self.path = Path(path)
        self.max_bytes = max_bytes
        self.size = 0
        """Bytes in the file: the offset at which the next write begins."""
        self.failed: str | None = None
        self.truncated = False
        self.lost_bytes = 0
        """Bytes of the script's output that are not in the file, for whatever reason."""
        self._file = -1
        self._retry_at = 0.0
        self._gap = 0
        self._at_line_start = True

    def write(self, data: bytes) -> None:
        """Append the script's output; never raises for the file's sake."""
        if self.truncated:
            self.lost_bytes += len(data)
            return
        self._is_open()
        room = max(0, self.max_bytes - self.size)
        self._append(data[:room], output=True)
        if len(data) > room:
            self.truncated = True
            self.lost_bytes += len(data) - room
            self.system(
                f"The log has reached its limit of {self.max_bytes:,} bytes. What the script prints from here"
                " on is still read for the search indicator, but not kept."
            )

    def system(self, text: str) -> None:
        """Append the platform's lines, each with the prefix, never in the middle of a line of the script."""
        lines = "".join(f"{SYSTEM_PREFIX}{line}\n" for line in text.splitlines() or [""])
        if not self._at_line_start:
            lines = "\n" + lines
        self._append(lines.encode(errors="replace"), output=False)

    def close(self) -> None:
        """Close the file; further writes open it again."""
        if self._file >= 0:
            with contextlib.suppress(OSError):
                os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _append(self, data: bytes, *, output: bool) -> None:
        written = 0
        if data and time.monotonic() >= self._retry_at and self._is_open():
            self._report_gap()
            written = self._write_all(data)
        if output and written < len(data):
            self.lost_bytes += len(data) - written
            self._gap += len(data) - written

    def _is_open(self) -> bool:
        """Open the file unless it is open already or failed just now."""
        if self._file < 0 and time.monotonic() >= self._retry_at:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
                self.size = os.fstat(self._file).st_size
            except OSError as error:
                self._fail(error)
        return self._file >= 0

    def _report_gap(self) -> None:
        if self._gap:
            gap, self._gap = self._gap, 0
            start = "" if self._at_line_start else "\n"
            notice = f"{start}{SYSTEM_PREFIX}{gap:,} bytes of output are missing here: {self.failed}\n"
            if self._write_all(notice.encode()) < len(notice):
                self._gap = gap

    def _write_all(self, data: bytes) -> int:
        """Write as much as the file takes; return how much that was."""
        written = 0
        while written < len(data):
            try:
                count = os.write(self._file, data[written:] if written else data)
            except OSError as error:
                self._fail(error)
                break
            written += count
        self.size += written
        if written:
            self._at_line_start = data[written - 1 : written] == b"\n"
        return written

    def _fail(self, error: OSError) -> None:
        self._retry_at = time.monotonic() + RETRY_SECONDS
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            self.failed = f"the disk that holds {self.path} is full: free some space"
        elif error.errno == errno.EFBIG:
            self.failed = f"{self.path} has reached the system's file size limit (ulimit -f): raise it"
        else:
            self.failed = f"{self.path} cannot be written ({error.strerror}): check the folder and its rights"
