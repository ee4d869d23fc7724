"""What has to be true before the pages can be served: the database's tables and the static files."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP = ".collected"


def migrate() -> None:
    """Bring the database's tables up to date."""
    call_command("migrate", verbosity=0, interactive=False)


def collect_static() -> bool:
    """Collect the static files into STATIC_ROOT unless none has changed since; returns whether it did."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    state = _state()
    with suppress(FileNotFoundError):
        if stamp.read_text() == state:
            return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(state)
    return True


def _state() -> str:
    """A digest of every static file's name, size and time of change."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for name, path in sorted(_files()):
        stat = path.stat()
        digest.update(f"{name}\n{path}\n{stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield name, Path(storage.path(name))
