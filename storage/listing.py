"""What of a folder is on the page: filtered, sorted, and a part of it at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from storage.store import Entry

PAGE_SIZE = 500
EARLIEST = datetime.min.replace(tzinfo=UTC)

ORDERS = {
    "name": lambda entry: (entry.path.path.lower(), entry.path.path),
    "size": lambda entry: entry.size or 0,
    "modified": lambda entry: entry.modified or EARLIEST,
}


@dataclass(frozen=True)
class Listing:
    """A part of a folder's entries. `found` pass the filter, `total` lie in the folder."""

    entries: list[Entry]
    total: int
    found: int
    offset: int

    @property
    def next_offset(self) -> int | None:
        """Where the next part begins, or None at the end."""
        end = self.offset + len(self.entries)
        return end if end < self.found else None

    @property
    def left(self) -> int:
        """How many entries come after this part."""
        return self.found - self.offset - len(self.entries)


def arrange(entries: Iterable[Entry], query: str = "", sort: str = "name", offset: int = 0) -> Listing:
    """Keep names that contain the query; folders first, by `name`, `size` or `modified` (`-name`: down)."""
    everything = list(entries)
    wanted = query.strip().lower()
    found = [entry for entry in everything if wanted in entry.name.lower()] if wanted else everything
    key = ORDERS.get(sort.removeprefix("-"), ORDERS["name"])
    found = sorted(found, key=ORDERS["name"])
    found.sort(key=key, reverse=sort.startswith("-"))
    found.sort(key=lambda entry: not entry.is_folder)
    return Listing(found[offset : offset + PAGE_SIZE], len(everything), len(found), offset)
