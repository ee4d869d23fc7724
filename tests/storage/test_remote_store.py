"""The same face on a store that is no local directory, and on a shared one elsewhere."""

import io
import uuid
import zipfile

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from storage import objects
from storage.objects import StorageError


@pytest.fixture(params=["memory", "file"])
def url(request, settings, tmp_path):
    settings.OBJECT_STORE_URL = {
        "memory": f"memory://{uuid.uuid4().hex}",
        "file": f"file://{tmp_path}/shared",
    }[request.param]
    yield settings.OBJECT_STORE_URL
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


def test_files_go_round(url, owner, bucket, tmp_path):
    objects.upload(owner, "obs://lab/code/", "lib/m.py", io.BytesIO(b"m = 1"))
    objects.create_folder(owner, "obs://lab/code/empty/")
    assert [entry.name for entry in objects.list_folder(owner, "obs://lab/code/")] == ["empty", "lib"]
    assert objects.list_folder(owner, "obs://lab/code/empty/") == []
    objects.fetch_folder(owner, "obs://lab/code/", tmp_path / "code")
    assert (tmp_path / "code/lib/m.py").read_bytes() == b"m = 1"
    objects.store_folder(owner, tmp_path / "code", "obs://lab/copy/")
    with objects.open_file(owner, "obs://lab/copy/lib/m.py") as file:
        assert file.read() == b"m = 1"
    objects.delete(owner, "obs://lab/code/")
    assert not objects.exists(owner, "obs://lab/code/lib/m.py")
    assert [entry.name for entry in objects.list_folder(owner, "obs://lab/")] == ["copy"]


def test_a_zip_is_unpacked(url, owner, bucket):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("p/a.py", "a")
        made.writestr("p/q/", "")
    objects.upload_zip(owner, "obs://lab/", file)
    assert [entry.name for entry in objects.list_folder(owner, "obs://lab/p/")] == ["q", "a.py"]


def test_a_file_does_not_stand_in_a_path(url, owner, bucket):
    objects.upload(owner, "obs://lab/", "a", io.BytesIO(b"x"))
    for attempt in (
        lambda: objects.upload(owner, "obs://lab/", "a/b/c", io.BytesIO(b"x")),
        lambda: objects.create_folder(owner, "obs://lab/a/b/"),
    ):
        with pytest.raises(StorageError, match="belongs to a file"):
            attempt()


def test_the_examples_stay_where_they_are_shipped(url, owner):
    assert objects.exists(owner, "obs://examples/train.py")


def test_a_store_without_its_driver_says_what_to_install(owner, bucket, settings):
    settings.OBJECT_STORE_URL = "s3://bucket/prefix"
    try:
        import s3fs  # noqa: F401
    except ImportError:
        with pytest.raises(StorageError, match="install its fsspec driver"):
            objects.list_folder(owner, "obs://lab/")
    settings.OBJECT_STORE_URL = "nonsense://bucket"
    with pytest.raises(StorageError, match="OBJECT_STORE_URL"):
        objects.list_folder(owner, "obs://lab/")
