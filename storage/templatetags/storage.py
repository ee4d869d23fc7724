"""Links to objects."""

from django import template
from django.urls import reverse

from storage.uri import ObjectPath, StorageError, parse_uri

register = template.Library()


@register.filter
def object_url(uri: str | ObjectPath) -> str:
    """The page of an object: the folder's listing or the file's preview; empty for what is no address."""
    try:
        place = parse_uri(uri)
    except StorageError:
        return ""
    path = f"{place.path}/" if place.path and place.is_folder else place.path
    return reverse("storage:browse", args=[place.bucket, path])


@register.filter
def download_url(place: ObjectPath) -> str:
    """Where a file can be downloaded."""
    return reverse("storage:download", args=[place.bucket, place.path])


@register.filter
def ends_in(entry, suffix: str) -> bool:
    """Whether a file may be chosen where names must end in one of the suffixes; none allows all."""
    return not suffix or entry.name.endswith(tuple(suffix.split()))
