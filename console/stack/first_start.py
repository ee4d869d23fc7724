"""What a console that was never started before gets: an administrator."""

import secrets
import string

from django.contrib.auth import get_user_model
from django.db import transaction

NAME = "admin"
ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("0OolI1")))
PASSWORD_LENGTH = 16


def create_administrator() -> tuple[str, str] | None:
    """Create the administrator where there is none; return name and password, which is kept nowhere."""
    users = get_user_model().objects
    with transaction.atomic():
        if users.filter(is_superuser=True).exists():
            return None
        name = NAME
        number = 1
        while users.filter(username=name).exists():
            number += 1
            name = f"{NAME}{number}"
        password = "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH))
        users.create_superuser(name, password=password)
    return name, password
