"""How fast job details are with very large searches, and beside optuna-dashboard.

    python -m benchmarks.pages [--quick] [--peers FOLDER]

Builds searches of up to 10,000 trials or a million points in a temporary directory (`--quick`: three of them,
with a tenth of the trials), starts the console as `manage.py up` does, and asks for the page, every chart and the
poll over HTTP. Queries and memory are those of the same requests inside this process. With DATABASE_URL set,
that database, which must be empty, is filled and measured instead of SQLite. FOLDER is a virtual environment with
requirements-bench.txt, unless that
is installed beside this one's Python. Exit code 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from benchmarks.pages_data import Size, build, sizes

ROOT = Path(__file__).resolve().parent.parent
REQUESTS = 12
VISITS = 6
WEB_WORKERS = 2
BROWSER_SECONDS, CHART_SECONDS, POLL_SECONDS, CHART_BYTES = 1.0, 0.3, 0.03, 500_000
DASHBOARD_SHARE = 0.2


@dataclass(frozen=True)
class Measure:
    """One address: seconds of all its requests, bytes on the wire, queries, peak memory in bytes, and seconds of
    the very first request, which loads libraries and analyses what is then kept."""

    what: str
    seconds: list[float]
    size: int
    queries: int = 0
    memory: int = 0
    first: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return sorted(self.seconds)[int(0.95 * (len(self.seconds) - 1))]


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
    call_command("collectstatic", verbosity=0, interactive=False)


@contextlib.contextmanager
def console(folder: Path) -> Iterator[str]:
    """The running console; its address without a slash at the end."""
    with (folder / "up.log").open("wb") as log:
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--no-example"]
        environment = {**os.environ, "PORT": "0", "WORKERS": "1"}
        up = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        yield _address(folder, up)
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


def measure(base: str, client, what: str, path: str, count: int, **headers: str) -> Measure:
    """Ask that often over HTTP, once more inside this process for queries and memory."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    headers["Cookie"] = f"sessionid={client.cookies['sessionid'].value}"
    first = ask(base + path, **headers)[0]
    for _ in range(WEB_WORKERS * 2):  # each worker's first look at anything imports what it needs
        ask(base + path, **headers)
    answers = [ask(base + path, **headers) for _ in range(count)]
    client.get(path)
    tracemalloc.start()
    with CaptureQueriesContext(connection) as queries:
        client.get(path, headers={name: text for name, text in headers.items() if name != "Cookie"})
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Measure(what, [seconds for seconds, _ in answers], answers[-1][1], len(queries), memory, first)


def tag_of(client, path: str) -> str:
    """The ETag of the page or chart as it is now."""
    return client.get(path)["ETag"]


