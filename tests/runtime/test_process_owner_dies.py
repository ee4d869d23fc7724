"""If the owner is killed, the script and all its helpers are gone too, by two independent means."""

import contextlib
import os
import signal
import subprocess
import sys

import pytest

OWNER = """
import os, sys, threading, time
from runtime.process import Process

def own():
    with Process([sys.executable, *sys.argv[2:]], os.getcwd(), {"PATH": os.defpath}) as process:
        print("script", process.pid, "guard", process._guard.pid, flush=True)
        while (chunk := process.read(1)) is not None:
            print(chunk.decode(), end="", flush=True)

if sys.argv[1] == "thread":
    thread = threading.Thread(target=own)
    thread.start()
    thread.join()
else:
    own()
"""


@pytest.fixture
def owner(root):
    """Return a function that starts a program owning a script: (owner, script's pid, guard's pid)."""
    owners = []

    def owner(how, *argv, path=None):
        env = os.environ | {"PYTHONPATH": str(root)} | ({"PATH": path} if path else {})
        process = subprocess.Popen(
            [sys.executable, "-c", OWNER, how, *map(str, argv)],
            env=env,
            cwd=root,
            stdout=subprocess.PIPE,
            text=True,
        )
        owners.append(process)
        words = process.stdout.readline().split()
        return process, int(words[1]), int(words[3])

    yield owner
    for process in owners:
        process.kill()
        process.wait()
        process.stdout.close()


def read_pids(owner, pids_in):
    text = ""
    while "step=0" not in text:
        text += owner.stdout.readline()
    return pids_in(text)


def kill(process):
    process.kill()
    process.wait()


def test_the_whole_family_goes_with_a_killed_owner(owner, programs, pids_in, all_gone):
    parent, script, guard = owner("main", programs / "forks_grandchildren.py")
    pids = read_pids(parent, pids_in)
    kill(parent)
    assert all_gone([script, guard, *pids])


def test_it_also_goes_without_setpriv_on_the_path(owner, programs, pids_in, all_gone):
    parent, script, guard = owner("main", programs / "forks_grandchildren.py", path="/nonexistent")
    pids = read_pids(parent, pids_in)
    kill(parent)
    assert all_gone([script, guard, *pids])


@pytest.mark.parametrize("path", [None, "/nonexistent"], ids=["with setpriv", "without setpriv"])
def test_the_kernel_kills_the_script_even_when_the_guard_is_lost(owner, programs, all_gone, path):
    # A silent script: one that prints would end by itself of the broken pipe.
    parent, script, guard = owner("main", programs / "burns_cpu.py", "idle", path=path)
    read_pids(parent, lambda _: [])
    os.kill(guard, signal.SIGKILL)
    kill(parent)
    assert all_gone([script])


def test_the_guard_alone_kills_a_script_started_from_a_thread(owner, programs, pids_in, all_gone):
    parent, script, guard = owner("thread", programs / "forks_grandchildren.py")
    pids = read_pids(parent, pids_in)
    kill(parent)
    assert all_gone([script, guard, *pids])


def test_a_script_started_from_a_thread_that_ends_lives_on(root, programs):
    code = f"""
import sys, threading
from runtime.process import Process
process = Process([sys.executable, "{programs}/never_ends.py"], ".", {{}})
thread = threading.Thread(target=process.start)
thread.start(); thread.join()
seen = b""
while seen.count(b"step") < 5:
    chunk = process.read(5)
    assert chunk is not None, "the script died with the thread"
    seen += chunk
process.close()
print("lived")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout == "lived\n", done.stderr


def test_a_guard_ignores_sigterm_and_interrupts(owner, programs, pids_in, all_gone):
    parent, script, guard = owner("main", programs / "forks_grandchildren.py")
    pids = read_pids(parent, pids_in)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(guard, number)
    kill(parent)
    assert all_gone([script, guard, *pids])


def test_no_guard_stays_when_the_script_has_ended(owner, programs, all_gone):
    parent, script, guard = owner("main", programs / "steps.py")
    parent.stdout.read()
    assert parent.wait() == 0
    assert all_gone([script, guard])


def test_a_work_horse_dies_with_its_worker(root, all_gone):
    code = """
import os, time
from runtime.process import die_with_parent
worker = os.getpid()
if os.fork() == 0:
    die_with_parent(worker)
    print(os.getpid(), flush=True)
    time.sleep(600)
    os._exit(0)
time.sleep(600)
"""
    worker = subprocess.Popen(
        [sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, text=True, env=os.environ
    )
    with contextlib.closing(worker.stdout):
        horse = int(worker.stdout.readline())
        kill(worker)
    assert all_gone([horse])


def test_a_work_horse_whose_worker_is_dead_already_ends_itself(root):
    code = """
import os
from runtime.process import die_with_parent
child = os.fork()
if child == 0:
    die_with_parent(1 if os.getppid() != 1 else 2)
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "-9\n"
