"""Stopping ends the whole family, politely first, and says how it went."""

import os
import signal
import sys
from pathlib import Path

import pytest

from runtime.process import Process


def test_a_willing_script_ends_on_sigterm(start, read_until):
    process = start("never_ends.py")
    read_until(process, b"step=1")
    report = process.stop(grace=20)
    assert report.killed == ()
    assert not report.already_ended
    assert process.returncode == -signal.SIGTERM
    assert str(report).startswith("ended on SIGTERM")


def test_a_script_that_ignores_sigterm_is_killed_after_the_grace(start, read_until, all_gone):
    process = start("ignores_sigterm.py")
    read_until(process, b"step=1")
    report = process.stop(grace=0.3)
    assert process.returncode == -signal.SIGKILL
    assert [name for name in report.killed if f"(pid {process.pid})" in name]
    assert report.seconds >= 0.3
    assert "killed with SIGKILL" in str(report)
    assert all_gone([process.pid])


def test_the_owner_can_renew_its_lease_during_the_grace(start, read_until):
    process = start("ignores_sigterm.py")
    read_until(process, b"step=1")
    renewed = []
    process.stop(grace=0.5, while_waiting=lambda: renewed.append(process.poll()))
    assert len(renewed) >= 2
    assert set(renewed) == {None}


def test_a_lease_lost_during_the_grace_ends_the_script_at_once(start, read_until, all_gone):
    def lost():
        raise TimeoutError

    process = start("ignores_sigterm.py")
    read_until(process, b"step=1")
    with pytest.raises(TimeoutError), process:
        process.stop(grace=600, while_waiting=lost)
    assert all_gone([process.pid])


def test_the_last_words_of_a_stopped_script_can_be_read(start, read_until, finish):
    process = start("saves_on_sigterm.py")
    read_until(process, b"step=0")
    report = process.stop(grace=30)
    assert report.killed == ()
    assert process.returncode == 0
    output = finish(process).output
    assert len(output) > 2_000_000
    assert output.endswith(b"step=9 loss=0.5 checkpoint saved\n")


def test_output_beyond_the_bound_is_dropped_and_counted(start, read_until, finish):
    code = "import signal\nsignal.signal(15, signal.SIG_IGN)\nprint('up')\nwhile True: print('y' * 9999)"
    process = start(sys.executable, "-c", code)
    read_until(process, b"up")
    report = process.stop(grace=1.0)
    held = len(finish(process).output)
    assert held <= 8 * 1024 * 1024
    assert report.dropped_bytes > 0


def test_grandchildren_in_sessions_of_their_own_are_stopped(start, read_until, pids_in, all_gone):
    process = start("forks_grandchildren.py")
    pids = pids_in(read_until(process, b"step=0"))
    assert len(pids) == 4
    assert set(pids) <= set(process.pids())
    report = process.stop(grace=5)
    assert report.survivors == ()
    assert report.processes == 5
    assert all_gone(pids)


def test_a_daemon_is_stopped_with_its_script(start, read_until, pids_in, all_gone):
    process = start("daemonizes.py", "--stay")
    pids = pids_in(read_until(process, b"pid ") + process.read(timeout=0.2))
    process.stop(grace=5)
    assert all_gone(pids)


def test_a_suspended_script_is_stopped(start, read_until, all_gone):
    process = start("never_ends.py")
    read_until(process, b"step=1")
    os.kill(process.pid, signal.SIGSTOP)
    while "T" not in [entry.state for entry in process.entries()]:
        pass
    report = process.stop(grace=20)
    assert report.killed == ()
    assert all_gone([process.pid])


def test_stopping_twice_or_after_the_end_is_harmless(run):
    process = run("steps.py").process
    assert process.stop().already_ended
    assert str(process.stop()) == "had already ended"
    assert process.returncode == 0


def test_kill_does_not_ask_first(start, read_until):
    process = start("saves_on_sigterm.py")
    read_until(process, b"step=0")
    process.kill()
    assert process.returncode == -signal.SIGKILL
    assert process.read(timeout=1) is None


def test_leaving_the_block_leaves_no_process(programs, pids_in, read_until, all_gone):
    argv = [sys.executable, str(programs / "forks_grandchildren.py")]
    with Process(argv, programs, {"PATH": os.environ["PATH"]}) as process:
        pids = [*pids_in(read_until(process, b"step=0")), process.pid]
    assert all_gone(pids)


def test_a_forked_copy_of_the_owner_does_not_stop_the_script(start, read_until):
    process = start("never_ends.py")
    read_until(process, b"step=1")
    child = os.fork()
    if child == 0:
        process.stop()
        process.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert process.poll() is None
    read_until(process, b"step=")


def test_open_files_do_not_pile_up(run, start, read_until):
    def open_files():
        return len(list(Path("/proc/self/fd").iterdir()))

    run("steps.py")
    before = open_files()
    for _ in range(5):
        run("steps.py")
        process = start("never_ends.py")
        read_until(process, b"step")
        process.stop()
    assert open_files() == before
