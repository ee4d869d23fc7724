"""The object storage's face: what a user may do with objects, by obs:// address.

Every function takes the user first and raises StorageError where the address is wrong, the user has no
access, or the store fails. An address is text or an ObjectPath.
"""

import shutil
from pathlib import Path
from typing import BinaryIO

from storage import archive, folders
from storage.folders import CODE_LIMITS, Limits, Summary
from storage.models import Bucket
from storage.store import Entry, NothingThere, Store, open_store
from storage.uri import SCHEME, ObjectPath, StorageError, check_name, parse_uri

__all__ = [
    "CODE_LIMITS", "SCHEME", "Entry", "Limits", "NothingThere", "ObjectPath", "StorageError", "Summary",
    "check_folder", "check_name", "create_folder", "delete", "exists", "fetch_folder", "list_folder",
    "open_file", "parse_uri", "stat", "store_folder", "upload", "upload_zip",
]  # fmt: skip


def exists(user, uri: str | ObjectPath) -> bool:
    """Whether there is such an object the user can read; with a slash at the end it must be a folder."""
    place = parse_uri(uri)
    if not Bucket.objects.visible_to(user).filter(name=place.bucket).exists():
        return False
    found = open_store(place.bucket).stat(place.path)
    return found is not None and (found.is_folder or not place.is_folder)


def stat(user, uri: str | ObjectPath) -> Entry:
    """The file or folder at an address."""
    place = parse_uri(uri)
    found = readable(user, place).stat(place.path)
    if found is None:
        raise NothingThere(place)
    return found


def list_folder(user, uri: str | ObjectPath) -> list[Entry]:
    """The entries of a folder: folders first, then files, each by name."""
    place = parse_uri(uri)
    entries = readable(user, place).list(place.path)
    return sorted(entries, key=lambda entry: (not entry.is_folder, entry.path.path))


def open_file(user, uri: str | ObjectPath) -> BinaryIO:
    """A file, opened to be read as bytes; the caller closes it."""
    place = parse_uri(uri)
    return readable(user, place).open(place.path)


def check_folder(user, uri: str | ObjectPath, limits: Limits = CODE_LIMITS) -> Summary:
    """Count what a folder holds; StorageError says what was found where it exceeds the limits."""
    place = parse_uri(uri)
    return folders.measure(readable(user, place), place.path, limits)


def fetch_folder(
    user, uri: str | ObjectPath, local_path: Path | str, limits: Limits | None = CODE_LIMITS
) -> Summary:
    """Download a folder to a local path, which must be empty or missing; the limits are checked first.

    Pass `limits=None` for data, which may be of any size. On failure the local path is removed.
    """
    place = parse_uri(uri)
    return folders.fetch(readable(user, place), place.path, Path(local_path), limits)


def store_folder(
    user,
    local_path: Path | str,
    uri: str | ObjectPath,
    stored: dict[str, folders.Stamp] | None = None,
    settled: float = 0.0,
) -> Summary:
    """Upload a local folder's files into a folder; `skipped` of the answer names what was left out.

    To upload again what has changed only, pass the same `stored` each time; see `folders.save`.
    """
    place = parse_uri(uri)
    return folders.save(writable(user, place), Path(local_path), place.path, stored, settled)


def upload(user, uri: str | ObjectPath, name: str, file) -> ObjectPath:
    """Store an uploaded file (anything with `chunks()` or `read()`) in a folder, replacing one of that name.

    The name may be a relative path, whose folders are made.
    """
    target = parse_uri(uri).folder.child(name)
    store = writable(user, target)
    with store.staging() as directory:
        staged = directory / "file"
        with store.explained(target.path), staged.open("wb") as output:
            _copy(file, output)
        store.put(staged, target.path)
    return target


def upload_zip(user, uri: str | ObjectPath, file) -> Summary:
    """Unpack a .zip file (seekable) into a folder as a whole or not at all; see `storage.archive`."""
    place = parse_uri(uri).folder
    store = writable(user, place)
    with store.staging() as directory:
        unpacked = directory / "unpacked"
        with store.explained(place.path):
            found = archive.unpack(file, unpacked)
        archive.move_in(store, unpacked, place.path)
    return found


def create_folder(user, uri: str | ObjectPath, exist_ok: bool = False) -> ObjectPath:
    """Create a folder and those above it; StorageError where the name is taken."""
    place = parse_uri(uri).folder
    store = writable(user, place)
    found = store.stat(place.path)
    if found is None:
        store.make_folder(place.path)
    elif not (found.is_folder and exist_ok):
        raise StorageError(f"{found.uri} exists already.", "Choose another name.")
    return place


def delete(user, uri: str | ObjectPath) -> None:
    """Delete a file, or a folder with everything in it. Buckets are deleted by `buckets.delete_bucket`."""
    place = parse_uri(uri)
    if not place.path:
        raise StorageError(f"{place} is a bucket.", "Delete its files, or the bucket on the list of buckets.")
    writable(user, place).remove(place.path)


def readable(user, place: ObjectPath) -> Store:
    """The store of a bucket the user can read."""
    if not Bucket.objects.visible_to(user).filter(name=place.bucket).exists():
        raise StorageError(
            f"There is no bucket {place.bucket} that you can read.", "Choose one under Object Storage."
        )
    return open_store(place.bucket)


def writable(user, place: ObjectPath) -> Store:
    """The store of a bucket the user can change."""
    bucket = Bucket.objects.visible_to(user).filter(name=place.bucket).first()
    if bucket is None or not bucket.writable_by(user):
        raise StorageError(f"You cannot change the bucket {place.bucket}.", "Choose one of your own buckets.")
    return open_store(place.bucket)


def _copy(file, output: BinaryIO) -> None:
    if hasattr(file, "chunks"):
        for chunk in file.chunks():
            output.write(chunk)
    else:
        shutil.copyfileobj(file, output, 1024 * 1024)
