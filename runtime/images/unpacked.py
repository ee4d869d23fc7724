"""Unpacked images: a folder with the root file system and what the image says of itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from runtime.images.archive import open_image
from runtime.images.layers import ImageLimits, RootFileSystem
from runtime.images.paths import ImageError, follow

SHELL = "/bin/sh"
ROOT, SETTINGS = "rootfs", "image.json"


@dataclass(frozen=True, slots=True)
class Image:
    """An image that can be run. `environment` and `working_directory` are its own (ENV, WORKDIR)."""

    root: Path
    environment: dict[str, str]
    working_directory: str = ""


def unpack(
    archive: Path, target: Path, limits: ImageLimits | None = None, tick: Callable[[], None] = lambda: None
) -> Image:
    """Unpack an archive into a new folder and return what can be run from there.

    `tick` is called many times a second; what it raises passes through. Raises ImageError, leaving what is
    written to the caller's clean-up.
    """
    limits = limits or ImageLimits()
    root = target / ROOT
    root.mkdir(parents=True)
    system = RootFileSystem(root, limits, tick)
    with open_image(archive, limits.size, tick) as opened:
        for layer in opened.contents.layers:
            with opened.layer(layer) as file:
                system.apply(layer, file)
        image = Image(root, **_settings(opened.contents.config.get("config") or {}))
    if not follow(root, SHELL).is_file():
        raise ImageError(
            f"The image has no {SHELL}, which runs the boot command. Build it on a base that has one."
        )
    record = asdict(image) | {"root": ROOT}
    (target / SETTINGS).write_text(json.dumps(record))
    return image


def load(folder: Path) -> Image | None:
    """The image unpacked in a folder, None where there is none."""
    try:
        record = json.loads((folder / SETTINGS).read_text())
    except FileNotFoundError:
        return None
    return Image(**record | {"root": folder / ROOT})


def _settings(config: dict[str, Any]) -> dict[str, Any]:
    environment = dict(entry.partition("=")[::2] for entry in config.get("Env") or [])
    return {"environment": environment, "working_directory": config.get("WorkingDir") or ""}
