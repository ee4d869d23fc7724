"""Changing: buckets, folders, uploads, deletions. Plain forms get redirects, scripts get JSON."""

from dataclasses import dataclass
from functools import wraps
from itertools import islice

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from storage import buckets, objects
from storage.folders import Summary, walk
from storage.templatetags.storage import object_url
from storage.uri import ObjectPath, StorageError

MOST_COUNTED = 10_000
"""Entries counted in a folder that is to be deleted."""


def explained(view):
    """A POST view whose StorageError is told to the person where they are."""

    @require_POST
    @wraps(view)
    def wrapped(request):
        try:
            return view(request)
        except StorageError as problem:
            if _wants_json(request):
                return JsonResponse({"error": str(problem)}, status=400)
            messages.error(request, str(problem))
            return redirect(object_url(request.POST.get("uri", "")) or "storage:buckets")

    return wrapped


@explained
def create_bucket(request):
    """Create a bucket and open it."""
    bucket = buckets.create_bucket(request.user, request.POST.get("name", "").strip())
    messages.success(request, f"Bucket {bucket} created.")
    return redirect("storage:browse", bucket.name)


@explained
def delete_bucket(request):
    """Delete a bucket with all its files; the page asked for its name."""
    name = request.POST.get("name", "")
    if request.POST.get("typed", name) != name:
        raise StorageError("The name typed is not the bucket's.", "Type it exactly to delete the bucket.")
    buckets.delete_bucket(request.user, name)
    messages.success(request, f"Bucket {name} deleted.")
    return redirect("storage:buckets")


@explained
def create_folder(request):
    """Create a folder in a folder and open it."""
    place = objects.parse_uri(request.POST.get("uri", "")).folder
    created = objects.create_folder(request.user, place.child(request.POST.get("name", "").strip()))
    return redirect(object_url(created))


@explained
def upload(request):
    """Store `files` (for whole folders with their relative `paths`) and unpack `archive` files."""
    place = objects.parse_uri(request.POST.get("uri", "")).folder
    files = request.FILES.getlist("files")
    archives = request.FILES.getlist("archive")
    paths = request.POST.getlist("paths") or [file.name for file in files]
    if len(paths) != len(files):
        raise StorageError("The upload arrived incomplete.", "Try again.")
    if not files and not archives:
        raise StorageError("No file was chosen.", "Choose files or a .zip file to upload.")
    for path, file in zip(paths, files, strict=True):
        objects.upload(request.user, place, path, file)
    unpacked = sum(objects.upload_zip(request.user, place, archive).files for archive in archives)
    count = len(files) + unpacked
    if _wants_json(request):
        return JsonResponse({"stored": count})
    messages.success(request, f"{count:,} file{'' if count == 1 else 's'} stored in {place}.")
    return redirect(object_url(place))


@dataclass(frozen=True)
class Doomed:
    """One thing to be deleted, with what it holds if it is a folder."""

    entry: objects.Entry
    holds: Summary | None = None
    is_more: bool = False


@explained
def delete(request):
    """Show what would be deleted; with `confirmed`, delete it."""
    place = objects.parse_uri(request.POST.get("uri", "")).folder
    names = request.POST.getlist("only") or request.POST.getlist("names")  # one row's button, or the ticks
    if not names:
        raise StorageError("Nothing was chosen.", "Tick the files and folders to delete.")
    if request.POST.get("confirmed"):
        for name in names:
            objects.delete(request.user, place.child(name))
        messages.success(request, f"{names[0] if len(names) == 1 else f'{len(names):,} entries'} deleted.")
        return redirect(object_url(place))
    doomed = [describe(request.user, place.child(name)) for name in names]
    template = "storage/_delete.html" if request.htmx else "storage/delete.html"
    return render(request, template, {"place": place, "doomed": doomed, "names": names})


def describe(user, target: ObjectPath) -> Doomed:
    """What deleting the file or folder takes away. Raises StorageError, also where the user may not."""
    store = objects.writable(user, target)
    listed = {entry.path.path: entry for entry in store.list(target.parent.path)}
    entry = listed.get(target.path)
    if entry is None:
        raise objects.NothingThere(target)
    if not entry.is_folder:
        return Doomed(entry)
    holds = Summary()
    try:
        for relative, inner in islice(walk(store, target.path), MOST_COUNTED):
            holds.add(relative, None if inner.is_folder else inner.size or 0)
    except StorageError:
        return Doomed(entry)  # a link in it leads nowhere; it can be deleted all the same
    return Doomed(entry, holds, holds.entries >= MOST_COUNTED)


def _wants_json(request) -> bool:
    return request.accepts("application/json") and not request.accepts("text/html")
