"""A part of the stack: one child process, its log, and how it is started and ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from runtime.launch import die_with_parent

LOG_LIMIT_BYTES = 5 * 1024 * 1024
LOGS_KEPT = 3


@dataclass(frozen=True)
class Part:
    """What there is to know to run a part. Parts of a higher stage are stopped first."""

    name: str
    """Names the log file."""
    label: str
    """Names the part in messages."""
    command: Sequence[str]
    stage: int
    grace: float = 10.0
    """Seconds between the request to end and the kill."""
    may_start: Callable[[], bool] = lambda: True
    """Whether what the part needs is there."""
    environment: Mapping[str, str] = field(default_factory=dict)
    descriptors: tuple[int, ...] = ()
    """File descriptors that the child inherits."""
    remedy: str = ""
    """What to do when the part dies again and again."""


class Child:
    """A part with the process that runs it, if any."""

    def __init__(self, part: Part, log: Path) -> None:
        self.part = part
        self.log = log
        self.deaths: list[float] = []
        self.due = 0.0
        self._process: subprocess.Popen | None = None
        self._log_start = 0

    def __str__(self) -> str:
        return self.part.label

    @property
    def pid(self) -> int | None:
        """The process's id while there is one that was not found dead."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process in a session of its own, its output going to the log; it dies with this one."""
        rotate(self.log)
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = self._spawn(log)

    def _spawn(self, log: BinaryIO) -> subprocess.Popen:
        linux = sys.platform.startswith("linux")
        return subprocess.Popen(
            self.part.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **self.part.environment, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
            pass_fds=self.part.descriptors,
            # Few children and no threads here, so a real fork is cheap and safe.
            preexec_fn=partial(die_with_parent, os.getpid()) if linux else None,
        )

    def ended(self) -> int | None:
        """The exit status (negative: the signal) once the process has ended, which is then forgotten."""
        status = self._process.poll() if self._process else None
        if status is not None:
            self._process = None
        return status

    def ask_to_end(self) -> None:
        """Send SIGTERM to the part itself, which ends its own children."""
        self._send(signal.SIGTERM, os.kill)

    def kill(self) -> None:
        """Send SIGKILL to the part's whole process group."""
        self._send(signal.SIGKILL, os.killpg)

    def _send(self, number: int, send: Callable[[int, int], None]) -> None:
        if self._process and self._process.poll() is None:
            with suppress(ProcessLookupError):
                send(self._process.pid, number)

    def last_lines(self, count: int = 12) -> list[str]:
        """The last lines that this run has written to its log."""
        try:
            with self.log.open("rb") as log:
                size = log.seek(0, os.SEEK_END)
                log.seek(max(self._log_start, size - 16_384))
                return log.read().decode(errors="replace").splitlines()[-count:]
        except FileNotFoundError:
            return []

    def deaths_within(self, seconds: float) -> int:
        """How often it has died in that many last seconds."""
        now = time.monotonic()
        self.deaths = [moment for moment in self.deaths if now - moment < seconds]
        return len(self.deaths)


def rotate(log: Path) -> None:
    """Move a log that has grown too large aside, keeping a few old ones."""
    try:
        if log.stat().st_size < LOG_LIMIT_BYTES:
            return
    except FileNotFoundError:
        return
    for number in range(LOGS_KEPT - 1, 0, -1):
        with suppress(FileNotFoundError):
            log.with_suffix(f".log.{number}").replace(log.with_suffix(f".log.{number + 1}"))
    log.replace(log.with_suffix(".log.1"))
