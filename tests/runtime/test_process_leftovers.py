"""A script that has ended leaves nothing running, and what was ended for it is named."""

import subprocess
import sys

from runtime.process import end_marked


def test_a_child_that_holds_the_output_does_not_keep_the_trial_open(run, pids_in, all_gone):
    finished = run("leaves_a_writer.py")
    assert finished.process.returncode == 0
    [pid] = pids_in(finished.output)
    assert any(f"(pid {pid})" in name for name in finished.process.leftovers)
    assert b"still here" in finished.output
    assert all_gone([pid])


def test_the_exit_code_is_that_of_the_script_not_of_its_child(run):
    assert run("leaves_a_writer.py", "4").process.returncode == 4


def test_a_daemon_is_found_by_its_mark(run, pids_in, all_gone):
    finished = run("daemonizes.py")
    [pid] = pids_in(finished.output)
    assert finished.process.leftovers == (f"sleep (pid {pid})",)
    assert all_gone([pid])


def test_grandchildren_left_behind_are_ended(run, pids_in, all_gone):
    finished = run("forks_grandchildren.py", "--exit")
    pids = pids_in(finished.output)
    assert len(pids) == 4
    assert all_gone(pids)


def test_a_subreaper_finds_a_daemon_that_has_cleaned_its_environment(root, programs, pids_in, all_gone):
    # In a program of its own: a subreaper stays one for life.
    code = f"""
import os, sys
from runtime.process import Process, become_subreaper
become_subreaper()
for _ in range(2):
    with Process([sys.executable, "{programs}/daemonizes.py", "--clean"], ".", dict(os.environ)) as process:
        while (chunk := process.read(1)) is not None:
            print(chunk.decode(), end="")
    print("leftovers", process.leftovers)
children = open(f"/proc/self/task/{{os.getpid()}}/children").read().split()
print("children", len(children))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    pids = pids_in(done.stdout.replace("(pid", ""))
    assert len(pids) == 2
    assert all(f"leftovers ('sleep (pid {pid})',)" in done.stdout for pid in pids)
    assert "children 0" in done.stdout
    assert all_gone(pids)


def test_a_well_behaved_script_has_no_leftovers(run):
    code = "from multiprocessing import Pool\nPool(2).map(abs, [1, 2])\nprint('ok')"
    finished = run(sys.executable, "-c", code)
    assert finished.lines == ["ok"]
    assert finished.process.leftovers == ()


def test_two_scripts_at_once_do_not_end_each_other(start, run, read_until):
    other = start("forks_grandchildren.py")
    read_until(other, b"step=0")
    run("daemonizes.py")
    assert other.poll() is None
    assert len(other.pids()) == 5


def test_a_family_can_be_ended_by_its_token(start, read_until, pids_in, all_gone):
    process = start("forks_grandchildren.py", token="trial-7-attempt-1")
    pids = pids_in(read_until(process, b"step=0"))
    assert end_marked("trial-7-attempt-2") == ()
    assert process.poll() is None
    ended = end_marked("trial-7-attempt-1")
    assert len(ended) == 5
    assert all_gone([*pids, process.pid])
    assert end_marked("trial-7-attempt-1") == ()
