"""How fast job details are with very large searches, and beside optuna-dashboard.

    python -m benchmarks.pages [--quick] [--peers FOLDER]

Builds searches of up to 10,000 trials or a million points in a temporary directory (`--quick`: two of them, and
fewer requests), starts the console as `manage.py up` does, and asks for the page, every chart and the polls over HTTP.
Queries and memory are those of the same requests inside this process. With DATABASE_URL set, that database, which
must be empty, is filled and measured instead of SQLite. FOLDER is a virtual environment with requirements-bench.txt,
unless that is installed beside this one's Python. Exit code 1 if a target is missed.

Beside optuna-dashboard: its page asks for a study's detail, all trials with all their values, and draws from it.
Ours asks for the page, which holds the answer and a table, and for its two main charts. So that request stands against
these three, of the same study of 1,000 trials with 50 values each, from the first byte asked to the last one
received, packed as each server sends it. Left out on both sides: scripts and styles, which browsers keep. They are
asked for in turns, after one round that is not counted, so that a busy machine slows both. Optuna takes half a minute
to store its study, which is kept in the user's cache directory.

On a machine that had more to do than it has cores before this began, the clock on the wall tells of the others:
there the time of the servers' processors is judged, and the browser is not, which the last line says.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from benchmarks.pages_browser import Visits, visits
from benchmarks.pages_data import Size, build, sizes
from benchmarks.serving import BUSY, ROOT, Measure, Reader, ask, clock_of, console, judge, set_up, show

REQUESTS = 12
PROFILES = 3
QUICK_REQUESTS = 3
BROWSER_SECONDS, CHART_SECONDS, POLL_SECONDS, CHART_BYTES = 1.0, 0.3, 0.03, 500_000
DASHBOARD_SHARE = 0.2


@contextlib.contextmanager
def dashboard(size: Size, programs: Path) -> Iterator[tuple[str, Callable[[], float]]]:
    """optuna-dashboard on the same search: the address of its study detail, and its clock."""
    build = [str(programs / "python"), "-m", "benchmarks.pages_data", str(size.trials), str(size.points)]
    built = subprocess.run(build, cwd=ROOT, check=True, capture_output=True, text=True)
    url = built.stdout.strip()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(programs / "optuna-dashboard"), url, "--port", str(port), "--host", "127.0.0.1"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/api/studies/1?after=0"
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                ask(address)
                break
            time.sleep(0.1)
        yield address, clock_of(psutil.Process(server.pid), "optuna-dashboard")
    finally:
        server.terminate()
        server.wait(30)


def run(folder: Path, quick: bool, programs: Path) -> bool:
    """Build, measure, print; whether all targets are met."""
    set_up(folder)
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client

    owner = get_user_model().objects.create_user("reader")
    client = Client()
    client.force_login(owner)
    wanted = sizes(quick)
    begin = time.perf_counter()
    paths = {size: f"/jobs/{build(size, owner).pk}/" for size in wanted}
    print(f"Built {len(wanted)} searches in {time.perf_counter() - begin:.0f} s on {connection.vendor}.\n")
    pages: list[Measure] = []
    charts: list[Measure] = []
    polls: list[Measure] = []
    with console(folder) as (base, clock):
        reader = Reader(base, client, clock, QUICK_REQUESTS if quick else REQUESTS)
        for size, path in paths.items():
            pages += _pages(reader, size, path)
            charts += _charts(reader, size, path)
            if size.running:
                polls += _polls(reader, size, path)
                charts.append(_grown(reader, size, path))
        study = next(size for size in wanted if size.name == "study")
        theirs, ours = _side_by_side(reader, study, paths[study], programs)
        profiles = 1 if quick else PROFILES
        opened = [(size, path) for size, path in paths.items() if not size.running]
        drawn = {label(size): visits(base + path, reader.session, profiles) for size, path in opened}
    show([*pages, *charts, *polls, *ours, *theirs])
    print()
    return all([_targets(charts, polls), _beside(ours, theirs), _in_browser(drawn)])


def label(size: Size) -> str:
    """The search as rows and lines name it."""
    return f"{size.trials} x {size.points}{' running' if size.running else ''}"


def _pages(reader: Reader, size: Size, path: str) -> Iterator[Measure]:
    yield reader.measure(f"{label(size)}: details", path)
    yield reader.measure(f"{label(size)}: verdict", f"{path}standing/")


def _charts(reader: Reader, size: Size, path: str) -> Iterator[Measure]:
    from jobs.views.charts import CHARTS

    for name in CHARTS:
        yield reader.measure(f"{label(size)}: chart {name}", f"{path}charts/{name}/")


def _polls(reader: Reader, size: Size, path: str) -> Iterator[Measure]:
    """What the open page of a running job asks for every two seconds: where nothing has changed, and where the table
    has, on both tabs that have one."""
    live, chart = f"{path}live/?tab=results", f"{path}charts/convergence/"
    known = {"X-Live-Known": reader.client.get(live)["X-Live-Stamp"]}
    yield reader.measure(f"{label(size)}: poll", live, **known)
    yield reader.measure(f"{label(size)}: poll with a new table", live)
    yield reader.measure(f"{label(size)}: poll of the tab of trials, new", f"{path}live/?tab=trials")
    known = {"If-None-Match": reader.client.get(chart)["ETag"]}
    yield reader.measure(f"{label(size)}: poll of a chart", chart, **known)


def _grown(reader: Reader, size: Size, path: str) -> Measure:
    """The convergence where a trial has a curve that the reader's chart has not: only that is sent."""
    chart = f"{path}charts/convergence/"
    metas = {trace["uid"]: trace.get("meta", {}) for trace in reader.client.get(chart).json()["data"]}
    marks = [f"{uid}.{meta['stable']}.{meta['mark']}" for uid, meta in metas.items() if "mark" in meta]
    known = {"X-Chart-Known": " ".join(marks[1:])}
    return reader.measure(f"{label(size)}: chart convergence, a new curve", chart, **known)


