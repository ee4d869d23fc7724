"""What performance claims are made of: each module is a command, `python -m benchmarks.<name>`."""

import os
from pathlib import Path


def cache_directory() -> Path:
    """Where what takes long is kept: outside of the repository, under the user's cache directory."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    directory = base / "argmax-benchmarks"
    directory.mkdir(parents=True, exist_ok=True)
    return directory
