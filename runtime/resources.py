"""What a trial uses: processor, memory of the whole process tree, and GPUs if `nvidia-smi` answers."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from runtime.family import ProcessEntry

GPU_TIMEOUT = 10.0
_MEBIBYTE = 1024 * 1024
_QUERY = "--query-gpu=index,uuid,utilization.gpu,memory.used,memory.total"


class Watched(Protocol):
    """What the sampler needs to know of a process."""

    def entries(self) -> list[ProcessEntry]:
        """Return the process table's lines of all living processes."""


@dataclass(frozen=True, slots=True)
class GpuUsage:
    """Usage over the trial's GPUs: mean utilisation in percent, memory in bytes (sums)."""

    utilisation: float
    memory: int
    memory_total: int


@dataclass(frozen=True, slots=True)
class Usage:
    """One sample. `cpu_percent`: 100 is one whole core; `rss`: bytes, shared pages counted in each process.

    `cpu_seconds` is the processor time used so far and never decreases: no output and no change of it means
    that the script hangs. `gpu` is None where no GPU is read.
    """

    at: float
    processes: int
    cpu_percent: float
    cpu_seconds: float
    rss: int
    gpu: GpuUsage | None = None


class ResourceSampler:
    """Samples one process family; cheap (one look at the process table) and never raises.

    The first sample's `cpu_percent` is the mean since the sampler was made. `gpus` names the devices counted
    (numbers or UUIDs as in CUDA_VISIBLE_DEVICES), None for all; an empty sequence reads none.
    """

    def __init__(self, process: Watched, gpus: Sequence[str] | None = None) -> None:
        self._process = process
        self._gpu = None if gpus is not None and not gpus else GpuReader(gpus)
        self._at = time.monotonic()
        self._cpu_seconds = 0.0
        self._by_pid: dict[tuple[int, int], float] = {}

    def sample(self) -> Usage:
        """Return the usage now; GPU values are those asked for at the sample before."""
        try:
            entries = self._process.entries()
        except OSError:
            entries = []
        now = time.monotonic()
        used = self._used_since_last(entries)
        elapsed = max(now - self._at, 1e-3)
        self._cpu_seconds += used
        self._at = now
        return Usage(
            at=now,
            processes=len(entries),
            cpu_percent=100.0 * used / elapsed,
            cpu_seconds=self._cpu_seconds,
            rss=sum(entry.rss for entry in entries),
            gpu=self._gpu.read() if self._gpu else None,
        )

    def _used_since_last(self, entries: list[ProcessEntry]) -> float:
        """Return the processor seconds used since the last sample.

        A process counts its ended children too. What a child was seen to use before it ended is therefore
        already known: it is taken off again from its parent's growth, down to zero.
        """
        current = {(entry.pid, entry.started): entry.cpu_seconds for entry in entries}
        grown = sum(seconds - self._by_pid.get(key, 0.0) for key, seconds in current.items())
        ended = sum(seconds for key, seconds in self._by_pid.items() if key not in current)
        self._by_pid = current
        return max(0.0, grown - ended)

    def close(self) -> None:
        """End a GPU query that may still be running."""
        if self._gpu:
            self._gpu.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class GpuReader:
    """Asks `nvidia-smi` without waiting for it: it can take a second, and the trial's output must be read.

    One query runs in the background; its answer is taken at a later `read`. Where the program is missing or
    fails, it is not tried again.
    """

    def __init__(self, gpus: Sequence[str] | None = None, command: str = "nvidia-smi") -> None:
        self._gpus = None if gpus is None else frozenset(gpus)
        self._command = shutil.which(command)
        self._query: subprocess.Popen[str] | None = None
        self._asked_at = 0.0
        self._latest: GpuUsage | None = None

    def read(self) -> GpuUsage | None:
        """Return the latest answer, None as long as there is none, and ask anew."""
        if self._command is None:
            return None
        if self._query is None:
            self._ask(self._command)
        elif self._query.poll() is not None:
            self._take_answer(self._query)
            if self._command is not None:
                self._ask(self._command)
        elif time.monotonic() - self._asked_at > GPU_TIMEOUT:
            self._give_up()
        return self._latest

    def close(self) -> None:
        """End a running query."""
        if self._query is not None:
            self._query.kill()
            self._query.communicate()
            self._query = None

    def _ask(self, command: str) -> None:
        try:
            self._query = subprocess.Popen(
                [command, _QUERY, "--format=csv,noheader,nounits"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                errors="replace",
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            )
            self._asked_at = time.monotonic()
        except OSError:
            self._give_up()

    def _take_answer(self, query: subprocess.Popen[str]) -> None:
        output, _ = query.communicate()
        self._query = None
        self._latest = parse_gpus(output, self._gpus)
        if query.returncode != 0 or self._latest is None:
            self._give_up()

    def _give_up(self) -> None:
        self.close()
        self._command = None
        self._latest = None


def parse_gpus(output: str, gpus: frozenset[str] | None) -> GpuUsage | None:
    """Return the usage from nvidia-smi's table (index, UUID, percent, MiB used, MiB total); None if empty.

    A field that the device does not support (`[N/A]`) counts as zero.
    """
    rows = [[field.strip() for field in line.split(",")] for line in output.splitlines()]
    rows = [row for row in rows if len(row) == 5 and (gpus is None or gpus & {row[0], row[1]})]
    if not rows:
        return None
    utilisation, used, total = (sum(_number(row[column]) for row in rows) for column in (2, 3, 4))
    return GpuUsage(utilisation / len(rows), int(used * _MEBIBYTE), int(total * _MEBIBYTE))


def _number(field: str) -> float:
    with contextlib.suppress(ValueError):
        return float(field)
    return 0.0
