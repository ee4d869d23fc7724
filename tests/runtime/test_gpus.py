"""GPUs are held by one process of the machine at a time."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from runtime import gpus
from runtime.gpus import GpuError

HOLDER = """
import sys, time
from pathlib import Path
from runtime import gpus
held = gpus.hold(int(sys.argv[2]), ["0", "1", "2"], Path(sys.argv[1]))
print(",".join(held.devices) if held else "none", flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "locks"


@pytest.fixture
def holder(folder):
    """`holder(count)` is another process that holds so many devices, and what it got."""
    running = []

    def start(count):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(folder), str(count)], stdout=subprocess.PIPE, text=True
        )
        running.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in running:
        process.kill()
        process.communicate()


def test_two_processes_never_hold_the_same_device(folder, holder):
    _, first = holder(2)
    mine = gpus.hold(1, ["0", "1", "2"], folder)
    assert (first, mine.devices) == ("0,1", ("2",))
    assert gpus.hold(1, ["0", "1", "2"], folder) is None


def test_who_gets_too_few_holds_none(folder, holder):
    holder(2)
    assert gpus.hold(2, ["0", "1", "2"], folder) is None
    assert gpus.hold(1, ["0", "1", "2"], folder).devices == ("2",)


def test_released_devices_are_free_again(folder):
    held = gpus.hold(2, ["0", "1"], folder)
    held.release()
    assert gpus.hold(2, ["0", "1"], folder).devices == ("0", "1")


def test_a_process_that_is_killed_frees_its_devices(folder, holder):
    process, _ = holder(3)
    assert gpus.hold(1, ["0", "1", "2"], folder) is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert gpus.hold(3, ["0", "1", "2"], folder).devices == ("0", "1", "2")


def test_devices_stay_held_until_the_script_of_a_killed_worker_is_gone(folder):
    worker = subprocess.Popen([sys.executable, "-c", _WORKER, str(folder)], stdout=subprocess.PIPE, text=True)
    script = int(worker.stdout.readline())
    worker.kill()
    worker.communicate()
    while gpus.hold(1, ["0"], folder) is None:
        time.sleep(0.02)
    assert not _lives(script)


_WORKER = """
import sys, time
from pathlib import Path
from runtime import gpus
from runtime.process import Process
held = gpus.hold(1, ["0"], Path(sys.argv[1]))
code = "import os, time; os.setsid() if os.fork() == 0 else None; print(os.getpid(), flush=True); time.sleep(600)"
with Process([sys.executable, "-c", code], "/", {"PATH": "/usr/bin:/bin"}, keep_open=held.files) as script:
    print(script.read(30).decode().split()[0], flush=True)
    time.sleep(600)
"""


def _lives(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(
    ("named", "environment", "expected"),
    [
        ("0, 1,GPU-8f", {"CUDA_VISIBLE_DEVICES": "3"}, ("0", "1", "GPU-8f")),
        ("", {"CUDA_VISIBLE_DEVICES": "2,3"}, ("2", "3")),
        ("", {"CUDA_VISIBLE_DEVICES": "2,-1,3"}, ("2",)),
        ("", {"CUDA_VISIBLE_DEVICES": ""}, ()),
        ("", {"PATH": "/nowhere"}, ()),
    ],
)
def test_the_devices_of_the_machine(named, environment, expected):
    assert gpus.devices(named, environment) == expected


def test_the_devices_that_nvidia_smi_lists(tmp_path):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\nprintf '0\\n1\\n'\n")
    program.chmod(0o755)
    assert gpus.devices("", {"PATH": f"{tmp_path}:{os.defpath}"}) == ("0", "1")


def test_a_folder_that_is_none_of_ours_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(GpuError, match="GPU_LOCKS_DIR"):
        gpus.hold(1, ["0"], tmp_path / "file" / "locks")
