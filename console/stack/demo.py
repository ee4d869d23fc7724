"""A demo's own data: chosen before the settings are read, so that it never touches this installation's."""

import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "ARGMAX_DEMO_DIR"
"""The temporary DATA_DIR that a demo is to delete."""


def use_own_data() -> None:
    """Point the environment at a temporary DATA_DIR and away from this installation's servers."""
    folder = tempfile.mkdtemp(prefix="argmax-demo-")
    for name in ("DATABASE_URL", "REDIS_URL", "HOST"):
        os.environ.pop(name, None)
    os.environ.update({"DATA_DIR": folder, "PORT": "0", VARIABLE: folder})


def end(done: bool, say) -> None:
    """Delete the demo's data, or say where it is kept if the demo failed."""
    folder = Path(os.environ[VARIABLE])
    if done:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        say(f"The demo failed. Its data and logs are kept in {folder}.")
