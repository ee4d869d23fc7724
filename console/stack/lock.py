"""One stack per data directory: a lock that the kernel lifts when its holder dies."""

import fcntl
import json
import os
from pathlib import Path

NAME = "up.json"


class AlreadyRunning(Exception):
    """Another process holds the data directory; the text says which and where it serves."""


class DataLock:
    """The lock of a data directory; its file says who holds it. Raises AlreadyRunning."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self._file = open(data_dir / NAME, "a+", encoding="utf-8")  # noqa: SIM115, PTH123 - held for life
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = read_holder(data_dir)
            self._file.close()
            raise AlreadyRunning(_refusal(data_dir, holder)) from None
        self.announce(None)

    def announce(self, address: str | None) -> None:
        """Write down this process and the address of its pages."""
        self._file.truncate(0)
        json.dump({"process": os.getpid(), "address": address}, self._file)
        self._file.flush()

    def release(self) -> None:
        """Empty the file and lift the lock."""
        self._file.truncate(0)
        self._file.close()


def read_holder(data_dir: Path) -> dict:
    """What the holder of the lock has written down: process and address; empty while there is none."""
    try:
        return json.loads((data_dir / NAME).read_text())
    except (OSError, ValueError):  # nobody, or just being written
        return {}


def _refusal(data_dir: Path, holder: dict) -> str:
    process = f" (process {holder['process']})" if holder.get("process") else ""
    where = f" at {holder['address']}" if holder.get("address") else ""
    return (
        f"Argmax already runs on {data_dir}{where}{process}."
        " Use that one, stop it first, or set DATA_DIR to another directory."
    )