def _side_by_side(
    reader: Reader, study: Size, path: str, programs: Path
) -> tuple[list[Measure], list[Measure]]:
    """Their study's detail (none without optuna-dashboard), and the three requests of ours, asked for in turns."""
    addresses = [path, f"{path}charts/convergence/", f"{path}charts/best-so-far/"]
    if not (programs / "optuna-dashboard").exists():
        return [], []
    with dashboard(study, programs) as (detail, their_clock):
        turns: list[tuple[Callable[[], tuple[float, int]], Callable[[], float]]] = [
            (lambda address=address: reader.ask(address), reader.clock) for address in addresses
        ]
        turns.append((lambda: ask(detail), their_clock))
        rounds = [[_timed(*turn) for turn in turns] for _ in range(reader.count + 1)]
    rows = list(zip(*rounds[1:], strict=True))
    names = [f"in turns: {name}" for name in ("details", "chart convergence", "chart best-so-far")]
    names.append("in turns: optuna-dashboard's study detail")
    measures = [
        Measure(name, [s for s, _, _ in row], row[-1][1], statistics.fmean(p for _, _, p in row))
        for name, row in zip(names, rows, strict=True)
    ]
    return measures[-1:], measures[:-1]


def _timed(request: Callable[[], tuple[float, int]], clock: Callable[[], float]) -> tuple[float, int, float]:
    begin = clock()
    return (*request(), clock() - begin)


def _targets(charts: list[Measure], polls: list[Measure]) -> bool:
    slowest, largest = max(charts, key=lambda row: row.judged), max(charts, key=lambda row: row.size)
    poll = max(polls, key=lambda row: row.judged)
    return all(
        [
            judge(f"slowest chart ({slowest.what})", slowest.judged, CHART_SECONDS, "s"),
            judge(f"largest chart ({largest.what})", largest.size / 1e3, CHART_BYTES / 1e3, "kB"),
            judge(f"slowest poll ({poll.what})", poll.judged, POLL_SECONDS, "s"),
        ]
    )


def _beside(ours: list[Measure], theirs: list[Measure]) -> bool:
    """The page with its two main charts against their study detail."""
    if not theirs:
        print("beside optuna-dashboard: not measured, it is not installed (--peers): short")
        return False
    whole = theirs[0]
    data = sum(row.judged for row in ours[1:]) / whole.judged
    print(f"the data of the two charts alone: {data:.2g} x the time")
    time_share = sum(row.judged for row in ours) / whole.judged
    size_share = sum(row.size for row in ours) / whole.size
    return all(
        [
            judge("time beside optuna-dashboard", time_share, DASHBOARD_SHARE, "x"),
            judge("bytes beside optuna-dashboard", size_share, DASHBOARD_SHARE, "x"),
        ]
    )


def _in_browser(drawn: dict[str, Visits | None]) -> bool:
    known = {name: seconds for name, seconds in drawn.items() if seconds is not None}
    if not known:
        print("chart drawn in the browser: not measured, Chromium is missing: short")
        return False
    for name, seconds in known.items():
        print(f"chart drawn in the browser ({name}): {seconds.first:.2f} s, later {seconds.later:.2f} s")
    slowest = max(itertools.chain.from_iterable((seconds.first, seconds.later) for seconds in known.values()))
    if BUSY:
        print(f"slowest visit: {slowest:.2f} s, not judged: the machine was busy before this began")
        return True
    return judge("slowest visit", slowest, BROWSER_SECONDS, "s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="two of the searches, in under a minute")
    parser.add_argument("--peers", type=Path, default=Path(sys.executable).parent.parent, metavar="FOLDER")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="argmax-pages-") as folder:
        return 0 if run(Path(folder), wanted.quick, wanted.peers.absolute() / "bin") else 1


if __name__ == "__main__":
    sys.exit(main())
