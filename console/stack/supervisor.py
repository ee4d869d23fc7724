"""The one place that starts the parts of the stack, watches them, restarts them, and stops them in order."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from console.stack.parts import Child, Part
from runtime.launch import become_subreaper
from runtime.wake import WakeUp

DEATH_WINDOW_SECONDS = 60.0
MOST_DEATHS = 5
FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 0.5, 8.0
TICK_SECONDS = 0.25
ORPHAN_GRACE_SECONDS = 2.0
SAME_REQUEST_SECONDS = 1.0
"""A terminal, make and a process group may each deliver the same request to stop."""


class GaveUp(Exception):
    """A part has died too often; the text says which, shows its last words and names the remedy."""


class Supervisor:
    """Owns the children of this process. Use as a context manager, in the main thread.

    The first SIGINT, SIGTERM or SIGHUP sets `stopping`; a later one kills everything at once and exits.
    """

    def __init__(self, log_folder: Path, say: Callable[[str], None]) -> None:
        self.stopping = False
        self._log_folder = log_folder
        self._say = say
        self._children: list[Child] = []
        self._wake = WakeUp()
        self._somebody_ended = False
        self._asked_at = 0.0
        self._old_handlers: dict[int, object] = {}

    def __enter__(self) -> "Supervisor":
        self._log_folder.mkdir(parents=True, exist_ok=True)
        with suppress(OSError, AttributeError):  # only Linux lets orphans come home
            become_subreaper()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup is respected
                self._old_handlers[number] = signal.signal(number, self._asked_to_stop)
        self._old_handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, self._child_ended)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            for number, handler in self._old_handlers.items():
                signal.signal(number, handler or signal.SIG_DFL)
            self._wake.close()

    def start(self, part: Part) -> None:
        """Start the part now, or as soon as what it needs is there."""
        child = Child(part, self._log_folder / f"{part.name}.log")
        self._children.append(child)
        self._start_if_due(child)

    def step(self) -> None:
        """Sleep for at most a tick, then see to the children. Raises GaveUp."""
        self._wake.wait(TICK_SECONDS)
        if self.stopping:
            return
        for child in self._children:
            if (status := child.ended()) is not None:
                self._died(child, status)
            elif child.pid is None:
                self._start_if_due(child)
        if self._somebody_ended:
            self._somebody_ended = False
            self._bury_orphans()

    def wait_for(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        """Step until `ready()` or a request to stop. Raises GaveUp when it takes longer than that."""
        deadline = time.monotonic() + seconds
        while not self.stopping and not ready():
            if time.monotonic() > deadline:
                raise GaveUp(f"{what} within {seconds:.0f} s. Its log is in {self._log_folder}.")
            self.step()

    def _start_if_due(self, child: Child) -> None:
        if time.monotonic() >= child.due and child.part.may_start():
            child.start()

    def _died(self, child: Child, status: int) -> None:
        child.deaths.append(time.monotonic())
        deaths = child.deaths_within(DEATH_WINDOW_SECONDS)
        if deaths >= MOST_DEATHS:
            raise GaveUp(_last_words(child, status, deaths))
        delay = min(FIRST_DELAY_SECONDS * 2 ** (deaths - 1), LONGEST_DELAY_SECONDS)
        child.due = time.monotonic() + delay
        self._say(
            f"The {child} {_cause(status)}. It is started again in {delay:g} s (log: {_relative(child.log)})."
        )

    def stop(self) -> None:
        """End all children, the last stage first, each with its grace; then whatever they left behind."""
        for stage in sorted({child.part.stage for child in self._children}, reverse=True):
            self._stop_together([child for child in self._children if child.part.stage == stage])
        self._children.clear()
        self._end_orphans()

    def _stop_together(self, children: list[Child]) -> None:
        asked = time.monotonic()
        for child in children:
            child.ask_to_end()
        while alive := [child for child in children if child.ended() is None and child.pid]:
            for child in alive:
                if time.monotonic() - asked > child.part.grace:
                    self._say(f"The {child} did not end within {child.part.grace:g} s and is killed.")
                    child.kill()
            self._wake.wait(0.1)

    def _asked_to_stop(self, *_: object) -> None:
        now = time.monotonic()
        if self.stopping and now - self._asked_at > SAME_REQUEST_SECONDS:
            self._kill_everything()
            os._exit(130)
        if not self.stopping:
            self.stopping, self._asked_at = True, now
        self._wake.set()

    def _child_ended(self, *_: object) -> None:
        self._somebody_ended = True
        self._wake.set()

    def _kill_everything(self) -> None:
        """What a killed process leaves behind becomes ours, so look until there is nothing left."""
        for _ in range(10):
            family = psutil.Process().children(recursive=True)
            if not family:
                return
            for process in family:
                with suppress(psutil.Error):
                    process.kill()
            psutil.wait_procs(family, timeout=1)

    def _orphans(self) -> list[psutil.Process]:
        own = {child.pid for child in self._children}
        return [process for process in psutil.Process().children() if process.pid not in own]

    def _bury_orphans(self) -> None:
        """Take leave of adopted processes that have ended, or they would stay zombies."""
        for process in self._orphans():
            with suppress(psutil.Error, ChildProcessError):
                if process.status() == psutil.STATUS_ZOMBIE:
                    os.waitpid(process.pid, os.WNOHANG)

    def _end_orphans(self) -> None:
        deadline = time.monotonic() + ORPHAN_GRACE_SECONDS
        while self._orphans() and time.monotonic() < deadline:
            self._bury_orphans()
            time.sleep(0.05)
        self._kill_everything()


def _cause(status: int) -> str:
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return "ended by itself" if status == 0 else f"died with exit code {status}"


def _last_words(child: Child, status: int, deaths: int) -> str:
    lines = child.last_lines() or ["(nothing)"]
    return "\n".join(
        [
            f"The {child} {_cause(status)}, {deaths} times within a minute. Giving up.",
            f"Its last words, from {_relative(child.log)}:",
            *(f"    {line}" for line in lines),
            *([child.part.remedy] if child.part.remedy else []),
        ]
    )


def _relative(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
