"""Start a script so that it cannot outlive its owner: checks before, parent-death signal, guard, limits."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38

_RESTORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)

# Used where util-linux is missing; its arguments are the owner's pid and the command.
_LAUNCHER = f"""
import ctypes, os, sys
prctl = ctypes.CDLL(None).prctl
prctl({_PR_SET_PDEATHSIG}, 9, 0, 0, 0)
prctl({_PR_SET_NO_NEW_PRIVS}, 1, 0, 0, 0)
if os.getppid() != int(sys.argv[1]):
    sys.exit(125)
try:
    os.execvp(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.exit(f"{{sys.argv[2]}}: {{error.strerror}}")
"""

# The guard sleeps in `read` until its owner dies (end of file), then kills the script's group and everything
# that carries its mark. It looks several times: a process caught between fork and exec shows no mark yet.
_GUARD = """
trap '' TERM INT HUP
read -r group
read -r _
for round in 1 2 3; do
  [ -z "$group" ] || kill -s KILL -- "-$group"
  for file in $(grep -lzxsF -e "$1" /proc/[0-9]*/environ); do
    pid=${file#/proc/}
    kill -s KILL "${pid%/environ}"
  done
  sleep 0.2
done
"""


class LaunchError(Exception):
    """The script could not be started; the message names the thing and the remedy."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process of a script may use.

    `memory` in bytes bounds the private writable memory of each process (RLIMIT_DATA: unlike RLIMIT_AS it
    does not count address space that GPU libraries merely reserve). Core dumps are always off.
    """

    memory: int | None = None

    def __post_init__(self) -> None:
        if self.memory is not None and self.memory <= 0:
            raise ValueError(f"The memory limit must be a positive number of bytes, not {self.memory}.")


def _prctl(option: int, value: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(option, value, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


_subreaper_pid = 0


def become_subreaper() -> None:
    """Adopt orphaned descendants of this process, so that daemons of a script can be found and ended.

    A process that calls this promises that whatever it starts in another session is a `Process`.
    """
    global _subreaper_pid
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    _subreaper_pid = os.getpid()


def is_subreaper() -> bool:
    """Say whether this very process (not one it was forked from) has called `become_subreaper`."""
    return _subreaper_pid == os.getpid()


def die_with_parent(parent: int | None = None) -> None:
    """Let the kernel kill this process when its parent ends; for a worker's forked work-horse.

    Pass the parent's pid, taken before the fork, to close the gap in which it may already have died.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def check_launchable(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> None:
    """Raise `LaunchError` for everything that can be known to be wrong before starting."""
    if not argv:
        raise LaunchError("The boot command is empty: give an interpreter and a boot file.")
    if not cwd.is_dir():
        raise LaunchError(f"The working directory {cwd} does not exist: was the code copied there?")
    program = _find_program(argv[0], cwd, env)
    with contextlib.suppress(OSError), program.open("rb") as file:
        first = file.readline(256)
        if first.startswith(b"#!"):
            _check_shebang(program, first)


def _find_program(name: str, cwd: Path, env: Mapping[str, str]) -> Path:
    if "/" not in name:
        found = shutil.which(name, path=env.get("PATH", os.defpath))
        if found is None:
            raise LaunchError(
                f"The program {name} was not found on PATH ({env.get('PATH', os.defpath)}):"
                " install it, or set the engine's interpreter to its full path."
            )
        return cwd / found
    path = cwd / name
    try:
        if path.is_dir():
            raise LaunchError(f"{path} is a folder, not a program: correct the engine's interpreter.")
        if not path.exists():
            raise LaunchError(f"The program {path} does not exist: check the engine's interpreter.")
    except PermissionError as error:
        raise LaunchError(
            f"{path} cannot be reached ({error.strerror}): check its folder's rights."
        ) from error
    if not os.access(path, os.X_OK):
        raise LaunchError(
            f"Permission denied for {path}: make it executable (chmod +x) for the user that runs the worker."
        )
    return path


def _check_shebang(program: Path, first: bytes) -> None:
    words = first[2:].split()
    interpreter = Path(os.fsdecode(words[0])) if words else Path()
    if interpreter.is_absolute() and not interpreter.exists():
        raise LaunchError(
            f"{program} asks for the interpreter {interpreter}, which does not exist: correct its first line."
        )


def guarded_argv(argv: Sequence[str]) -> list[str]:
    """Return the command that dies with the calling thread's process and cannot gain privileges.

    The kernel sends the parent-death signal when the *thread* ends that started the script, so it is left out
    in all but the main thread, where the guard alone watches.
    """
    if not sys.platform.startswith("linux"):
        return list(argv)
    main_thread = threading.current_thread() is threading.main_thread()
    if setpriv := shutil.which("setpriv"):
        death = ["--pdeathsig", "KILL"] if main_thread else []
        return [setpriv, *death, "--no-new-privs", "--", *argv]
    if main_thread:
        return [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid()), *argv]
    return list(argv)


@contextlib.contextmanager
def default_signals() -> Iterator[None]:
    """Give what is started inside the block default signal handling.

    Ignored signals stay ignored over exec (an RQ work-horse ignores SIGINT), handled ones do not: so ignored
    ones get a handler that does nothing for that moment. Only the main thread may do this; in others nothing
    changes.
    """
    ignored: list[signal.Signals] = []
    if threading.current_thread() is threading.main_thread():
        ignored = [number for number in _RESTORED if signal.getsignal(number) == signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


def spawn(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the command in a session of its own, output and errors in one pipe, no input.

    Raises `LaunchError`. No `preexec_fn`: it would fork the whole calling program instead of a cheap vfork.
    """
    check_launchable(argv, cwd, env)
    try:
        with default_signals():
            return subprocess.Popen(
                guarded_argv(argv),
                bufsize=0,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=dict(env),
                start_new_session=True,
            )
    except ValueError as error:
        raise LaunchError(f"The boot command or its environment is not valid ({error}).") from error
    except OSError as error:
        raise LaunchError(_launch_problem(argv, error)) from error


def _launch_problem(argv: Sequence[str], error: OSError) -> str:
    if error.errno == errno.E2BIG:
        return "The arguments and environment variables are too long for this system: shorten the values."
    if error.errno in (errno.EAGAIN, errno.ENOMEM):
        return (
            f"This machine could not start another process ({error.strerror}):"
            " run fewer trials at once or raise its limits."
        )
    return f"{argv[0]} could not be started: {error.strerror}. Check the engine's interpreter and its rights."


def apply_limits(pid: int, limits: Limits) -> list[str]:
    """Set the limits of a process just started; return what could not be set, in words."""
    problems = []
    wanted = [("core dump limit", resource.RLIMIT_CORE, 0)]
    if limits.memory is not None:
        wanted.append(("memory limit", resource.RLIMIT_DATA, limits.memory))
    for name, kind, value in wanted:
        try:
            resource.prlimit(pid, kind, (value, value))
        except ProcessLookupError:
            break
        except (OSError, ValueError, OverflowError) as error:
            problems.append(f"The {name} of {value} could not be set and is advisory only: {error}.")
    # When memory runs out, the kernel is to choose the script, not the worker that would report it.
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text("500")
    return problems


class Guard:
    """A tiny process that outlives its owner just long enough to kill the script's whole family.

    The parent-death signal reaches the script only, not the processes the script has started. It keeps the
    files in `keep_open` open, so that what is locked by them stays locked until the family is gone.
    """

    def __init__(self, mark: bytes, keep_open: Sequence[int] = ()) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(OSError):
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _GUARD, "argmax-guard", os.fsdecode(mark)],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"PATH": os.defpath},
                start_new_session=True,
                pass_fds=keep_open,
            )

    @property
    def pid(self) -> int | None:
        """Return the guard's own pid, None when it could not be started."""
        return self._process.pid if self._process else None

    def watch(self, group: int) -> None:
        """Name the process group that is to die with the owner."""
        if self._process and self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.write(b"%d\n" % group)

    def dismiss(self) -> None:
        """End the guard: its script is gone."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._process = None
