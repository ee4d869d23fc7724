from django.urls import path, register_converter
from django.urls.converters import StringConverter

from storage.views import browsing, changing, picking


class ObjectPathConverter(StringConverter):
    """A path inside a bucket, which may be empty."""

    regex = ".*"


register_converter(ObjectPathConverter, "object")

app_name = "storage"
# No bucket's name begins with a hyphen, so "-/" is free for everything that is not a bucket.
urlpatterns = [
    path("", browsing.buckets, name="buckets"),
    path("-/buckets/create/", changing.create_bucket, name="create_bucket"),
    path("-/buckets/delete/", changing.delete_bucket, name="delete_bucket"),
    path("-/folders/create/", changing.create_folder, name="create_folder"),
    path("-/upload/", changing.upload, name="upload"),
    path("-/delete/", changing.delete, name="delete"),
    path("-/download/<str:bucket>/<object:path>", browsing.download, name="download"),
    path("-/picker/", picking.picker, name="picker"),
    path("<str:bucket>/", browsing.browse, name="browse"),
    path("<str:bucket>/<object:path>", browsing.browse, name="browse"),
]
