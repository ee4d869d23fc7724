"""The whole tree's processor time and memory are sampled; a hang can be told from work."""

import time

import pytest

from runtime.resources import GpuReader, GpuUsage, ResourceSampler, parse_gpus


def sample_until(sampler, condition):
    deadline = time.monotonic() + 120
    while not condition(usage := sampler.sample()):
        assert time.monotonic() < deadline, usage
        time.sleep(0.05)
    return usage


def test_the_processor_time_of_a_child_counts(start):
    process = start("burns_cpu.py")
    with ResourceSampler(process, gpus=()) as sampler:
        usage = sample_until(sampler, lambda usage: usage.cpu_seconds > 0.5)
        assert usage.processes == 2
        assert usage.cpu_percent > 0
        again = sampler.sample()
        assert again.cpu_seconds >= usage.cpu_seconds


def test_a_script_that_hangs_uses_no_processor_time(start, read_until):
    process = start("burns_cpu.py", "idle")
    read_until(process, b"step=0")
    with ResourceSampler(process, gpus=()) as sampler:
        time.sleep(0.2)
        before = sampler.sample()
        time.sleep(0.3)
        usage = sampler.sample()
    assert usage.cpu_seconds == before.cpu_seconds
    assert usage.cpu_percent == 0.0


def test_the_memory_of_all_processes_is_summed(start, read_until):
    process = start("forks_grandchildren.py")
    read_until(process, b"step=0")
    with ResourceSampler(process, gpus=()) as sampler:
        usage = sampler.sample()
    assert usage.processes == 5
    assert usage.rss == pytest.approx(sum(entry.rss for entry in process.entries()), rel=0.2)
    assert usage.rss > 10_000_000


def test_memory_that_is_taken_shows(start, read_until):
    code = "import time; x = bytearray(200_000_000); print('taken', flush=True); time.sleep(600)"
    process = start("python", "-c", code)
    read_until(process, b"taken")
    with ResourceSampler(process, gpus=()) as sampler:
        assert sampler.sample().rss > 200_000_000


def test_children_that_ended_are_not_counted_twice(start, read_until):
    code = (
        "import subprocess, sys, time\n"
        "for _ in range(3): subprocess.run([sys.executable, '-c', 'sum(range(9_000_000))'])\n"
        "print('done', flush=True); time.sleep(600)"
    )
    process = start("python", "-c", code)
    with ResourceSampler(process, gpus=()) as sampler:
        output = b""
        seconds = []
        while b"done" not in output:
            output += process.read(timeout=0.02)
            seconds.append(sampler.sample().cpu_seconds)
        [parent] = process.entries()
        total = sampler.sample().cpu_seconds
    assert seconds == sorted(seconds)
    # An ended child may be seen for a moment as nobody's before its parent has waited for it.
    assert total == pytest.approx(parent.cpu_seconds, rel=0.5)


def test_an_ended_script_gives_an_empty_sample(run):
    with ResourceSampler(run("steps.py").process, gpus=()) as sampler:
        usage = sampler.sample()
    assert (usage.processes, usage.rss, usage.cpu_seconds, usage.gpu) == (0, 0, 0.0, None)


def test_without_nvidia_smi_there_are_no_gpu_values():
    reader = GpuReader(command="no-such-nvidia-smi")
    assert reader.read() is None
    assert reader.read() is None


TABLE = "0, GPU-aa, 50, 1000, 8000\n1, GPU-bb, 100, 3000, 8000\n2, GPU-cc, [N/A], [N/A], 8000\n"
MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("gpus", "usage"),
    [
        (None, GpuUsage(50.0, 4000 * MIB, 24000 * MIB)),
        (frozenset({"1"}), GpuUsage(100.0, 3000 * MIB, 8000 * MIB)),
        (frozenset({"0", "GPU-bb"}), GpuUsage(75.0, 4000 * MIB, 16000 * MIB)),
        (frozenset({"7"}), None),
    ],
)
def test_gpu_values_are_those_of_the_trials_own_devices(gpus, usage):
    assert parse_gpus(TABLE, gpus) == usage


def test_an_empty_or_odd_answer_means_no_gpu():
    assert parse_gpus("", None) is None
    assert parse_gpus("NVIDIA-SMI has failed\n", None) is None


def program(tmp_path, text):
    path = tmp_path / "nvidia-smi"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_a_gpu_query_is_not_waited_for_but_its_answer_taken_later(tmp_path):
    reader = GpuReader(["1"], program(tmp_path, f"printf '{TABLE.replace(chr(10), chr(92) + 'n')}'"))
    assert reader.read() is None
    deadline = time.monotonic() + 120
    while (usage := reader.read()) is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert usage == GpuUsage(100.0, 3000 * MIB, 8000 * MIB)
    reader.close()


def test_a_gpu_query_that_fails_is_not_repeated(tmp_path):
    count = tmp_path / "count"
    reader = GpuReader(command=program(tmp_path, f"echo x >> {count}; exit 9"))
    for _ in range(20):
        assert reader.read() is None
        time.sleep(0.02)
    reader.close()
    assert count.read_text() == "x\n"


def test_a_gpu_query_that_hangs_is_ended_when_closed(tmp_path, all_gone):
    reader = GpuReader(command=program(tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 600"))
    assert reader.read() is None
    deadline = time.monotonic() + 120
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    reader.close()
    assert all_gone([int((tmp_path / "pid").read_text())])
