"""Everything a script prints arrives: whole, in order, as it is printed."""

import sys
import time

import pytest

from runtime.environment import script_environment
from runtime.workdir import TrialDirectories


def test_output_arrives_while_the_script_runs(start, read_until):
    process = start("never_ends.py")
    assert b"step=0" in read_until(process, b"step=3")
    assert process.poll() is None


def test_a_read_without_output_returns_empty_bytes_in_time(start):
    process = start("sleep", "600")
    began = time.monotonic()
    assert process.read(timeout=0.05) == b""
    assert time.monotonic() - began < 30
    assert process.read(timeout=0) == b""


def test_errors_and_output_come_in_the_order_they_were_written(run):
    finished = run("metric_on_stderr.py")
    assert finished.lines == [
        "before 0",
        "step=0 loss=1.0000",
        "before 1",
        "step=1 loss=0.5000",
        "before 2",
        "step=2 loss=0.3333",
    ]


def test_bytes_that_are_not_text_arrive_unchanged(run):
    output = run("prints_junk.py").output
    assert output.count(b"\xff\xfe\x80 not text \x00\x01\n") == 3
    assert output.endswith(b"\xe2\x82")


def test_a_hundred_megabytes_without_a_newline_arrive_in_bounded_pieces(start):
    process = start("huge_line.py", "--megabytes", "100")
    total = longest = 0
    tail = b""
    while (chunk := process.read(timeout=60)) is not None:
        total += len(chunk)
        longest = max(longest, len(chunk))
        tail = (tail + chunk)[-100:]
    assert total == 100_000_000 + len(b"\nstep=0 loss=1.0\n")
    assert tail.endswith(b"x\nstep=0 loss=1.0\n")
    assert longest <= 1_000_000


def test_python_prints_at_once_when_the_environment_says_unbuffered(start, read_until, tmp_path):
    directories = TrialDirectories(tmp_path / "attempt", "code")
    process = start("buffered.py", env=script_environment(directories, interpreter=sys.executable))
    assert read_until(process, b"loss=1.0").startswith(b"step=0 loss=1.0")
    assert process.poll() is None


def test_a_script_that_closes_its_output_is_followed_to_its_exit(run):
    finished = run("closes_stdout.py")
    assert finished.output == b"step=0 loss=1.0\n"
    assert finished.process.returncode == 3


def test_a_closed_output_still_ends_a_read_in_time(start, read_until):
    process = start("closes_stdout.py", "600")
    read_until(process, b"loss")
    for _ in range(3):
        assert process.read(timeout=0.02) == b""
    assert process.stop().survivors == ()


def test_the_end_is_reported_again_and_again(run):
    process = run("steps.py").process
    assert process.read(timeout=1) is None
    assert process.read(timeout=1) is None


def test_standard_input_is_empty(run):
    finished = run(sys.executable, "-c", "import sys; print(repr(sys.stdin.read()))")
    assert finished.output == b"''\n"


@pytest.mark.parametrize("megabytes", [0, 1, 5])
def test_nothing_is_lost_when_the_reader_is_late(start, finish, megabytes):
    process = start("huge_line.py", "--megabytes", megabytes)
    time.sleep(0.2)
    assert len(finish(process).output) == megabytes * 1_000_000 + 17
