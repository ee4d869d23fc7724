"""Looking: the buckets, a folder's entries, a file's text, a download."""

from django.http import FileResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storage import objects
from storage.buckets import home_bucket
from storage.listing import arrange
from storage.models import Bucket
from storage.preview import preview
from storage.uri import SCHEME, ObjectPath, StorageError


@require_safe
def buckets(request):
    """The list of buckets; who has none gets one."""
    error = ""
    try:
        home_bucket(request.user)
    except StorageError as problem:
        error = str(problem)
    rows = Bucket.objects.visible_to(request.user).select_related("owner").distinct()
    listed = [{"bucket": bucket, "writable": bucket.writable_by(request.user)} for bucket in rows]
    return render(request, "storage/buckets.html", {"rows": listed, "error": error})


@require_safe
def browse(request, bucket: str, path: str = ""):
    """A folder's listing or a file's preview."""
    try:
        place = objects.parse_uri(f"{SCHEME}{bucket}/{path}")
        entry = objects.stat(request.user, place)
        if entry.is_folder:
            return _folder(request, entry.path)
        return _file(request, entry)
    except StorageError as problem:
        return render(request, "storage/unavailable.html", {"problem": problem}, status=404)


def _folder(request, place: ObjectPath):
    offset = request.GET.get("offset", "")
    listing = arrange(
        objects.list_folder(request.user, place),
        request.GET.get("q", ""),
        request.GET.get("sort", "name"),
        int(offset) if offset.isascii() and offset.isdecimal() else 0,
    )
    context = {
        "place": place,
        "listing": listing,
        "query": request.GET.get("q", ""),
        "writable": Bucket.objects.get(name=place.bucket).writable_by(request.user),
    }
    fragments = {"listing": "storage/_listing.html", "more": "storage/_rows.html"}
    template = fragments.get(request.htmx.target or "", "storage/browse.html")
    response = render(request, template, context)
    response["Vary"] = "HX-Request, HX-Target"
    return response


def _file(request, entry):
    with objects.open_file(request.user, entry.path) as file:
        shown = preview(file, entry.size)
    context = {
        "place": entry.path,
        "entry": entry,
        "preview": shown,
        "writable": Bucket.objects.get(name=entry.path.bucket).writable_by(request.user),
    }
    return render(request, "storage/file.html", context)


@require_safe
def download(request, bucket: str, path: str):
    """A file as an attachment, which no browser runs or shows on this site."""
    try:
        entry = objects.stat(request.user, f"{SCHEME}{bucket}/{path}")
        file = objects.open_file(request.user, entry.path)
    except StorageError as problem:
        return render(request, "storage/unavailable.html", {"problem": problem}, status=404)
    response = FileResponse(
        file, as_attachment=True, filename=entry.name, content_type="application/octet-stream"
    )
    response["Content-Length"] = entry.size
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Encoding"] = "identity"  # else GZipMiddleware would pack gigabytes and drop the length
    return response
