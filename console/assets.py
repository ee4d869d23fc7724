"""Front-end files that come out of Python packages, and how all static files get their names."""

import os
from pathlib import Path

import plotly
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from django.utils.functional import cached_property
from whitenoise.storage import CompressedManifestStaticFilesStorage

from console.plotly_bundle import lean

PLOTLY_DIR = Path(plotly.__file__).parent / "package_data"
PLOTLY_FILE = "plotly.min.js"


class PlotlyFinder(BaseFinder):
    """Finds the plotly.min.js that the plotly package carries, so that page and server never disagree.

    What no chart uses is taken out of it, once for each version of the package and of the rule.
    """

    def check(self, **kwargs):
        return []

    @cached_property
    def storage(self) -> FileSystemStorage:
        return FileSystemStorage(location=_prepared())

    def find(self, path, find_all=False, **kwargs):
        found = self.storage.path(PLOTLY_FILE) if path == PLOTLY_FILE else None
        if find_all:
            return [found] if found else []
        return found

    def list(self, ignore_patterns):
        yield PLOTLY_FILE, self.storage


def _prepared() -> Path:
    """The folder that holds the smaller plotly.min.js."""
    source = PLOTLY_DIR / PLOTLY_FILE
    rule = Path(__file__).with_name("plotly_bundle.py")
    stamp = f"{plotly.__version__}-{source.stat().st_size}-{int(rule.stat().st_mtime)}"
    folder = settings.DATA_DIR / "assets" / stamp
    if not (folder / PLOTLY_FILE).exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{PLOTLY_FILE}.{os.getpid()}"
        part.write_text(lean(source.read_text(encoding="utf-8")), encoding="utf-8")
        part.replace(folder / PLOTLY_FILE)
    return folder


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed names; a file missing from the manifest keeps its plain name."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:  # not collected yet, as in a test run
            return name
