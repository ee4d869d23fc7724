"""The supervisor's promises that need parts which misbehave."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from tests.up import ROOT, alive

IGNORES_SIGTERM = "trap '' TERM; while :; do sleep 1 & wait; done"
LEAVES_A_DAEMON = "setsid sleep 600 & exec sleep 601"

DRIVER = """
import sys
from pathlib import Path
from console.stack.parts import Part
from console.stack.supervisor import GaveUp, Supervisor

say = lambda text: print(text, flush=True)
with Supervisor(Path(sys.argv[1]), say) as supervisor:
    for stage, script in enumerate(sys.argv[3:]):
        part = Part(f"part-{stage}", f"part {stage}", ["sh", "-c", script], stage, float(sys.argv[2]))
        supervisor.start(part)
    say("started")
    while not supervisor.stopping:
        supervisor.step()
"""


@pytest.fixture
def supervise(tmp_path):
    """`supervise(script, …)` watches over shell scripts; the last one is stopped first."""
    started = []

    def start(*scripts, grace=1):
        driver = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(tmp_path / "logs"), str(grace), *scripts],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        started.append(driver)
        while driver.stdout.readline() != "started\n":
            assert driver.poll() is None
        return driver

    yield start
    for driver in started:
        driver.kill()
        driver.wait()


def rest_of(driver) -> str:
    """What it says until its end."""
    output = driver.stdout.read()
    driver.wait(120)
    return output


def family_of(driver, count):
    """Its processes, once there are so many."""
    deadline = time.monotonic() + 120
    while len(family := psutil.Process(driver.pid).children(recursive=True)) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return family


def test_a_part_that_ignores_the_request_is_named_and_killed(supervise):
    driver = supervise(IGNORES_SIGTERM)
    family = family_of(driver, 2)
    driver.terminate()
    output = rest_of(driver)
    assert "The part 0 did not end within 1 s and is killed." in output
    assert (driver.returncode, alive(family)) == (0, [])


def test_what_a_part_leaves_behind_is_ended_too(supervise, eventually):
    driver = supervise(LEAVES_A_DAEMON)
    family = family_of(driver, 2)
    eventually(lambda: len({os.getsid(process.pid) for process in family}) == 2)
    driver.terminate()
    rest_of(driver)
    assert alive(family) == []


def test_a_second_request_ends_everything_at_once(supervise):
    driver = supervise(LEAVES_A_DAEMON, IGNORES_SIGTERM, grace=600)
    family = family_of(driver, 4)
    driver.send_signal(signal.SIGINT)
    time.sleep(1.1)  # what comes sooner counts as the same request
    driver.send_signal(signal.SIGINT)
    rest_of(driver)
    assert driver.returncode == 130
    assert alive(family) == []


def test_the_same_request_delivered_twice_is_one(supervise):
    driver = supervise("trap 'sleep 0.5; exit' TERM; while :; do sleep 1 & wait; done")
    family_of(driver, 2)
    driver.terminate()
    driver.terminate()
    rest_of(driver)
    assert driver.returncode == 0


def test_parts_are_stopped_in_order(supervise, tmp_path):
    note = "trap 'echo {0} >>{1}; exit' TERM; while :; do sleep 1 & wait; done"
    order = tmp_path / "order"
    driver = supervise(*(note.format(name, order) for name in ("queue", "web", "worker")))
    family_of(driver, 6)
    driver.terminate()
    rest_of(driver)
    assert order.read_text().split() == ["worker", "web", "queue"]


def test_a_part_that_keeps_dying_is_given_up_with_its_last_words(supervise):
    driver = supervise("echo it hurts; exit 3", "exec sleep 600")
    output = rest_of(driver)
    assert "The part 0 died with exit code 3. It is started again in 0.5 s" in output
    assert "The part 0 died with exit code 3, 5 times within a minute. Giving up." in output
    assert "    it hurts" in output
    assert driver.returncode == 1
