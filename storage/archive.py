"""Zip files from strangers: checked as a whole before a byte is unpacked, and counted while it is."""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from django.template.defaultfilters import filesizeformat

from storage.folders import GIGABYTE, Limits, Summary
from storage.store import Store
from storage.uri import StorageError, check_path, show

ZIP_LIMITS = Limits(entries=10_000, size=5 * GIGABYTE, levels=32, what="a .zip file")
LARGEST_RATIO = 200
"""Unpacked to packed bytes; logs and tables reach about 30, bombs 1,000 and more."""
RATIO_MATTERS_FROM = 64 * 1024 * 1024
"""Below this many unpacked bytes any ratio is harmless."""
LARGEST_READ = 16 * 1024 * 1024
"""No table of contents of ZIP_LIMITS.entries files is longer, and it is the only long read of `zipfile`."""
CHUNK = 1024 * 1024
IGNORED_FOLDER, IGNORED_FILE = "__MACOSX", ".DS_Store"
REMEDY = "Nothing was unpacked. Make the archive anew and upload it again."


def unpack(file, target: Path, limits: Limits = ZIP_LIMITS) -> Summary:
    """Unpack a seekable .zip file into a new local folder.

    Raises StorageError, leaving what is written to the caller's clean-up, for what is no zip file, encrypted
    files, absolute or climbing paths, links and special files, names that clash, bombs, and more than the
    limits. What macOS adds (__MACOSX, .DS_Store) is left out.
    """
    target.mkdir(parents=True)
    try:
        with zipfile.ZipFile(_ShortReads(file)) as archive:
            members = [info for info in archive.infolist() if not _is_ignored(info.filename)]
            found = _inspect(members, limits)
            for info in members:
                _extract(archive, info, target)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, zlib.error, ValueError) as problem:
        raise StorageError(f"This is not a sound .zip file: {problem}.", REMEDY) from problem
    except NotImplementedError as problem:
        raise StorageError(
            f"The .zip file uses a compression this server cannot read: {problem}.",
            "Make it with the usual method (deflate).",
        ) from problem
    return found


def move_in(store: Store, unpacked: Path, path: str) -> None:
    """Move everything in a local folder into a folder of the store, merging with what is there.

    Clashes (a file where a folder is, or the other way round) are found before anything is moved.
    """
    files = sorted(found for found in unpacked.rglob("*") if found.is_file())
    empty = [found for found in unpacked.rglob("*") if found.is_dir() and not any(found.iterdir())]
    places = {found: _join(path, found.relative_to(unpacked)) for found in [*files, *empty]}
    known: dict[str, str] = {}
    for found, place in places.items():
        for above in list(PurePosixPath(place).parents)[-2::-1]:
            _expect(store, str(above), "folder", known)
        _expect(store, place, "folder" if found.is_dir() else "file", known)
    moved: list[str] = []
    try:
        for found in files:
            is_new = known[places[found]] == "nothing"
            store.put(found, places[found])
            if is_new:
                moved.append(places[found])
        for found in empty:
            store.make_folder(places[found])
    except StorageError:
        for place in moved:
            store.remove(place)
        raise


def _inspect(members: list[zipfile.ZipInfo], limits: Limits) -> Summary:
    found = Summary()
    seen: dict[str, bool] = {}
    for info in members:
        _check_member(info)
        path = info.filename.rstrip("/")
        if path in seen and not (info.is_dir() and seen[path]):
            raise StorageError(f"The .zip file holds {show(path)} twice.", REMEDY)
        for above in PurePosixPath(path).parents:
            if str(above) != "." and not seen.get(str(above), True):
                raise StorageError(f"The .zip file holds {show(str(above))} as a file and a folder.", REMEDY)
            if str(above) != "." and str(above) not in seen:
                seen[str(above)] = True
                found.add(str(above), None)
        if path not in seen:
            found.add(path, None if info.is_dir() else info.file_size)
            seen[path] = info.is_dir()
        elif not info.is_dir():
            raise StorageError(f"The .zip file holds {show(path)} as a file and a folder.", REMEDY)
    _check_sizes(found, sum(info.compress_size for info in members), limits)
    return found


def _check_member(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    if "\0" in name:
        raise StorageError(f"The .zip file holds the name {show(name)}, which has a NUL in it.", REMEDY)
    try:
        check_path(info.filename.removesuffix("/"))
    except StorageError as problem:
        raise StorageError(f"The .zip file was refused. {problem.message}", REMEDY) from problem
    if len(name) > 1 and name[1] == ":":
        raise StorageError(f"The .zip file holds the absolute path {show(name)}.", REMEDY)
    if info.flag_bits & 0x1:
        raise StorageError(f"{show(name)} in the .zip file is encrypted.", "Make it without a password.")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        what = "a link" if kind == stat.S_IFLNK else "a special file"
        raise StorageError(f"{show(name)} in the .zip file is {what}.", "Pack the file itself.")


def _check_sizes(found: Summary, packed: int, limits: Limits) -> None:
    if found.entries > limits.entries:
        raise StorageError(
            f"The .zip file holds {found.entries:,} files and folders; at most {limits.entries:,} are "
            "unpacked.",
            "Split it.",
        )
    if found.size > limits.size:
        raise StorageError(
            f"The .zip file unpacks to {filesizeformat(found.size)}; at most {filesizeformat(limits.size)} "
            "are unpacked.",
            "Split it.",
        )
    if found.levels > limits.levels:
        raise StorageError(
            f"The .zip file has {found.levels} levels of folders; at most {limits.levels} are unpacked.",
            "Flatten the folders.",
        )
    if found.size > RATIO_MATTERS_FROM and found.size > LARGEST_RATIO * packed:
        raise StorageError(
            f"The .zip file grows from {filesizeformat(packed)} to {filesizeformat(found.size)}, more than "
            f"{LARGEST_RATIO} times, like an archive made to fill the disk.",
            "Upload the files without packing them.",
        )


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    place = target / info.filename
    if info.is_dir():
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(info) as source, place.open("xb") as output:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > info.file_size:
                raise StorageError(f"{show(info.filename)} is longer than the .zip file says.", REMEDY)
            output.write(chunk)
    if info.external_attr >> 16 & stat.S_IXUSR:
        place.chmod(place.stat().st_mode | stat.S_IXUSR)


def _is_ignored(name: str) -> bool:
    parts = name.rstrip("/").split("/")
    return parts[0] == IGNORED_FOLDER or parts[-1] == IGNORED_FILE


def _expect(store: Store, place: str, kind: str, known: dict[str, str]) -> None:
    if place not in known:
        found = store.stat(place)
        known[place] = "nothing" if found is None else "folder" if found.is_folder else "file"
    if known[place] not in (kind, "nothing"):
        raise StorageError(
            f"The .zip file holds {show(place)} as a {kind}, but there is a {known[place]} of that name.",
            "Nothing was unpacked. Delete it first, or unpack into a new folder.",
        )


def _join(path: str, relative: Path) -> str:
    return f"{path}/{relative.as_posix()}" if path else relative.as_posix()


class _ShortReads:
    """A file that refuses long reads: a forged table of contents cannot fill the memory."""

    def __init__(self, file):
        self._file = file
        self.seek = file.seek
        self.tell = file.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Read like a file, at most LARGEST_READ bytes at once."""
        data = self._file.read(LARGEST_READ + 1 if size < 0 else min(size, LARGEST_READ + 1))
        if len(data) > LARGEST_READ:
            raise StorageError("The .zip file's table of contents is too long.", "Split the archive.")
        return data
