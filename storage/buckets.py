"""Buckets come and go: creating, deleting, and the one everybody starts with."""

import contextlib
import re

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from storage.models import Bucket
from storage.store import NothingThere, open_store
from storage.uri import StorageError

SHORTEST, LONGEST = 3, 63


def home_bucket(user) -> Bucket:
    """A bucket the user may write to: their first one, made and named after them where they have none."""
    return Bucket.objects.filter(owner=user, read_only=False).first() or _create_home(user)


def create_bucket(user, name: str) -> Bucket:
    """Create a bucket of the user's own. Raises StorageError on a bad or taken name."""
    bucket = Bucket(name=name, owner=user)
    try:
        bucket.full_clean(validate_unique=False)
    except ValidationError as problem:
        raise StorageError(f"A bucket cannot be named {name!r}.", " ".join(problem.messages)) from problem
    if Bucket.objects.filter(name=name).exists():
        raise StorageError(f"There is a bucket {name} already.", "Choose another name.")
    if open_store(name).list(""):
        # Files of a bucket whose row went with its owner: they are not for the next one of that name.
        raise StorageError(f"The name {name} was used by a former bucket.", "Choose another name.")
    try:
        with transaction.atomic():
            bucket.save()
    except IntegrityError as problem:
        raise StorageError(f"There is a bucket {name} already.", "Choose another name.") from problem
    return bucket


def delete_bucket(user, name: str) -> None:
    """Delete a bucket of the user's with all its files."""
    bucket = Bucket.objects.visible_to(user).filter(name=name).first()
    if bucket is None or not bucket.writable_by(user):
        raise StorageError(f"You cannot delete the bucket {name}.", "Only its owner can.")
    with contextlib.suppress(NothingThere):  # nothing was ever stored in it
        open_store(name).remove("")
    bucket.delete()


def _create_home(user) -> Bucket:
    slug = _slug(user.get_username())
    names = [slug, *(f"{slug[: LONGEST - 4]}-{number}" for number in range(2, 1_000))]
    for name in names:
        try:
            return create_bucket(user, name)
        except StorageError:
            continue
    raise StorageError(f"No bucket could be named after {user}.", "Create one under Object Storage.")


def _slug(username: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", username.lower()).strip("-")[:LONGEST].strip("-")
    return slug if len(slug) >= SHORTEST else f"{slug}-bucket".strip("-")
