"""`manage.py up` as a test runs it: a real process tree on a data directory of the test."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 120
CONSOLE_VARIABLES = (
    "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "HTTPS", "ALLOWED_HOSTS", "HOST", "PYTHONUNBUFFERED",
)  # fmt: skip


def environment(data_dir: Path, **changes: str) -> dict[str, str]:
    """The environment of a console of its own, with nothing of the tests' settings."""
    kept = {name: value for name, value in os.environ.items() if name not in CONSOLE_VARIABLES}
    own = {
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "DATA_DIR": str(data_dir),
        "PORT": "0",
        "WORKERS": "1",
        "LOG_LEVEL": "INFO",
    }
    return {**kept, **own, **changes}


class Up:
    """One run of `manage.py up`; its output goes to a file, so there is no terminal."""

    def __init__(self, data_dir: Path, log: Path, *arguments: str, root: Path = ROOT, **changes: str) -> None:
        self.data_dir = data_dir
        self._log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, str(root / "manage.py"), "up", *arguments],
                cwd=root,
                env=environment(data_dir, **changes),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._log.read_text()

    def wait_for(self, function):
        """Call the function until its result is true, and return that; fails when `up` ends before."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (result := function()):
            assert self.process.poll() is None, f"up has ended: {self.output}"
            assert time.monotonic() < deadline, f"never came: {self.output}"
            time.sleep(0.05)
        return result

    def wait_for_text(self, text: str) -> None:
        self.wait_for(lambda: text in self.output)

    def address(self) -> str:
        """Where it serves, once it does; without a slash at the end."""
        return self.wait_for(self._announced).rstrip("/")

    def _announced(self) -> str | None:
        try:
            return json.loads((self.data_dir / "up.json").read_text())["address"]
        except (FileNotFoundError, ValueError):
            return None

    def status(self, path: str = "/") -> int:
        """The status of a page, after redirections."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.address() + path, timeout=60) as answer:
            return answer.status

    def family(self) -> list[psutil.Process]:
        """All processes it has started, and theirs."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def parts(self) -> dict[str, psutil.Process]:
        """Its own children by the name of their log, e.g. "queue" or "worker-1"."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            try:
                found[Path(f"/proc/{child.pid}/fd/2").readlink().stem] = child
            except OSError:  # just ending
                continue
        return found

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def clean_up(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run."""
    running = []
    for process in processes:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                running.append(process)
        except psutil.NoSuchProcess:
            continue
    return running
