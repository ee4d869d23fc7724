"""The files of one bucket, on whatever file system fsspec reaches."""

import errno
import logging
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.conf import settings
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from storage.models import EXAMPLES
from storage.uri import FOLDER_MARKER, ObjectPath, StorageError, check_name

log = logging.getLogger(__name__)

INCOMING = ".incoming"
"""Where uploads are put together; no bucket can have this name."""
ABANDONED_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder. `size`: bytes, None for folders. What is not `readable` can only be deleted."""

    path: ObjectPath
    size: int | None = None
    modified: datetime | None = None
    readable: bool = True

    @property
    def name(self) -> str:
        return self.path.name.encode(errors="replace").decode()

    @property
    def uri(self) -> str:
        return self.path.uri.encode(errors="replace").decode()

    @property
    def is_folder(self) -> bool:
        return self.path.is_folder


def open_store(bucket_name: str) -> "Store":
    """The store of a bucket. The examples are shipped with the console, wherever the other buckets are."""
    if bucket_name == EXAMPLES:
        return Store(bucket_name, LocalFileSystem(), str(settings.EXAMPLES_DIR))
    try:
        fs, root = url_to_fs(settings.OBJECT_STORE_URL or str(settings.BUCKETS_DIR), use_listings_cache=False)
    except (ImportError, ValueError) as problem:
        raise StorageError(
            f"The object store {settings.OBJECT_STORE_URL} cannot be reached: {problem}",
            "An administrator has to install its fsspec driver (s3fs for s3://) or correct OBJECT_STORE_URL.",
        ) from problem
    return Store(bucket_name, fs, f"{root.rstrip('/')}/{bucket_name}")


class Store:
    """One bucket. Paths are those of ObjectPath: relative, checked names, no slash at either end."""

    def __init__(self, bucket: str, fs, root: str):
        self.bucket = bucket
        self.fs = fs
        self.root = root
        self.is_local = isinstance(fs, LocalFileSystem)

    # Reading

    def stat(self, path: str) -> Entry | None:
        """What lies at the path, or None."""
        if not path:
            return Entry(ObjectPath(self.bucket, "", is_folder=True))
        try:
            with self.explained(path):
                return self._entry(path, self.fs.info(self.locate(path)))
        except NothingThere:
            return None

    def list(self, path: str) -> list[Entry]:
        """The files and folders of a folder, in no order. Raises StorageError if there is no such folder."""
        found = self.stat(path)
        if found is None:
            raise NothingThere(ObjectPath(self.bucket, path, is_folder=True))
        if not found.is_folder:
            raise StorageError(f"{found.uri} is a file, not a folder.", "Choose the folder it lies in.")
        prefix = f"{path}/" if path else ""
        try:
            with self.explained(path):
                where = self.locate(path)
                infos = self.fs.ls(where, detail=True)
        except NothingThere:
            if path:
                raise
            return []  # a bucket nobody has written to yet
        entries = []
        for info in infos:
            full = info["name"].rstrip("/")
            name = full.rpartition("/")[2]
            # Other programs mark folders by an object named like the folder with a slash, which lists itself.
            if full != where and name != FOLDER_MARKER:
                entries.append(self._listed(prefix + name, info))
        return entries

    def open(self, path: str) -> BinaryIO:
        """A file's bytes. Raises StorageError where it is no readable file."""
        found = self.stat(path)
        if found is None:
            raise NothingThere(ObjectPath(self.bucket, path))
        if found.is_folder or not found.readable:
            raise StorageError(f"{found.uri} is not a file that can be read.", "Choose a file.")
        with self.explained(path):
            where = self.locate(path)
            return Path(where).open("rb") if self.is_local else self.fs.open(where, "rb")

    def download(self, path: str, target: Path) -> None:
        """Copy a file to a local path; local stores keep its times and permissions."""
        with self.explained(path):
            if self.is_local:
                shutil.copy2(self.locate(path), target)
            else:
                self.fs.get_file(self.locate(path), str(target))

    # Writing

    def put(self, local: Path, path: str) -> None:
        """Move a local file (made by `staging`) to a path, replacing the file that is there."""
        found = self.stat(path)
        if found is not None and found.is_folder:
            raise StorageError(f"{found.uri} is a folder.", "Delete the folder first, or rename the file.")
        with self.explained(path):
            if not self.is_local:
                self._refuse_file_above(path)
                self.fs.put_file(str(local), self.locate(path))
                return
            target = Path(self.locate(path, follow=False))
            target.parent.mkdir(parents=True, exist_ok=True)
            local.replace(target)

    def make_folder(self, path: str) -> None:
        """Create a folder and those above it."""
        with self.explained(path):
            where = self.locate(path)
            if not self.is_local:
                self._refuse_file_above(path)
            self.fs.makedirs(where, exist_ok=True)
            if not self.is_local and not self.fs.isdir(where):
                self.fs.pipe_file(f"{where}/{FOLDER_MARKER}", b"")

    def remove(self, path: str) -> None:
        """Delete a file, or a folder with all it holds. A local folder vanishes at once, then is emptied."""
        with self.explained(path):
            where = self.locate(path, follow=False)
            if not self.is_local:
                self.fs.rm(where, recursive=True)
                return
            if not Path(where).is_dir() or Path(where).is_symlink():
                Path(where).unlink()
                return
            with self.staging() as directory:
                Path(where).rename(directory / "removed")

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A private local folder to put an upload together, on the store's own disk; deleted afterwards."""
        base = Path(self.root).parent if self.is_local else settings.BUCKETS_DIR
        incoming = base / INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        _sweep(incoming)
        directory = incoming / uuid.uuid4().hex
        directory.mkdir(mode=0o700)
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    # Places

    def locate(self, path: str, follow: bool = True) -> str:
        """The path as the file system knows it.

        Local links are followed and must end inside the bucket; with `follow` off the last name may be any
        link, so that it can be replaced or deleted.
        """
        full = f"{self.root}/{path}" if path else self.root
        if not self.is_local:
            return full
        root = os.path.realpath(self.root)
        last = Path(full)
        real = os.path.realpath(full) if follow else str(Path(os.path.realpath(last.parent)) / last.name)
        if real != root and not real.startswith(root + "/"):
            raise StorageError(
                f"{ObjectPath(self.bucket, path)} is a link that leads out of its bucket.",
                "Delete the link and upload the file or folder itself.",
            )
        return real

    @contextmanager
    def explained(self, path: str) -> Iterator[None]:
        """Turn what file systems raise into a StorageError that names the object."""
        place = ObjectPath(self.bucket, path)
        try:
            yield
        except StorageError:
            raise
        except FileNotFoundError as problem:
            raise NothingThere(place) from problem
        except (NotADirectoryError, FileExistsError) as problem:
            raise StorageError(
                f"A name on the way to {place} belongs to a file.", "Choose another folder name."
            ) from problem
        except OSError as problem:
            raise _explain(place, problem) from problem
        except Exception as problem:
            if self.is_local:
                raise
            log.exception("The object store failed at %s.", place)
            raise StorageError(
                f"The object store did not serve {place} ({type(problem).__name__}).",
                "Try again; if it stays so, an administrator has to look at OBJECT_STORE_URL.",
            ) from problem

    def _refuse_file_above(self, path: str) -> None:
        """Object stores would take a/b beside a file named a; raise what a file system raises there."""
        for above in list(PurePosixPath(path).parents)[:-1]:
            found = self.stat(str(above))
            if found is not None:
                if not found.is_folder:
                    raise NotADirectoryError(str(above))
                return

    def _listed(self, path: str, info: dict) -> Entry:
        try:
            check_name(path.rpartition("/")[2])
            if info.get("islink"):
                info = self.fs.info(self.locate(path))
        except (StorageError, OSError):
            return Entry(ObjectPath(self.bucket, path), readable=False)
        return self._entry(path, info)

    def _entry(self, path: str, info: dict) -> Entry:
        if info["type"] == "directory":
            return Entry(ObjectPath(self.bucket, path, is_folder=True), modified=_modified(info))
        return Entry(
            ObjectPath(self.bucket, path), info.get("size") or 0, _modified(info), info["type"] == "file"
        )


class NothingThere(StorageError):
    """The object does not exist."""

    def __init__(self, place: ObjectPath):
        super().__init__(f"{place} does not exist.", "Choose another one, or upload it first.")


def _modified(info: dict) -> datetime | None:
    for key in ("mtime", "LastModified", "last_modified", "updated", "modified", "created"):
        value = info.get(key)
        if isinstance(value, datetime):
            return value
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
    return None


def _explain(place: ObjectPath, problem: OSError) -> StorageError:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(f"There is no room left to store {place}.", "Delete files that are not needed.")
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageError(
            f"The console may not touch {place}.", "An administrator has to correct its permissions."
        )
    reason = problem.strerror or str(problem)
    return StorageError(f"{place} could not be read or written: {reason}.", "Check its name and try again.")


def _sweep(incoming: Path) -> None:
    """Remove what uploads left behind that were killed a day ago or longer."""
    limit = time.time() - ABANDONED_SECONDS
    for directory in incoming.iterdir():
        try:
            if directory.stat().st_mtime < limit:
                shutil.rmtree(directory, ignore_errors=True)
        except FileNotFoundError:
            continue
