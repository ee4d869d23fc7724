"""How a process ended, in words."""

from __future__ import annotations

import signal

EXIT_UNKNOWN = 256
"""Return code when something else in this program has reaped the script."""

_SIGNAL_HINTS = {
    signal.SIGKILL: "often out of memory: give the trial more memory or use less",
    signal.SIGSEGV: "a crash inside a native library",
    signal.SIGABRT: "a native library gave up; its message is among the last lines",
    signal.SIGBUS: "often shared memory (/dev/shm) or a disk that is full",
    signal.SIGILL: "a library was built for another kind of processor",
    signal.SIGTERM: "something asked it to end",
    signal.SIGINT: "something interrupted it",
    signal.SIGXCPU: "the processor time limit was reached",
    signal.SIGXFSZ: "the file size limit was reached",
}
_CODE_HINTS = {
    2: "often an argument the script does not know",
    126: "a command was found but could not be run",
    127: "a command was not found",
}


def describe_exit(returncode: int | None) -> str:
    """Say in words how a process ended; negative codes are signals, as in `subprocess`."""
    if returncode is None:
        return "still running"
    if returncode == EXIT_UNKNOWN:
        return "ended with an unknown exit code: something else in the worker waited for it"
    if returncode < 0:
        return _describe_signal(-returncode)
    if hint := _CODE_HINTS.get(returncode):
        return f"exit code {returncode}: {hint}"
    if 128 < returncode < 128 + signal.NSIG:
        # A shell between us and the program reports signals this way.
        return f"exit code {returncode}: {_describe_signal(returncode - 128)}"
    return f"exit code {returncode}"


def _describe_signal(number: int) -> str:
    try:
        known = signal.Signals(number)
    except ValueError:
        return f"killed by signal {number}"
    hint = _SIGNAL_HINTS.get(known)
    return f"killed by signal {number} ({known.name})" + (f": {hint}" if hint else "")
