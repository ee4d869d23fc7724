"""The console's settings for tests: everything it keeps goes into a temporary DATA_DIR.

The database is an SQLite file there, so that processes started by a test see what the test sees. Those use
`console.settings` with the environment of `tests.conftest.console_environment`.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from django.contrib.auth.hashers import PBKDF2PasswordHasher

_folder = tempfile.mkdtemp(prefix="argmax-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
for _name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "HTTPS", "ALLOWED_HOSTS", "PORT", "HOST", "WORKERS"):
    os.environ.pop(_name, None)
os.environ["DATA_DIR"] = _folder
os.environ["LOG_LEVEL"] = "WARNING"
# Playwright keeps an event loop in the main thread, where Django refuses the database otherwise.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

from console.settings import *  # noqa: E402, F403
from console.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

DATABASES["default"]["TEST"] = {"NAME": str(Path(DATA_DIR) / "db.sqlite3")}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
(Path(DATA_DIR) / "static").mkdir()


class QuickHasher(PBKDF2PasswordHasher):
    """Hashes that the real hasher can check, made in no time."""

    iterations = 1


PASSWORD_HASHERS = ["tests.settings.QuickHasher"]
