"""Strict readers of environment variables: a wrong value is named at once, never guessed around."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

LONGEST_SOCKET_PATH = 107
"""What a Unix socket's address holds on Linux, in bytes."""

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def read_text(name: str, default: str = "") -> str:
    """The variable's value without surrounding blanks, or the default where it is unset."""
    return os.environ.get(name, default).strip()


def read_bool(name: str, default: bool = False) -> bool:
    """The variable as yes or no. Raises ImproperlyConfigured on any other word."""
    value = os.environ.get(name)
    if value is None:
        return default
    word = value.strip().lower()
    if word in TRUE | FALSE:
        return word in TRUE
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no. Set it to 1 or 0.")


def read_int(name: str, default: int, minimum: int = 0) -> int:
    """The variable as a whole number. Raises ImproperlyConfigured below the minimum."""
    value = read_text(name) or str(default)
    try:
        number = int(value)
    except ValueError:
        number = None
    if number is None or number < minimum:
        raise ImproperlyConfigured(f"{name}={value!r} must be a whole number of at least {minimum}.")
    return number


def read_list(name: str, default: str = "") -> list[str]:
    """The variable's comma-separated words, empty ones dropped."""
    return [word.strip() for word in read_text(name, default).split(",") if word.strip()]


def read_secret_key(data_dir: Path) -> str:
    """SECRET_KEY from the environment, else from DATA_DIR/secret.key, which is made where it is missing."""
    from django.core.management.utils import get_random_secret_key

    if given := read_text("SECRET_KEY"):
        return given
    path = data_dir / "secret.key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        key = get_random_secret_key()
        file.write(key)
    return key


def private_folder(path: Path) -> Path:
    """The folder, made for this user only where it is missing."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def queue_socket(data_dir: Path) -> Path:
    """Where the embedded queue server listens: in DATA_DIR, or in a private folder where that cannot be.

    Besides long paths, those with blanks cannot be: redis-py takes the list of clients apart at them.
    """
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    private = f"argmax-{os.getuid()}-{digest}"
    folders = [data_dir / "queue", Path(tempfile.gettempdir()) / private, Path("/tmp") / private]  # noqa: S108
    sockets = [folder / "valkey.sock" for folder in folders]
    return next((socket for socket in sockets if _can_be_a_socket(socket)), sockets[-1])


def _can_be_a_socket(path: Path) -> bool:
    short = len(os.fsencode(path)) <= LONGEST_SOCKET_PATH
    return short and re.fullmatch(r"[\w/.+@%:,-]+", str(path), re.ASCII) is not None
