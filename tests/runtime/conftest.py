"""Real scripts, started the way a worker starts them."""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from runtime.family import read_entry
from runtime.process import Process

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "tests" / "programs"


@dataclass
class Finished:
    """A script that has ended, and all it printed."""

    process: Process
    output: bytes

    @property
    def lines(self):
        return self.output.decode(errors="replace").splitlines()


@pytest.fixture
def start():
    """Return a function that starts a program of tests/programs, or a command; all are closed at the end."""
    running = []

    def start(*argv, cwd=PROGRAMS, env=None, **options):
        argv = [str(part) for part in argv]
        if argv[0].endswith(".py"):
            argv[:1] = [sys.executable, str(PROGRAMS / argv[0])]
        process = Process(argv, cwd, {"PATH": os.environ["PATH"]} if env is None else env, **options)
        running.append(process)
        return process.start()

    yield start
    for process in running:
        process.close()


def finish(process):
    """Read a process to its end."""
    output = bytearray()
    while (chunk := process.read(timeout=60)) is not None:
        output += chunk
    return Finished(process, bytes(output))


@pytest.fixture(name="finish")
def finish_fixture():
    return finish


@pytest.fixture
def run(start):
    """Return a function that starts a program and reads it to its end."""
    return lambda *argv, **options: finish(start(*argv, **options))


@pytest.fixture
def read_until():
    """Return a function that reads until some bytes have appeared, and returns all that was read."""

    def read_until(process, wanted):
        output = b""
        deadline = time.monotonic() + 120
        while wanted not in output:
            chunk = process.read(timeout=1)
            assert chunk is not None, f"ended before {wanted!r}: {output!r}"
            assert time.monotonic() < deadline, f"never printed {wanted!r}: {output!r}"
            output += chunk
        return output

    return read_until


def is_running(pid):
    entry = read_entry(pid)
    return entry is not None and entry.alive


@pytest.fixture
def all_gone():
    """Return a function that waits up to two minutes until none of the processes runs, and says if that came."""

    def all_gone(pids):
        assert pids
        deadline = time.monotonic() + 120
        while any(is_running(pid) for pid in pids):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    return all_gone


def pids_in(output):
    """Return the numbers after `pid` in a program's output."""
    text = output.decode(errors="replace") if isinstance(output, bytes) else output
    words = text.split()
    return [int(words[at + 1]) for at, word in enumerate(words[:-1]) if word == "pid"]


@pytest.fixture(name="pids_in")
def pids_in_fixture():
    return pids_in


@pytest.fixture
def programs():
    return PROGRAMS


@pytest.fixture
def root():
    return ROOT
