"""A running console, how benchmarks ask it, and how they tell what they found."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import tracemalloc
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
WEB_WORKERS = 2
BUSY = os.getloadavg()[0] > (os.cpu_count() or 1)
"""Whether the machine had more to do before this began than it has cores: the clock on the wall tells of that then."""


@dataclass(frozen=True)
class Measure:
    """One address: seconds of all its requests, of the servers' processors for one, and of the very first request,
    which loads libraries and analyses what is then kept; bytes on the wire, queries, peak memory in bytes."""

    what: str
    seconds: list[float]
    size: int
    processor: float = 0.0
    queries: int = 0
    memory: int = 0
    first: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return sorted(self.seconds)[int(0.95 * (len(self.seconds) - 1))]

    @property
    def judged(self) -> float:
        """The time that means something on this machine now."""
        return self.processor if BUSY else self.median


def set_up(folder: Path) -> None:
    """Prepare Django and an empty database in the folder."""
    os.environ |= {
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
        "LOG_LEVEL": "ERROR",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright keeps an event loop in the main thread
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


@contextlib.contextmanager
def console(folder: Path) -> Iterator[tuple[str, Callable[[], float]]]:
    """The running console: its address without a slash at the end, and the clock of its web processes."""
    with (folder / "up.log").open("wb") as log:
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--no-example"]
        environment = {**os.environ, "PORT": "0", "WORKERS": "1"}
        up = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        address = _address(folder, up)
        yield address, clock_of(psutil.Process(up.pid), "gunicorn")
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(60)


def _address(folder: Path, up: subprocess.Popen) -> str:
    for _ in range(600):
        if up.poll() is not None:
            break
        with contextlib.suppress(FileNotFoundError, ValueError, KeyError):
            if address := json.loads((folder / "up.json").read_text()).get("address"):
                return address.rstrip("/")
        time.sleep(0.1)
    sys.exit(f"The console did not start:\n{(folder / 'up.log').read_text()}")


def clock_of(program: psutil.Process, word: str) -> Callable[[], float]:
    """Tells the processor's seconds of the program and its children, of those with that word in their command."""
    every = [program, *program.children(recursive=True)]
    chosen = [process for process in every if word in " ".join(process.cmdline())]
    return lambda: sum(sum(process.cpu_times()[:2]) for process in chosen)


def ask(url: str, **headers: str) -> tuple[float, int]:
    """Seconds until the whole answer is here, and its bytes on the wire."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", **headers})  # noqa: S310
    begin = time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=120) as response:  # noqa: S310
            body = response.read()
    except urllib.error.HTTPError as answer:
        if answer.code != HTTPStatus.NOT_MODIFIED:
            raise
        body = b""
    return time.perf_counter() - begin, len(body)


@dataclass(frozen=True)
class Reader:
    """Somebody who is signed in: at the running console, and in this process."""

    base: str
    client: Any
    clock: Callable[[], float]
    count: int

    @property
    def session(self) -> str:
        return self.client.cookies["sessionid"].value

    def measure(self, what: str, path: str, **headers: str) -> Measure:
        """Ask `count` times over HTTP, once more inside this process for queries and memory."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        first = self.ask(path, **headers)[0]
        for _ in range(WEB_WORKERS * 2):  # each worker's first look at anything imports what it needs
            self.ask(path, **headers)
        begin = self.clock()
        answers = [self.ask(path, **headers) for _ in range(self.count)]
        processor = (self.clock() - begin) / self.count
        self.client.get(path)
        tracemalloc.start()
        with CaptureQueriesContext(connection) as queries:
            self.client.get(path, headers=headers)
        memory = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        seconds = [seconds for seconds, _ in answers]
        return Measure(what, seconds, answers[-1][1], processor, len(queries), memory, first)

    def ask(self, path: str, **headers: str) -> tuple[float, int]:
        return ask(self.base + path, Cookie=f"sessionid={self.session}", **headers)


def show(rows: list[Measure]) -> None:
    """Print the table."""
    heads = ("first ms", "median ms", "p95 ms", "processor ms", "     kB", "queries", "peak MB")
    print(f"{'':48}" + "".join(f"{head:>{len(head) + 3}}" for head in heads))
    for row in rows:
        print(
            f"{row.what:48}{row.first * 1e3:11.0f}{row.median * 1e3:12.1f}{row.p95 * 1e3:9.1f}"
            f"{row.processor * 1e3:15.1f}{row.size / 1e3:10.1f}{row.queries:10}{row.memory / 1e6:10.1f}"
        )


def judge(name: str, figure: float, bound: float, unit: str) -> bool:
    """Print one target line; whether it was met."""
    met = figure <= bound
    print(f"{name}: {figure:.3g} {unit} (<= {bound:g} {unit}) {'ok' if met else 'short'}")
    return met
