"""Whole folders: what they hold, within which limits, and how they travel to and from local disks."""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.template.defaultfilters import filesizeformat

from storage.store import Entry, Store
from storage.uri import ObjectPath, StorageError, check_path

GIGABYTE = 1024**3
LONGEST_COUNT = 100_000
"""Counting for a message stops here."""


@dataclass(frozen=True)
class Limits:
    """What a folder may hold at most: files and folders, bytes, levels of folders."""

    entries: int
    size: int
    levels: int
    what: str = "a folder"


CODE_LIMITS = Limits(entries=1_000, size=5 * GIGABYTE, levels=32, what="a code directory")
"""The documentation's limits of a code directory."""


@dataclass
class Summary:
    """What a folder holds: numbers of files and folders, their bytes, the deepest level (1: no folders)."""

    files: int = 0
    folders: int = 0
    size: int = 0
    levels: int = 1
    skipped: list[str] = field(default_factory=list)

    @property
    def entries(self) -> int:
        return self.files + self.folders

    def add(self, path: str, entry_size: int | None) -> None:
        """Count one entry at a path relative to the folder; a size of None means a folder."""
        depth = path.count("/") + 1
        if entry_size is None:
            self.folders += 1
            depth += 1
        else:
            self.files += 1
            self.size += entry_size
        self.levels = max(self.levels, depth)


def walk(store: Store, path: str, levels: int | None = None) -> Iterator[tuple[str, Entry]]:
    """Everything below a folder as (relative path, entry), a folder before what it holds.

    Raises StorageError at a link that leads back to a folder above it, and below `levels` levels.
    """
    yield from _walk(store, path, "", levels, [])


def _walk(store, folder, relative, levels, above) -> Iterator[tuple[str, Entry]]:
    here = store.locate(folder)
    if here in above:
        raise StorageError(
            f"{ObjectPath(store.bucket, folder)} is a link to a folder it lies in.", "Delete the link."
        )
    for entry in sorted(store.list(folder), key=lambda entry: entry.path.path):
        inner = f"{relative}{entry.path.name}"
        yield inner, entry
        if entry.is_folder:
            depth = inner.count("/") + 2
            if levels is not None and depth > levels:
                raise StorageError(
                    f"{ObjectPath(store.bucket, entry.path.path, True)} is level {depth} of the folder; "
                    f"at most {levels} levels are allowed.",
                    "Flatten the folders, or choose one further down.",
                )
            yield from _walk(store, entry.path.path, f"{inner}/", levels, [*above, here])


def measure(store: Store, path: str, limits: Limits | None = None) -> Summary:
    """Count what a folder holds. With limits, raise StorageError that says what was found to exceed them."""
    found = Summary()
    for relative, entry in walk(store, path, limits.levels if limits else None):
        found.add(relative, None if entry.is_folder else entry.size or 0)
        if found.entries >= LONGEST_COUNT and limits:
            break
    if limits:
        _check(ObjectPath(store.bucket, path, is_folder=True), found, limits)
    return found


def _check(place: ObjectPath, found: Summary, limits: Limits) -> None:
    if found.entries > limits.entries:
        more = "more than " if found.entries >= LONGEST_COUNT else ""
        raise StorageError(
            f"{place} holds {more}{found.entries:,} files and folders; {limits.what} holds at most "
            f"{limits.entries:,}.",
            "Choose a smaller folder, or keep data in a folder of its own.",
        )
    if found.size > limits.size:
        raise StorageError(
            f"{place} holds {filesizeformat(found.size)}; {limits.what} holds at most "
            f"{filesizeformat(limits.size)}.",
            "Keep data in a folder of its own and pass it as an input.",
        )


def fetch(store: Store, path: str, target: Path, limits: Limits | None) -> Summary:
    """Copy a folder to a local one, which must be empty or missing. Nothing stays behind on failure."""
    measure(store, path, limits)
    target.mkdir(parents=True, exist_ok=True)
    found = Summary()
    try:
        for relative, entry in walk(store, path, limits.levels if limits else None):
            if not entry.readable:
                raise StorageError(
                    f"{entry.uri} cannot be read: its name is not allowed, or it is a link that leads out of "
                    "the bucket or a special file.",
                    "Delete it, or upload the file itself.",
                )
            local = target / relative
            if entry.is_folder:
                local.mkdir(exist_ok=True)
            else:
                store.download(entry.path.path, local)
            found.add(relative, None if entry.is_folder else entry.size or 0)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return found


Stamp = tuple[int, int]
"""A file's time of change in nanoseconds and its size."""


def save(
    store: Store, local: Path, path: str, stored: dict[str, Stamp] | None = None, settled: float = 0.0
) -> Summary:
    """Copy a local folder into a folder of the store, file by file, replacing files of the same name.

    Links that lead out of the local folder, special files and names no store accepts are left out and
    listed in `skipped`. Files that `stored` knows are left out too, unless they have changed since; it learns
    those that are copied. So are files that were changed less than `settled` seconds ago.
    """
    found = Summary()
    root = os.path.realpath(local)
    store.make_folder(path)
    for relative, source in _local_files(Path(root), found.skipped):
        real = os.path.realpath(source)
        if not _may_leave(relative, real, root):
            found.skipped.append(relative.encode(errors="replace").decode())
            continue
        target = f"{path}/{relative}" if path else relative
        if source.is_dir():
            store.make_folder(target)
            found.add(relative, None)
            continue
        state = source.stat()
        stamp = (state.st_mtime_ns, state.st_size)
        known = stored is not None and stored.get(relative) == stamp
        if known or time.time() - state.st_mtime < settled:
            continue
        with store.staging() as directory:
            copy = directory / "file"
            shutil.copy2(real, copy)
            size = copy.stat().st_size
            store.put(copy, target)
        found.add(relative, size)
        if stored is not None:
            stored[relative] = stamp
    return found


def _local_files(root: Path, skipped: list[str]) -> Iterator[tuple[str, Path]]:
    for folder, folders, files in os.walk(root):
        above = Path(folder)
        inside = "" if above == root else above.relative_to(root).as_posix() + "/"
        for name in sorted(folders):
            if (above / name).is_symlink():
                folders.remove(name)
                skipped.append(f"{inside}{name}")
            else:
                yield f"{inside}{name}", above / name
        for name in sorted(files):
            yield f"{inside}{name}", above / name


def _may_leave(relative: str, real: str, root: str) -> bool:
    try:
        check_path(relative)
    except StorageError:
        return False
    return real.startswith(root + "/") and (Path(real).is_file() or Path(real).is_dir())
