"""Paths inside an image's root file system: its links lead around in there and never out of it."""

from __future__ import annotations

import stat
from pathlib import Path

MOST_LINKS = 40


class ImageError(Exception):
    """An image cannot be used; the message names the thing and the remedy."""


def split_path(name: str) -> list[str]:
    """Return the parts of a path in an archive. Raises ImageError where it climbs out of the image."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts or "\0" in name:
        raise ImageError(f"The image holds the path {name!r}, which leads out of it. Build it anew.")
    return parts


def follow(root: Path, path: str, *, make: bool = False) -> Path:
    """Return where a path leads inside the root file system, following links as a process in there would.

    With `make`, folders that are missing are made. Raises ImageError at endless links and at files that
    stand in the way of a folder.
    """
    here: list[str] = []
    pending = path.split("/")[::-1]
    links = 0
    while pending:
        name = pending.pop()
        if name == "..":
            here = here[:-1]
        if name in ("", ".", ".."):
            continue
        place = root.joinpath(*here, name)
        mode = _mode(place)
        if stat.S_ISLNK(mode):
            links += 1
            if links > MOST_LINKS:
                raise ImageError(f"The links of {path!r} in the image lead in a circle. Build it anew.")
            target = str(place.readlink())
            here = [] if target.startswith("/") else here
            pending += target.split("/")[::-1]
            continue
        if make and not mode:
            place.mkdir(mode=0o755)
        elif mode and (pending or make) and not stat.S_ISDIR(mode):
            raise ImageError(f"{'/'.join([*here, name])} in the image is a file where a folder is needed.")
        here.append(name)
    return root.joinpath(*here)


def make_mount_point(root: Path, path: Path, *, folder: bool = True) -> None:
    """Make sure that something can be mounted at a path of the root file system. Raises ImageError.

    No part of the path may be a link: the mount would follow it wherever it leads.
    """
    place = root
    for part in path.parts[1:]:
        place /= part
        mode = _mode(place)
        last = place == root.joinpath(*path.parts[1:])
        if stat.S_ISLNK(mode) or (mode and (folder or not last) and not stat.S_ISDIR(mode)):
            raise ImageError(
                f"{'/' / place.relative_to(root)} in the image is no folder, but the console has to put"
                f" {path} there. Build the image without it."
            )
        if mode:
            continue
        if last and not folder:
            place.touch()
        else:
            place.mkdir(mode=0o755, exist_ok=True)


def _mode(place: Path) -> int:
    """Return the file's type and rights, 0 where there is nothing; links are not followed."""
    try:
        return place.lstat().st_mode
    except FileNotFoundError:
        return 0
