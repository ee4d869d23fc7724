"""What has changed in a code directory since its snapshot was taken."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from algorithms.models import Algorithm
from storage.objects import CODE_LIMITS, Entry, check_folder, list_folder, open_file, parse_uri, stat

BLOCK = 1024 * 1024


@dataclass
class Changes:
    """Paths inside the code directory."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """(what happened, path) of every file, in the order of the paths."""
        named = [("added", self.added), ("changed", self.changed), ("removed", self.removed)]
        return sorted(((word, path) for word, paths in named for path in paths), key=lambda row: row[1])


def changes_since(algorithm: Algorithm) -> Changes:
    """Compare the code directory with the snapshot. Raises StorageError where it cannot be read.

    Files that have kept their size and are older than the snapshot count as unchanged; others are read.
    """
    owner, found = algorithm.owner, Changes()
    if algorithm.snapshot is None:
        return found
    if algorithm.image and _is_newer(stat(owner, algorithm.image), algorithm):
        found.changed.append(algorithm.image)  # too large to be read for a look
    if not algorithm.code_directory:
        return found
    before = {row["path"]: row for row in algorithm.snapshot.tree}
    folder = parse_uri(algorithm.code_directory).folder
    check_folder(owner, folder, CODE_LIMITS)
    for entry in _files(owner, folder):
        path = entry.path.within(folder)
        row = before.pop(path, None)
        if row is None:
            found.added.append(path)
        elif entry.size != row["size"] or (
            _is_newer(entry, algorithm) and _digest(owner, entry) != row["sha256"]
        ):
            found.changed.append(path)
    found.removed = list(before)
    return found


def _files(owner, folder) -> Iterator[Entry]:
    for entry in list_folder(owner, folder):
        if entry.is_folder:
            yield from _files(owner, entry.path)
        elif entry.readable:
            yield entry


def _is_newer(entry: Entry, algorithm: Algorithm) -> bool:
    taken = algorithm.snapshot_taken
    return entry.modified is None or taken is None or entry.modified >= taken


def _digest(owner, entry: Entry) -> str:
    value = hashlib.sha256()
    with open_file(owner, entry.path) as file:
        while block := file.read(BLOCK):
            value.update(block)
    return value.hexdigest()
