"""GPUs of this machine: which there are, and holding some so that no other trial here gets them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

LISTING_SECONDS = 30.0
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")


class GpuError(Exception):
    """GPUs cannot be assigned; the message names the thing and the remedy."""


@dataclass(slots=True)
class Held:
    """Devices that are ours until `release`, or until the last process dies that has `files` open."""

    devices: tuple[str, ...] = ()
    files: list[int] = field(default_factory=list)

    def release(self) -> None:
        """Give the devices back."""
        while self.files:
            os.close(self.files.pop())


def devices(named: str = "", env: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return the devices that trials of this machine may use, in CUDA's words, in the order of the PCI bus.

    Those that are named (by comma), else those the worker's own CUDA_VISIBLE_DEVICES leaves it, else those that
    `nvidia-smi` lists.
    """
    text = named or env.get("CUDA_VISIBLE_DEVICES")
    if text is None:
        return _listed(env.get("PATH", os.defpath))
    found = [part.strip() for part in text.split(",")]
    # As in CUDA, an entry that is no device hides all that follow.
    end = next((at for at, part in enumerate(found) if part in ("", "-1", "NoDevFiles")), len(found))
    return tuple(dict.fromkeys(found[:end]))


@cache
def _listed(path: str) -> tuple[str, ...]:
    command = shutil.which("nvidia-smi", path=path)
    if command is None:
        return ()
    try:
        answer = subprocess.run(
            [command, "--query-gpu=index", "--format=csv,noheader"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LISTING_SECONDS,
            env={"PATH": path, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    numbers = [line.strip() for line in answer.stdout.splitlines()] if answer.returncode == 0 else []
    return tuple(number for number in numbers if number.isdecimal())


def hold(count: int, among: Sequence[str], folder: Path) -> Held | None:
    """Take that many of the devices for this process; None while so many are not free.

    `folder` is the same for all workers of the machine and belongs to their user: each device is a file there,
    locked by the process that holds it. The kernel drops the lock of a process that dies. Raises GpuError.
    """
    try:
        with _alone(folder):
            return _take(count, among, folder)
    except OSError as error:
        raise GpuError(
            f"GPUs cannot be assigned: {folder} cannot be used ({error.strerror}). "
            "Give workers another GPU_LOCKS_DIR."
        ) from error


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Choose devices one process after the other, so that two that want several do not split them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise GpuError(
            f"GPUs cannot be assigned: {folder} belongs to somebody else. Give workers another GPU_LOCKS_DIR."
        )
    gate = _open(folder / "gate")
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
    finally:
        os.close(gate)


def _take(count: int, among: Sequence[str], folder: Path) -> Held | None:
    held: list[tuple[str, int]] = []
    for device in among:
        if len(held) == count:
            break
        file = _open(folder / f"{_UNSAFE.sub('_', device)}.lock")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
        else:
            held.append((device, file))
    taken = Held(tuple(device for device, _ in held), [file for _, file in held])
    if len(held) == count:
        return taken
    taken.release()
    return None


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
