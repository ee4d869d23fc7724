import io
import os

import pytest

from storage import objects
from storage.objects import StorageError
from storage.store import INCOMING


def test_an_uploaded_file_is_read_back_byte_for_byte(owner, put):
    data = bytes(range(256)) * 1000
    with objects.open_file(owner, put("deep/down/data.bin", data)) as file:
        assert file.read() == data


def test_a_folder_lists_folders_first_then_files_by_name(owner, put):
    for path in ("b.txt", "a.txt", "z/x.txt", "c/y.txt"):
        put(path)
    assert [entry.path.path for entry in objects.list_folder(owner, "obs://lab/")] == [
        "c",
        "z",
        "a.txt",
        "b.txt",
    ]


def test_a_second_upload_replaces_the_file(owner, put):
    put("a.txt", b"old")
    with objects.open_file(owner, put("a.txt", b"new")) as file:
        assert file.read() == b"new"


def test_an_upload_that_breaks_off_changes_nothing(owner, put, settings):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError("connection lost")
            return super().read(10)

    put("a.txt", b"old")
    with pytest.raises(StorageError, match=r"a\.txt"):
        objects.upload(owner, "obs://lab/", "a.txt", Broken(b"n" * 100))
    with objects.open_file(owner, "obs://lab/a.txt") as file:
        assert file.read() == b"old"
    assert not list((settings.BUCKETS_DIR / INCOMING).iterdir())


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "a//b", "", ".", "a\0", "a\\b", "x/"])
def test_hostile_names_of_uploads_are_refused(owner, bucket, name, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(StorageError):
        objects.upload(owner, "obs://lab/", name, io.BytesIO(b"x"))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_does_not_replace_a_folder_nor_stand_in_a_path(owner, put):
    put("a/b.txt")
    with pytest.raises(StorageError, match="is a folder"):
        put("a")
    with pytest.raises(StorageError, match="belongs to a file"):
        put("a/b.txt/c.txt")


def test_a_folder_is_created_once_and_deleted_with_what_it_holds(owner, bucket):
    objects.create_folder(owner, "obs://lab/a/b/")
    with pytest.raises(StorageError, match="exists already"):
        objects.create_folder(owner, "obs://lab/a/b/")
    objects.upload(owner, "obs://lab/a/b/", "c.txt", io.BytesIO(b"c"))
    objects.delete(owner, "obs://lab/a/")
    assert objects.list_folder(owner, "obs://lab/") == []


def test_what_is_missing_is_named(owner, bucket):
    for attempt in (objects.stat, objects.open_file, objects.list_folder, objects.delete):
        with pytest.raises(StorageError, match="obs://lab/none/x"):
            attempt(owner, "obs://lab/none/x")


def test_a_folder_is_asked_for_with_a_slash(owner, put):
    put("a/b.txt")
    assert objects.exists(owner, "obs://lab/a/")
    assert objects.exists(owner, "obs://lab/a")
    assert not objects.exists(owner, "obs://lab/a/b.txt/")


def test_links_that_lead_out_are_listed_but_neither_read_nor_written_through(owner, bucket_dir, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (bucket_dir / "folder").symlink_to(outside)
    (bucket_dir / "file").symlink_to(outside / "secret.txt")
    (bucket_dir / "up").symlink_to("..")
    (bucket_dir / "broken").symlink_to("nowhere")
    listed = objects.list_folder(owner, "obs://lab/")
    assert {entry.name for entry in listed} == {"folder", "file", "up", "broken"}
    assert not any(entry.readable for entry in listed)
    for attempt in (
        lambda: objects.open_file(owner, "obs://lab/file"),
        lambda: objects.open_file(owner, "obs://lab/folder/secret.txt"),
        lambda: objects.list_folder(owner, "obs://lab/folder/"),
        lambda: objects.list_folder(owner, "obs://lab/up/"),
        lambda: objects.upload(owner, "obs://lab/folder/", "new.txt", io.BytesIO(b"x")),
        lambda: objects.create_folder(owner, "obs://lab/folder/new/"),
        lambda: objects.delete(owner, "obs://lab/folder/secret.txt"),
        lambda: objects.fetch_folder(owner, "obs://lab/", tmp_path / "fetched"),
    ):
        with pytest.raises(StorageError):
            attempt()
    assert [path.name for path in outside.iterdir()] == ["secret.txt"]
    assert not (tmp_path / "fetched").exists()


def test_deleting_a_link_leaves_what_it_points_to(owner, bucket_dir, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").touch()
    (bucket_dir / "folder").symlink_to(outside)
    objects.delete(owner, "obs://lab/folder")
    assert (outside / "kept.txt").exists()
    assert not (bucket_dir / "folder").is_symlink()


def test_a_named_pipe_is_not_opened(owner, bucket_dir):
    os.mkfifo(bucket_dir / "pipe")
    with pytest.raises(StorageError, match="not a file"):
        objects.open_file(owner, "obs://lab/pipe")


def test_names_that_are_no_text_do_not_break_a_listing(owner, bucket_dir):
    (bucket_dir / os.fsdecode(b"caf\xe9.txt")).touch()
    (entry,) = objects.list_folder(owner, "obs://lab/")
    assert entry.name == "caf?.txt"
    assert not entry.readable
