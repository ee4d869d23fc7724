"""Layers: applied one after the other, they make the root file system of an image (OCI image layer rules)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from runtime.images.archive import CHUNK, MAKE_ANEW, Layer, read_short
from runtime.images.paths import ImageError, follow, split_path

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What an image may unpack to: bytes, and files and folders."""

    size: int = 50 * 1024**3
    entries: int = 2_000_000


class RootFileSystem:
    """The folder in which an image is put together; nothing is written outside of it.

    Owners are left out (everything belongs to whoever runs it, and is root's inside), as are set-user bits,
    devices and other special files. `tick` is called once in a while; what it raises passes through.
    """

    def __init__(self, root: Path, limits: ImageLimits, tick: Callable[[], None]) -> None:
        self.root = root
        self._limits = limits
        self._tick = tick
        self._size = 0
        self._entries = 0
        self._written: set[Path] = set()

    def apply(self, layer: Layer, file: BinaryIO) -> None:
        """Put a layer on top. Raises ImageError, with the folder in an unusable state."""
        self._written.clear()
        stream = HashedStream(file)
        with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r:") as tar:
            while (member := tar.next()) is not None:
                self._count(member)
                try:
                    self._add(tar, member)
                except ValueError as error:  # a NUL in the name a link leads to
                    raise ImageError(
                        f"{member.name!r} of the image cannot be unpacked ({error}). {MAKE_ANEW}"
                    ) from error
                tar.members = []  # type: ignore[attr-defined]  # it would grow with the image
        if layer.digest and stream.digest() != layer.digest:
            raise ImageError(f"Layer {layer.name} is damaged: its content is another than named. {MAKE_ANEW}")

    def _count(self, member: tarfile.TarInfo) -> None:
        self._tick()
        self._entries += 1
        self._size += member.size if member.isreg() else 0
        if self._size > self._limits.size:
            raise ImageError(
                f"The image unpacks to more than {self._limits.size / 1024**3:.0f} GB, which is the limit."
            )
        if self._entries > self._limits.entries:
            raise ImageError(
                f"The image holds more than {self._limits.entries:,} files and folders, which is the limit."
            )

    def _add(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        parts = split_path(member.name)
        if not parts:
            return
        folder = follow(self.root, "/".join(parts[:-1]), make=True)
        name = parts[-1]
        if name == OPAQUE:
            self._hide_lower(folder)
            return
        if name.startswith(WHITEOUT):
            hidden = name.removeprefix(WHITEOUT)
            if hidden not in ("", ".", ".."):
                _remove(folder / hidden)
            return
        place = folder / name
        self._written.add(place)
        if member.isdir():
            _make_folder(place, member.mode)
        elif member.issym():
            _remove(place)
            place.symlink_to(member.linkname)
        elif member.islnk():
            self._link(place, member.linkname)
        elif member.isreg():
            self._write(tar, member, place)

    def _link(self, place: Path, name: str) -> None:
        parts = split_path(name)
        source = follow(self.root, "/".join(parts[:-1])) / parts[-1] if parts else self.root
        if source == place:
            return
        if not os.path.lexists(source) or (source.is_dir() and not source.is_symlink()):
            raise ImageError(f"A link of the image names {name!r}, which is no file in it. {MAKE_ANEW}")
        _remove(place)
        os.link(source, place, follow_symlinks=False)

    def _write(self, tar: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
        _remove(place)
        source = tar.extractfile(member)
        assert source is not None  # noqa: S101  (it is a regular file)
        with source, place.open("xb") as target:
            while chunk := source.read(CHUNK):
                self._tick()
                target.write(chunk)
        place.chmod(member.mode & 0o777 | stat.S_IRUSR | stat.S_IWUSR)
        # Python takes its compiled files for stale unless sources keep their times.
        with contextlib.suppress(OverflowError):
            os.utime(place, (member.mtime, member.mtime))

    def _hide_lower(self, folder: Path) -> None:
        """Remove what lower layers have put into the folder."""
        for above, folders, files in os.walk(folder, topdown=False):
            for name in (*folders, *files):
                place = Path(above, name)
                if place not in self._written:
                    with contextlib.suppress(OSError):  # a folder that holds something of this layer
                        place.rmdir() if name in folders and not place.is_symlink() else place.unlink()


def _make_folder(place: Path, mode: int) -> None:
    if place.is_symlink() or not place.is_dir():
        _remove(place)
        place.mkdir()
    place.chmod(mode & 0o777 | stat.S_IRWXU)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


class HashedStream:
    """A file for `tarfile` that is read once from start to end, refuses long reads and is hashed meanwhile."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._place = 0

    def read(self, size: int = -1) -> bytes:
        """Read like a file, at most LARGEST_READ bytes at once."""
        data = read_short(self._file, size)
        self._hash.update(data)
        self._place += len(data)
        return data

    def tell(self) -> int:
        """The number of bytes read."""
        return self._place

    def seekable(self) -> bool:
        """Forward only, which is all that reading member by member asks for."""
        return True

    def seek(self, place: int) -> None:
        """Skip bytes; there is no way back."""
        while self._place < place:
            if not self.read(min(CHUNK, place - self._place)):
                raise EOFError("it ends too early")

    def digest(self) -> str:
        """SHA-256 of all bytes, those after the end of the archive included."""
        while self.read(CHUNK):
            pass
        return self._hash.hexdigest()
