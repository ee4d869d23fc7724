"""The workers of the embedded stack: one for the console's own tasks, some for trials, and the reconciler."""

import os
import sys
from contextlib import suppress
from pathlib import Path

from console.stack.parts import Part
from console.stack.queue import QueueWatch

STAGE = 2
WORKER_GRACE_SECONDS = 15.0
CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def cores() -> int:
    """Processor cores this process may use, a container's quota included."""
    with suppress(AttributeError):  # not on every system
        count = len(os.sched_getaffinity(0))
        return max(1, min(count, _quota() or count))
    return os.cpu_count() or 1


def _quota() -> int | None:
    """Whole cores of the control group's quota (cpu.max in the kernel's cgroup-v2 documentation)."""
    try:
        limit, period = CPU_QUOTA.read_text().split()
        return max(1, round(int(limit) / int(period)))
    except (OSError, ValueError):  # no such file, or "max"
        return None


def worker_parts(manage: Path, system_queue: str, trial_workers: int, queue: QueueWatch) -> list[Part]:
    """The parts that do the work; workers start only while the queue server answers."""
    command = [sys.executable, str(manage)]

    def worker(name: str, label: str, queue_name: str) -> Part:
        return Part(
            name=name,
            label=label,
            command=[*command, "rqworker", queue_name],
            stage=STAGE,
            grace=WORKER_GRACE_SECONDS,
            may_start=queue,
        )

    return [
        Part("reconciler", "reconciler", [*command, "reconcile"], stage=STAGE),
        worker("system", "worker for the console's own tasks", system_queue),
        *(
            worker(f"worker-{number}", f"trial worker {number}", "default")
            for number in range(1, trial_workers + 1)
        ),
    ]
