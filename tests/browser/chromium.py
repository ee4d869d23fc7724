"""Where this machine's Chromium is."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = (
    "No Chromium was found. Install it (Debian: apt-get install chromium; elsewhere: "
    "python -m playwright install --with-deps chromium) or name it in CHROMIUM."
)


def find() -> str | None:
    """The program's path: CHROMIUM, one on PATH, or Playwright's own build."""
    if given := os.environ.get("CHROMIUM"):
        return shutil.which(given)
    for name in NAMES:
        path = shutil.which(name)
        if path and not _is_snap_stub(Path(path)):
            return path
    return _playwrights_own()


def _is_snap_stub(path: Path) -> bool:
    """Ubuntu's package is a script that asks for a snap."""
    with path.open("rb") as file:
        return b"snap" in file.read(4096) and not Path("/snap/bin/chromium").exists()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None
