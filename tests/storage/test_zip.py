import contextlib
import io
import os
import stat
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import archive, objects
from storage.archive import ZIP_LIMITS, unpack
from storage.objects import StorageError
from storage.store import INCOMING


def packed(*members, method=zipfile.ZIP_DEFLATED):
    """A .zip file of (name or ZipInfo, bytes) members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, data in members:
            made.writestr(name, data)
    file.seek(0)
    return file


def member(name, mode):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def everything(directory):
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*"))


@pytest.fixture
def refused(owner, put, bucket_dir, settings):
    """`refused(file, words)`: the upload fails saying so, and the bucket is as it was."""

    def check(file, words):
        put("here.txt", b"here")
        with pytest.raises(StorageError, match=words) as problem:
            objects.upload_zip(owner, "obs://lab/", file)
        assert problem.value.remedy
        assert everything(bucket_dir) == ["here.txt"]
        assert not list((settings.BUCKETS_DIR / INCOMING).iterdir())
        assert everything(settings.BUCKETS_DIR) == [INCOMING, "lab", "lab/here.txt"]

    return check


def test_a_zip_is_unpacked_with_its_folders(owner, bucket_dir):
    found = objects.upload_zip(
        owner, "obs://lab/code/", packed(("train.py", "a"), ("lib/", ""), ("lib/m.py", "bc"), ("empty/", ""))
    )
    assert (found.files, found.folders, found.size) == (2, 2, 3)
    assert everything(bucket_dir) == ["code", "code/empty", "code/lib", "code/lib/m.py", "code/train.py"]


def test_a_single_top_folder_is_kept(owner, bucket_dir):
    objects.upload_zip(owner, "obs://lab/", packed(("project/train.py", "a"), ("project/x/y.py", "b")))
    assert everything(bucket_dir) == ["project", "project/train.py", "project/x", "project/x/y.py"]


def test_unpacking_merges_with_what_is_there(owner, put, bucket_dir):
    put("project/train.py", b"old")
    put("project/data.csv", b"kept")
    objects.upload_zip(owner, "obs://lab/", packed(("project/train.py", "new")))
    assert (bucket_dir / "project/train.py").read_bytes() == b"new"
    assert (bucket_dir / "project/data.csv").read_bytes() == b"kept"


def test_what_macos_adds_is_left_out(owner, bucket_dir):
    objects.upload_zip(
        owner, "obs://lab/", packed(("a.py", "a"), ("__MACOSX/._a.py", "x"), (".DS_Store", "x"))
    )
    assert everything(bucket_dir) == ["a.py"]


def test_an_executable_stays_executable(owner, bucket_dir):
    objects.upload_zip(owner, "obs://lab/", packed((member("run.sh", stat.S_IFREG | 0o755), "#!/bin/sh")))
    assert os.access(bucket_dir / "run.sh", os.X_OK)


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "/etc/x", "//x", "a//x", "C:/x", "a\\..\\x", "./x", "a/.\u202e/x"]
)
def test_paths_that_climb_or_are_absolute_are_refused(refused, name):
    refused(packed(("good.txt", "x"), (name, "x")), "zip file")


def test_a_name_with_nul_is_refused(refused):
    data = packed(("aXb.txt", "x")).getvalue().replace(b"aXb", b"a\0b")
    refused(io.BytesIO(data), "NUL")


def test_links_and_special_files_are_refused(refused):
    refused(packed(("good.txt", "x"), (member("link", stat.S_IFLNK | 0o777), "/etc/passwd")), "is a link")


def test_a_device_is_refused(refused):
    refused(packed((member("null", stat.S_IFCHR | 0o666), "")), "special file")


def test_encrypted_files_are_refused(refused):
    data = bytearray(packed(("secret.txt", "x" * 50)).getvalue())
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    data[6] |= 1
    refused(io.BytesIO(bytes(data)), "encrypted")


def test_a_bomb_is_refused_by_its_ratio_before_anything_is_written(refused):
    refused(packed(("zeros.bin", bytes(archive.RATIO_MATTERS_FROM + 1))), "200 times")


def test_a_total_above_five_gigabytes_is_refused(refused):
    data = bytearray(packed(("a", b"a"), ("b", b"b"), method=zipfile.ZIP_STORED).getvalue())
    first = data.index(b"PK\x01\x02")
    for entry in (first, data.index(b"PK\x01\x02", first + 4)):
        data[entry + 24 : entry + 28] = struct.pack("<I", 2**32 - 2)
    refused(io.BytesIO(bytes(data)), r"unpacks to 8\.0")


def test_a_file_longer_than_announced_is_refused(refused):
    data = bytearray(packed(("a.txt", b"x" * 5000)).getvalue())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.index(signature)
        data[at + offset : at + offset + 4] = struct.pack("<I", 10)
    refused(io.BytesIO(bytes(data)), "sound .zip file|longer")


def test_too_many_files_are_refused(refused):
    refused(
        packed(*((f"{number}", b"") for number in range(ZIP_LIMITS.entries + 1))), "10,001 files and folders"
    )


def test_too_many_levels_are_refused(refused):
    refused(packed(("d/" * 32 + "file", b"")), "33 levels")


def test_folders_that_no_entry_names_count_too(tmp_path):
    with pytest.raises(StorageError, match="3 files and folders"):
        unpack(packed(("a/b/c", b"")), tmp_path / "new", archive.Limits(2, 100, 32))


@pytest.mark.parametrize("names", [("a", "a"), ("a", "a/b"), ("a/b", "a")])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_clash_are_refused(refused, names):
    refused(packed(*((name, b"x") for name in names)), "twice|file and a folder")


def test_a_clash_with_what_is_there_is_found_before_anything_moves(refused):
    refused(packed(("a.txt", b""), ("here.txt/inside", b"")), "there is a file of that name")


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 10, b"PK\x03\x04" * 100])
def test_what_is_no_zip_is_refused(refused, data):
    refused(io.BytesIO(data), "not a sound .zip file")


def test_a_damaged_file_is_refused(refused):
    data = bytearray(packed(("a.txt", os.urandom(5000)), method=zipfile.ZIP_STORED).getvalue())
    data[1000] ^= 255
    refused(io.BytesIO(bytes(data)), "not a sound .zip file")


def test_a_forged_table_of_contents_is_not_read_into_memory(refused, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_READ", 70_000)
    refused(packed(*((f"{number:0200}", b"") for number in range(400))), "table of contents is too long")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_flipped_bytes_never_escape_nor_crash(tmp_path_factory, data):
    whole = bytearray(packed(("a/b.txt", b"hello"), ("c.txt", b"x" * 300)).getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    top = tmp_path_factory.mktemp("zip")
    with contextlib.suppress(StorageError):
        unpack(io.BytesIO(bytes(whole)), top / "inside")
    assert everything(top)[0] == "inside"
    assert len(list(top.iterdir())) == 1
