"""One trial's script as a process tree that is owned, read and ended as a whole."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import time
import uuid
import weakref
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from runtime.exits import EXIT_UNKNOWN, describe_exit
from runtime.family import MARK_VARIABLE, ProcessEntry, ProcessFamily, mark_of, marked
from runtime.launch import (
    Guard,
    LaunchError,
    Limits,
    apply_limits,
    become_subreaper,
    die_with_parent,
    is_subreaper,
    spawn,
)

__all__ = [
    "EXIT_UNKNOWN",
    "LaunchError",
    "Limits",
    "Process",
    "StopReport",
    "become_subreaper",
    "describe_exit",
    "die_with_parent",
    "end_marked",
]

CHUNK = 256 * 1024
HELD_BYTES = 8 * 1024 * 1024
LINGER = 1.0
"""Seconds that a pipe held open by someone else is still read after the script has exited."""
KILL_PATIENCE = 5.0
"""Seconds to wait for processes to vanish after SIGKILL (one stuck in a device driver may not)."""

_active: weakref.WeakSet[Process] = weakref.WeakSet()


def _send(send: Callable[[int, int], None], target: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        send(target, number)


@dataclass(frozen=True, slots=True)
class StopReport:
    """How a script was ended: by itself, by SIGTERM, or (`killed`, names with pids) by SIGKILL."""

    already_ended: bool
    processes: int
    killed: tuple[str, ...]
    survivors: tuple[str, ...]
    seconds: float
    dropped_bytes: int

    def __str__(self) -> str:
        if self.survivors:
            return "could not be ended even with SIGKILL: " + ", ".join(self.survivors)
        if self.already_ended:
            return "had already ended"
        if self.killed:
            return f"killed with SIGKILL after {self.seconds:.1f} s: " + ", ".join(self.killed)
        others = f", with the {self.processes - 1} it had started" if self.processes > 1 else ""
        return f"ended on SIGTERM within {self.seconds:.1f} s{others}"


class Process:
    """One script and everything it starts.

    Use it from one thread (the main one: the kernel's parent-death signal is bound to the starting thread)
    and as a context manager; leaving the block leaves no process behind. If this program dies, the script
    dies too.
    `token` names the family: it is passed on in the variable `ARGMAX_PROCESS`; see `end_marked`. The script does
    not get the files in `keep_open`, but as long as any of its family lives, they stay open (see `Guard`).
    `sandboxed` says that the command is `images.sandbox.sandboxed`'s: asked to end is what runs inside.
    """

    def __init__(
        self,
        argv: Sequence[str],
        cwd: str | os.PathLike[str],
        env: Mapping[str, str],
        *,
        limits: Limits | None = None,
        token: str | None = None,
        keep_open: Sequence[int] = (),
        sandboxed: bool = False,
    ) -> None:
        self.argv = list(argv)
        self.cwd = Path(cwd)
        self.token = token or uuid.uuid4().hex
        self.env = {**env, MARK_VARIABLE: self.token}
        self.limits = limits or Limits()
        self._keep_open = keep_open
        self._sandboxed = sandboxed
        self.returncode: int | None = None
        self.leftovers: tuple[str, ...] = ()
        """Processes the script left running when it ended, which were then ended (names with pids)."""
        self.notes: tuple[str, ...] = ()
        """What the system did not allow, for the log."""
        self._owner = os.getpid()
        self._popen: subprocess.Popen[bytes] | None = None
        self._family: ProcessFamily | None = None
        self._guard: Guard | None = None
        self._pipe = -1
        self._pidfd = -1
        self._exited_at = 0.0
        self._finished = False
        self._held: deque[bytes] = deque()
        self._held_bytes = 0
        self._dropped_bytes = 0

    @property
    def pid(self) -> int | None:
        """Return the script's process id (also its process group and session), None before `start`."""
        return self._popen.pid if self._popen else None

    def start(self) -> Self:
        """Start the script; raises `LaunchError`."""
        if self._popen is not None:
            raise RuntimeError("This process was started before: make a new one for each attempt.")
        # The guard comes first, so that there is no moment in which the script has none.
        self._guard = Guard(mark_of(self.token), self._keep_open)
        try:
            self._popen = spawn(self.argv, self.cwd, self.env)
        except BaseException:
            self._guard.dismiss()
            raise
        _active.add(self)
        self._guard.watch(self._popen.pid)
        self.notes = tuple(apply_limits(self._popen.pid, self.limits))
        self._family = ProcessFamily(self._popen.pid, self.token)
        self._open_output(self._popen)
        return self

    def _open_output(self, popen: subprocess.Popen[bytes]) -> None:
        assert popen.stdout is not None  # noqa: S101  (spawn always asks for the pipe)
        self._pipe = popen.stdout.fileno()
        os.set_blocking(self._pipe, False)
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, CHUNK)
        with contextlib.suppress(OSError):
            self._pidfd = os.pidfd_open(popen.pid)

    def poll(self) -> int | None:
        """Return the exit code if the script itself has exited, else None.

        It is not reaped yet: as long as its zombie stays, pid and session number cannot go to a stranger.
        """
        if self.returncode is not None or self._popen is None:
            return self.returncode
        try:
            status = os.waitid(os.P_PID, self._popen.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            self.returncode = EXIT_UNKNOWN
        else:
            if status is not None:
                exited = status.si_code == os.CLD_EXITED
                self.returncode = status.si_status if exited else -status.si_status
        if self.returncode is not None:
            self._exited_at = time.monotonic()
        return self.returncode

    def read(self, timeout: float) -> bytes | None:
        """Return the next piece of output, b"" after `timeout` seconds without any, None at the end.

        The end is reached when the script has exited and its output is drained. Something it left behind may
        hold the output open: then about a second later, when that has been ended too (see `leftovers`).
        """
        deadline = time.monotonic() + timeout
        while True:
            if self._held:
                return self._take_held()
            if self._finished or self._popen is None:
                return None
            exited = self.poll() is not None
            lingering = self._exited_at + LINGER - time.monotonic() if exited else timeout
            if exited and (self._pipe < 0 or lingering <= 0):
                self._finish()
                continue
            chunk = self._read_pipe()
            if chunk:
                return chunk
            if chunk == b"":
                continue
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return b""
            self._wait(min(remaining, max(lingering, 0.0)), exited)

    def pids(self) -> tuple[int, ...]:
        """Return the pids of the living processes of this script, for usage sampling; never raises."""
        return tuple(entry.pid for entry in self.entries())

    def entries(self) -> list[ProcessEntry]:
        """Return the process table's lines of the living processes of this script."""
        if self._family is None or self._finished:
            return []
        return self._family.members(adopted_except=self._strangers())

    def stop(self, grace: float = 5.0, while_waiting: Callable[[], None] | None = None) -> StopReport:
        """End the whole family: SIGTERM, and SIGKILL for what is left after `grace` seconds.

        Output written meanwhile is kept for `read` (up to 8 MB), so that a script blocked on it can exit.
        `while_waiting` is called about ten times a second during the grace (to renew a lease); what it raises
        passes through with the family still running, for `close` to end.
        """
        if self._popen is None or self._finished or self._owner != os.getpid():
            return StopReport(True, 0, (), (), 0.0, self._dropped_bytes)
        began = time.monotonic()
        already_ended = self.poll() is not None
        members = self._all_members()
        asked = len(members)
        killed: dict[int, str] = {}
        if grace > 0:
            self._signal(members, signal.SIGTERM)
            members = self._wait_for_end(began + grace, members, while_waiting)
        survivors = self._kill(members, killed)
        self._drain()
        report = StopReport(
            already_ended=already_ended and not killed,
            processes=max(asked, len(killed)),
            killed=tuple(killed.values()),
            survivors=tuple(str(entry) for entry in survivors),
            seconds=time.monotonic() - began,
            dropped_bytes=self._dropped_bytes,
        )
        self._release()
        return report

    def kill(self) -> StopReport:
        """End the whole family at once with SIGKILL."""
        return self.stop(grace=0)

    def close(self) -> None:
        """Leave nothing behind: no process, no guard, no open file. Held output is gone."""
        if self._owner != os.getpid():
            return
        self.kill()
        self._held.clear()

    def __enter__(self) -> Self:
        return self.start() if self._popen is None else self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # Output

    def _read_pipe(self) -> bytes | None:
        """Return what can be read at once, b"" at its end, None when nothing is there now."""
        if self._pipe < 0:
            return None
        try:
            chunk = os.read(self._pipe, CHUNK)
        except BlockingIOError:
            return None
        if not chunk:
            self._close_pipe()
        return chunk

    def _close_pipe(self) -> None:
        if self._popen and self._popen.stdout:
            self._popen.stdout.close()
        self._pipe = -1

    def _wait(self, seconds: float, exited: bool) -> None:
        """Sleep until there is output or the script exits."""
        poller = select.poll()
        if self._pipe >= 0:
            poller.register(self._pipe, select.POLLIN)
        if not exited and self._pidfd >= 0:
            poller.register(self._pidfd, select.POLLIN)
        elif not exited:
            seconds = min(seconds, 0.05)
        poller.poll(max(1.0, seconds * 1000))

    def _take_held(self) -> bytes:
        chunk = self._held.popleft()
        self._held_bytes -= len(chunk)
        return chunk

    def _drain(self) -> None:
        """Move what is in the pipe to the held output, within its bound."""
        for _ in range(64):
            chunk = self._read_pipe()
            if not chunk:
                return
            if self._held_bytes + len(chunk) > HELD_BYTES:
                self._dropped_bytes += len(chunk)
                continue
            self._held.append(chunk)
            self._held_bytes += len(chunk)

    # The end

    def _strangers(self) -> set[int] | None:
        """Return the children of this program that are not adopted ones, None when it adopts none."""
        # With several scripts at once the parent of an adopted process says nothing: the mark must do.
        if not is_subreaper() or len(_active) != 1:
            return None
        return {pid for pid in (self.pid, self._guard.pid if self._guard else None) if pid}

    def _all_members(self) -> list[ProcessEntry]:
        if self._family is None:
            return []
        return self._family.members(thorough=True, adopted_except=self._strangers())

    def _signal(self, members: Sequence[ProcessEntry], number: signal.Signals) -> None:
        """Signal the group in one go (nothing it forks slips through) and then those who have left it."""
        if self._sandboxed and number != signal.SIGKILL:
            self._signal_inside(members, number)
            return
        group = self.pid or 0
        if any(entry.group == group for entry in members):
            _send(os.killpg, group, number)
        for entry in members:
            if entry.group != group:
                _send(os.kill, entry.pid, number)
            if entry.state in "tT":
                _send(os.kill, entry.pid, signal.SIGCONT)

    def _signal_inside(self, members: Sequence[ProcessEntry], number: signal.Signals) -> None:
        """Signal what runs in the sandbox; if its outer process ended first, it would take all with it."""
        outer = {entry.group for entry in members if entry.pid == self.pid}
        for group in {entry.group for entry in members} - outer:
            _send(os.killpg, group, number)

    def _wait_for_end(
        self, deadline: float, members: list[ProcessEntry], tick: Callable[[], None] | None = None
    ) -> list[ProcessEntry]:
        """Read output until no member is left or the deadline has passed; return who is left."""
        pause = 0.005
        while members and time.monotonic() < deadline:
            self._wait(min(pause, max(0.0, deadline - time.monotonic())), self.poll() is not None)
            self._drain()
            pause = min(pause * 1.5, 0.1)
            if tick is not None:
                tick()
            members = self._all_members()
        return members

    def _kill(self, members: list[ProcessEntry], killed: dict[int, str]) -> list[ProcessEntry]:
        """SIGKILL the members, and those they start meanwhile, until none is left; return survivors."""
        deadline = time.monotonic() + KILL_PATIENCE
        while members and time.monotonic() < deadline:
            killed |= {entry.pid: str(entry) for entry in members}
            self._signal(members, signal.SIGKILL)
            members = self._wait_for_end(min(deadline, time.monotonic() + 0.2), members)
        return members

    def _finish(self) -> None:
        """End what the script left behind, take the last output, reap it, dismiss the guard."""
        members = self._all_members()
        if members and self._pipe < 0:
            # Some helpers (the one of Python's multiprocessing) end by themselves a moment later.
            members = self._wait_for_end(time.monotonic() + 0.3, members)
        if members:
            self.leftovers = tuple(str(entry) for entry in members)
            self._signal(members, signal.SIGTERM)
            members = self._wait_for_end(time.monotonic() + 0.5, members)
            self._kill(members, {})
        self._drain()
        self._release()

    def _release(self) -> None:
        self._finished = True
        self._close_pipe()
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1
        if self._popen is not None and self.poll() is not None:
            self._popen.wait()
        if self._guard is not None:
            self._guard.dismiss()
        _active.discard(self)


def end_marked(token: str, *, grace: float = 0.0) -> tuple[str, ...]:
    """End what is left on this machine of the script with this token; return names with pids.

    For whoever takes over an attempt: the worker that ran it may have died a moment ago.
    """
    deadline = time.monotonic() + grace
    ended: dict[int, str] = {}
    number = signal.SIGTERM if grace > 0 else signal.SIGKILL
    while found := marked(token):
        for entry in found:
            ended[entry.pid] = str(entry)
            _send(os.kill, entry.pid, number)
        if time.monotonic() > deadline + KILL_PATIENCE:
            break
        time.sleep(0.02)
        if time.monotonic() >= deadline:
            number = signal.SIGKILL
    return tuple(ended.values())
