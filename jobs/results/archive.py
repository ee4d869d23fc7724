"""Files and texts as one .zip file, made while it is sent."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20


class _Outlet:
    """A file that cannot seek: keeps what was written until it is taken."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        self._data += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """What was written since the last call."""
        data = bytes(self._data)
        self._data.clear()
        return data


def zipped(members: Iterable[tuple[str, Path | Iterable[str]]]) -> Iterator[bytes]:
    """Files and pieces of text by their names as the bytes of a .zip file; a file that is gone is left out."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members:
            if isinstance(content, Path):
                try:
                    source = content.open("rb")
                except OSError:
                    continue
                entry = zipfile.ZipInfo.from_file(content, name, strict_timestamps=False)
                with source:
                    yield from _add(archive, outlet, entry, _chunks(source))
            else:
                entry = zipfile.ZipInfo(name, time.gmtime()[:6])
                yield from _add(archive, outlet, entry, (text.encode() for text in content))
    yield outlet.take()


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    while chunk := source.read(CHUNK):
        yield chunk


def _add(
    archive: zipfile.ZipFile, outlet: _Outlet, entry: zipfile.ZipInfo, chunks: Iterable[bytes]
) -> Iterator[bytes]:
    entry.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(entry, "w", force_zip64=True) as target:
        for chunk in chunks:
            target.write(chunk)
            if data := outlet.take():
                yield data
