"""The Select dialog: an htmx fragment that walks through buckets and folders."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from storage import objects
from storage.buckets import home_bucket
from storage.listing import arrange
from storage.models import Bucket
from storage.uri import ObjectPath, StorageError, parse_uri
from storage.views.changing import Doomed, describe

PASSED_ON = ("kind", "suffix", "base")
FRAGMENTS = {"picker-list": "storage/_picker_rows.html", "picker-more": "storage/_picker_rows.html"}


@require_http_methods(["GET", "HEAD", "POST"])
def picker(request):
    """One place of the dialog, by `uri`, `kind`, `suffix`, `base`, `q`.

    POST first makes folder `name`, or asks about entry `delete` and deletes it with `confirmed`.
    """
    error, doomed = "", None
    place = base = None
    try:
        base = _base(request)
        place = _place(request, base)
        if request.method == "POST" and place is None:
            raise StorageError("No folder is open.", "Open a bucket first.")
        if request.method == "POST" and "delete" in request.POST:
            doomed = _delete(request, place.child(request.POST["delete"]))
        elif request.method == "POST":
            place = objects.create_folder(request.user, place.child(request.POST.get("name", "").strip()))
    except StorageError as problem:
        error = str(problem)
    template = FRAGMENTS.get(request.htmx.target or "", "storage/_picker.html")
    return render(request, template, {**_context(request, place, base, error), "doomed": doomed})


def _delete(request, target: ObjectPath) -> Doomed | None:
    """Delete it where that was confirmed; else what would go with it, to be asked about."""
    if not request.POST.get("confirmed"):
        return describe(request.user, target)
    objects.delete(request.user, target)
    return None


def _base(request) -> ObjectPath | None:
    """The folder the choice is limited to."""
    text = request.GET.get("base", "").strip()
    if not text:
        return None
    base = parse_uri(text).folder
    if not objects.stat(request.user, base).is_folder:
        raise StorageError(f"{base} is not a folder.", "Choose the code directory first.")
    return base


def _place(request, base: ObjectPath | None) -> ObjectPath | None:
    """The folder to show: the one asked for or the nearest above it that exists; None: the buckets."""
    text = request.GET.get("uri", "").strip()
    try:
        wanted = parse_uri(text) if text else None
    except StorageError:
        wanted = None  # half-typed addresses are no reason to refuse the dialog
    if wanted is None or (base and wanted.within(base) is None):
        return base
    for place in reversed(wanted.trail):
        if base and place.within(base) is None:
            break
        try:
            if objects.stat(request.user, place).is_folder:
                return place
        except StorageError:
            continue
    return base


def _context(request, place, base, error: str) -> dict:
    options = {name: request.GET.get(name, "") for name in PASSED_ON}
    context = {
        "place": place,
        "base": base,
        "error": error,
        "kind": "file" if options["kind"] == "file" else "folder",
        "suffix": options["suffix"],
        "query": request.GET.get("q", ""),
        "url": f"{reverse('storage:picker')}?{urlencode(options)}",
    }
    if place is None:
        if not (options["base"] and error):
            home_bucket(request.user)
            context["buckets"] = Bucket.objects.visible_to(request.user).select_related("owner").distinct()
        return context
    offset = request.GET.get("offset", "")
    context["listing"] = arrange(
        objects.list_folder(request.user, place),
        context["query"],
        offset=int(offset) if offset.isascii() and offset.isdecimal() else 0,
    )
    context["writable"] = Bucket.objects.get(name=place.bucket).writable_by(request.user)
    context["trail"] = [step for step in place.trail if base is None or step.within(base) is not None]
    return context
