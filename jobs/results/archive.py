"""The logs of a job as one .zip file, made while it is sent."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

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


def zipped(files: Iterable[tuple[str, Path]]) -> Iterator[bytes]:
    """The files by their names as the bytes of a .zip file; one that is gone meanwhile is left out."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, path in files:
            try:
                source = path.open("rb")
            except OSError:
                continue
            entry = zipfile.ZipInfo.from_file(path, name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with source, archive.open(entry, "w", force_zip64=True) as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                    if data := outlet.take():
                        yield data
    yield outlet.take()
