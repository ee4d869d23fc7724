"""A wait that signal handlers end."""

import signal
import subprocess
import sys
import time

import pytest

from runtime.wake import WakeUp

SHOWERED_WITH_SIGNALS = """
import signal
from runtime.wake import WakeUp

wake = WakeUp()
heard = 0
signal.signal(signal.SIGALRM, lambda *_: wake.set())
signal.setitimer(signal.ITIMER_REAL, 2e-4, 2e-4)
for _ in range(20_000):
    heard += wake.wait(0.001)
print("heard" if heard else "deaf")
"""


@pytest.fixture
def wake():
    wake = WakeUp()
    yield wake
    wake.close()


def test_a_handler_that_interrupts_the_wait_ends_it(wake):
    before = signal.signal(signal.SIGALRM, lambda *_: wake.set())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        started = time.monotonic()
        assert wake.wait(30)
        assert time.monotonic() - started < 10
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_call_is_kept_for_the_next_wait_and_then_forgotten(wake):
    wake.set()
    wake.set()
    assert wake.wait(30)
    assert not wake.wait(0)


def test_more_calls_than_the_pipe_holds_are_one(wake):
    for _ in range(100_000):
        wake.set()
    assert wake.wait(30)
    assert not wake.wait(0)


def test_signals_at_any_moment_never_lock_it_up():
    done = subprocess.run(
        [sys.executable, "-c", SHOWERED_WITH_SIGNALS], capture_output=True, text=True, timeout=240
    )
    assert done.stdout == "heard\n", done.stderr