def time_in_browser(base: str, path: str, client, visits: int) -> tuple[float, float] | None:
    """Seconds from asking for the page until its convergence chart is drawn: at the first visit, and the median of
    later ones; None without Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, tempfile.TemporaryDirectory(prefix="argmax-profile-") as profile:
        context = driver.chromium.launch_persistent_context(
            profile,
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu"],
            viewport={"width": 1280, "height": 900},
        )
        session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base}
        context.add_cookies([session])
        context.new_page().goto("about:blank")  # the browser itself has started
        seconds = []
        for _ in range(visits):
            page = context.new_page()
            begin = time.perf_counter()
            page.goto(base + path, wait_until="commit")
            page.wait_for_selector("[data-chart-name=convergence][data-chart-ready]", timeout=60_000)
            seconds.append(time.perf_counter() - begin)
            page.close()
        context.close()
    return seconds[0], statistics.median(seconds[1:])


@contextlib.contextmanager
def dashboard(folder: Path, size: Size, programs: Path) -> Iterator[str]:
    """optuna-dashboard on the same search; the address of its study detail."""
    url = f"sqlite:///{folder / 'optuna.sqlite3'}"
    build = [str(programs / "python"), "-m", "benchmarks.pages_data", str(size.trials), str(size.points), url]
    subprocess.run(build, cwd=ROOT, check=True)
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
        yield address
    finally:
        server.terminate()
        server.wait(30)


def show(rows: list[Measure]) -> None:
    """Print the table."""
    print(f"{'':44}{'first ms':>10}{'median ms':>10}{'p95 ms':>9}{'kB':>9}{'queries':>9}{'peak MB':>9}")
    for row in rows:
        print(
            f"{row.what:44}{row.first * 1e3:10.0f}{row.median * 1e3:10.1f}{row.p95 * 1e3:9.1f}{row.size / 1e3:9.1f}"
            f"{row.queries:9}{row.memory / 1e6:9.1f}"
        )


def judge(name: str, figure: float, bound: float, unit: str) -> bool:
    """Print one target line; whether it was met."""
    met = figure <= bound
    print(f"{name}: {figure:.3g} {unit} (<= {bound:g} {unit}) {'ok' if met else 'short'}")
    return met


def run(folder: Path, quick: bool, programs: Path) -> bool:
    """Build, measure, print; whether all targets are met."""
    set_up(folder)
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client

    from jobs.views.charts import CHARTS

    owner = get_user_model().objects.create_user("reader")
    client = Client()
    client.force_login(owner)
    wanted = sizes(quick)
    begin = time.perf_counter()
    jobs = {size.name: build(size, owner) for size in wanted}
    print(f"Built {len(jobs)} searches in {time.perf_counter() - begin:.0f} s on {connection.vendor}.\n")

    count = 3 if quick else REQUESTS
    pages: list[Measure] = []
    charts: list[Measure] = []
    polls: list[Measure] = []
    with console(folder) as base:
        for size in wanted:
            label = f"{size.trials} x {size.points}{' running' if size.running else ''}"
            path = f"/jobs/{jobs[size.name].pk}/"
            pages.append(measure(base, client, f"{label}: details", path, count))
            pages.append(measure(base, client, f"{label}: verdict", f"{path}standing/", count))
            charts += [
                measure(base, client, f"{label}: chart {name}", f"{path}charts/{name}/", count)
                for name in CHARTS
            ]
            if size.running:
                chart, live = f"{path}charts/convergence/", f"{path}live/?tab=results"
                known = {"X-Live-Known": client.get(live)["X-Live-Stamp"]}
                pages.append(measure(base, client, f"{label}: poll with a new table", live, count))
                polls = [
                    measure(base, client, f"{label}: poll", live, count, **known),
                    measure(
                        base, client, f"{label}: poll of a chart", chart, count,
                        **{"If-None-Match": tag_of(client, chart)},
                    ),
                ]  # fmt: skip
        drawn = {
            size.name: time_in_browser(base, f"/jobs/{jobs[size.name].pk}/", client, 3 if quick else VISITS)
            for size in wanted
            if not size.running
        }
    study = next(size for size in wanted if size.name == "study")
    theirs = None
    if (programs / "optuna-dashboard").exists():
        with dashboard(folder, study, programs) as address:
            theirs = Measure("optuna-dashboard: study detail", *_several(address, count))
    show([*pages, *charts, *polls, *([theirs] if theirs else [])])
    print()
    ours = [row for row in [*pages, *charts] if row.what.startswith(f"{study.trials} x {study.points}:")]
    ours = [row for row in ours if row.what.endswith((": details", "convergence", "best-so-far"))]
    return all([_targets(charts, polls), _beside(ours, theirs), _in_browser(drawn)])


def _several(address: str, count: int) -> tuple[list[float], int]:
    answers = [ask(address) for _ in range(count)]
    return [seconds for seconds, _ in answers], answers[-1][1]


def _targets(charts: list[Measure], polls: list[Measure]) -> bool:
    slowest, largest = max(charts, key=lambda row: row.median), max(charts, key=lambda row: row.size)
    poll = max(polls, key=lambda row: row.median)
    return all(
        [
            judge(f"slowest chart ({slowest.what})", slowest.median, CHART_SECONDS, "s"),
            judge(f"largest chart ({largest.what})", largest.size / 1e3, CHART_BYTES / 1e3, "kB"),
            judge(f"slowest poll ({poll.what})", poll.median, POLL_SECONDS, "s"),
        ]
    )


def _beside(ours: list[Measure], theirs: Measure | None) -> bool:
    """The page with its two main charts against their study detail."""
    if theirs is None:
        print("beside optuna-dashboard: not measured, it is not installed (--peers): short")
        return False
    time_share = sum(row.median for row in ours) / theirs.median
    data = [row for row in ours if not row.what.endswith("details")]
    print(
        f"the data of the two charts alone: {sum(row.median for row in data) / theirs.median:.2g} x the time"
    )
    size_share = sum(row.size for row in ours) / theirs.size
    return all(
        [
            judge("time beside optuna-dashboard", time_share, DASHBOARD_SHARE, "x"),
            judge("bytes beside optuna-dashboard", size_share, DASHBOARD_SHARE, "x"),
        ]
    )


def _in_browser(drawn: dict[str, tuple[float, float] | None]) -> bool:
    known = {name: seconds for name, seconds in drawn.items() if seconds is not None}
    if not known:
        print("chart drawn in the browser: not measured, Chromium is missing: short")
        return False
    for place, visit in enumerate(("first visit", "later visits")):
        name = max(known, key=lambda name: known[name][place])
        least = min(seconds[place] for seconds in known.values())
        print(f"chart drawn in the browser, {visit}: {least:.2f} to {known[name][place]:.2f} s ({name})")
    name = max(known, key=lambda name: known[name][1])
    return judge(f"chart drawn in the browser ({name})", known[name][1], BROWSER_SECONDS, "s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the trials, in under a minute")
    parser.add_argument("--peers", type=Path, default=Path(sys.executable).parent.parent, metavar="FOLDER")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="argmax-pages-") as folder:
        return 0 if run(Path(folder), wanted.quick, wanted.peers.absolute() / "bin") else 1


if __name__ == "__main__":
    sys.exit(main())
