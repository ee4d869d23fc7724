"""Secret values at rest: encrypted with a key that comes from SECRET_KEY and is in no database."""

import base64
import hashlib
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealError(Exception):
    """A sealed text that no key opens."""


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"jobs.sealing:" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(values: dict[str, str]) -> str:
    """Encrypt the values into one text; empty for no values."""
    return _fernet().encrypt(json.dumps(values).encode()).decode() if values else ""


def unseal(text: str) -> dict[str, str]:
    """The values that `seal` was given. Raises SealError when SECRET_KEY has changed since."""
    if not text:
        return {}
    try:
        return json.loads(_fernet().decrypt(text.encode()))
    except InvalidToken:
        raise SealError(
            "The secret environment variables cannot be read: SECRET_KEY has changed since they were stored. "
            "Add the old key to SECRET_KEY_FALLBACKS, or rebuild the job and enter them again."
        ) from None
