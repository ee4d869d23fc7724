"""Front-end files that come out of Python packages, and how all static files get their names."""

from pathlib import Path

import plotly
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PLOTLY_DIR = Path(plotly.__file__).parent / "package_data"
PLOTLY_FILE = "plotly.min.js"


class PlotlyFinder(BaseFinder):
    """Finds the plotly.min.js that the plotly package carries, so that page and server never disagree."""

    storage = FileSystemStorage(location=PLOTLY_DIR)

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        found = str(PLOTLY_DIR / PLOTLY_FILE) if path == PLOTLY_FILE else None
        if find_all:
            return [found] if found else []
        return found

    def list(self, ignore_patterns):
        yield PLOTLY_FILE, self.storage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed names; a file missing from the manifest keeps its plain name."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:  # not collected yet, as in a test run
            return name
