"""Virtual environments: of engines built from requirements, and of code with pip-requirements.txt."""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from algorithms.models import CodeSnapshot

POLL_SECONDS = 0.2
STOP_GRACE_SECONDS = 5
LONGEST_LOG_TAIL = 600
MARKER = "complete"
SITE_FOLDERS = (
    "import json, sys;"
    "print(json.dumps([p for p in sys.path if p.endswith(('site-packages', 'dist-packages'))]))"
)
HAS_PIP = "import importlib.util; print(importlib.util.find_spec('pip') is not None)"
OWN_FOLDER = "import sysconfig; print(sysconfig.get_paths()['purelib'])"

Event = Callable[[str, str], None]


class InstallError(Exception):
    """Packages could not be installed; `message` says which step failed, `str()` adds the end of its output."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(f"{message}: {output}" if output else message)
        self.message = message


class InstallStopped(InstallError):
    """Whoever asked for the environment does not want it any more."""


def environment_for(
    interpreter: str,
    snapshot: CodeSnapshot,
    event: Event = lambda kind, message: None,
    keep_going: Callable[[], bool] = lambda: True,
) -> str:
    """The interpreter a snapshot's boot file has to be run with: its own where it names packages.

    The environment is kept by (interpreter, content of pip-requirements.txt) and sees the engine's packages.
    Others that want the same one wait. `event` gets the documented kinds "packages being installed" and
    "packages installed" when something is installed; `keep_going` is asked several times a second.
    Raises InstallError.
    """
    requirements = snapshot.requirements
    if requirements is None:
        return interpreter
    folder = _folder_of(interpreter, requirements)
    with alone(folder, keep_going, "the packages"):
        if not (folder / MARKER).exists():
            event("packages being installed", "Packages of pip-requirements.txt being installed.")
            build(interpreter, requirements, folder, folder.with_suffix(".log"), keep_going)
            event("packages installed", "Packages of pip-requirements.txt installed.")
    return str(_python_in(folder))


def python_for(interpreter: str, snapshot: CodeSnapshot) -> str:
    """What `environment_for` answers, without making the environment."""
    requirements = snapshot.requirements
    return interpreter if requirements is None else str(_python_in(_folder_of(interpreter, requirements)))


def _folder_of(interpreter: str, requirements: Path) -> Path:
    key = hashlib.sha256(f"{interpreter}\0".encode() + requirements.read_bytes()).hexdigest()
    return settings.DATA_DIR / "environments" / key


def _python_in(folder: Path) -> Path:
    return folder / "bin" / "python"


def build(
    interpreter: str,
    requirements: Path,
    folder: Path,
    log: Path,
    keep_going: Callable[[], bool] = lambda: True,
) -> None:
    """Make a virtual environment that also sees the interpreter's packages, and install requirements into it.

    Everything that pip says goes into the log. What is there already is replaced; nothing half-made stays.
    """
    shutil.rmtree(folder, ignore_errors=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        try:
            venv = [interpreter, "-m", "venv", "--without-pip", str(folder)]
            _run(venv, "The virtual environment", output, log, keep_going)
            _inherit(interpreter, folder)
            python = str(_python_in(folder))
            if _ask(python, HAS_PIP) != "True":
                _run([python, "-m", "ensurepip"], "Installing pip", output, log, keep_going)
            pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
            _run([*pip, "-r", str(requirements)], "pip install", output, log, keep_going)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    (folder / MARKER).touch()


def _inherit(interpreter: str, folder: Path) -> None:
    """Let the new environment see the packages of its interpreter, which may be in one itself."""
    above = json.loads(_ask(interpreter, SITE_FOLDERS))
    own = Path(_ask(str(_python_in(folder)), OWN_FOLDER))
    (own / "engine.pth").write_text("\n".join(above) + "\n")


def _ask(interpreter: str, code: str) -> str:
    try:
        done = subprocess.run(
            [interpreter, "-c", code], capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise InstallError(f"The interpreter {interpreter} cannot be used: {error}") from error
    return done.stdout.strip()


def _run(argv: list[str], what: str, output, log: Path, keep_going: Callable[[], bool]) -> None:
    try:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            env={**_plain_environment(), "PYTHONUNBUFFERED": "1", "PIP_NO_COLOR": "1"},
        )  # fmt: skip
    except OSError as error:
        raise InstallError(f"{what} failed: {argv[0]} cannot be started: {error.strerror}.") from error
    try:
        while process.poll() is None:
            if not keep_going():
                raise InstallStopped(f"{what} was stopped.")
            time.sleep(POLL_SECONDS)
    finally:
        _end(process)
    if process.returncode:
        tail = log.read_text(errors="replace")[-LONGEST_LOG_TAIL:].strip()
        raise InstallError(f"{what} failed with exit code {process.returncode}", tail)


def _plain_environment() -> dict[str, str]:
    """The worker's environment without what is the console's; pip needs proxies and its own settings."""
    ours = {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "OBJECT_STORE_URL", "PYTHONPATH", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def _end(process: subprocess.Popen) -> None:
    """Make sure that nothing of it runs on."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, number)
        try:
            process.wait(STOP_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue


@contextmanager
def alone(folder: Path, keep_going: Callable[[], bool], what: str) -> Iterator[None]:
    """Hold the lock of a folder being made; the operating system frees it when its holder dies.

    Raises InstallStopped when `keep_going` says so while another one holds it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not keep_going():
                    raise InstallStopped(f"Waiting for {what} was stopped.") from None
                time.sleep(POLL_SECONDS)
        yield
