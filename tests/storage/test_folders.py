import io

import pytest

from storage import objects
from storage.objects import CODE_LIMITS, Limits, StorageError


def test_a_fetched_folder_equals_the_stored_one(owner, put, tmp_path):
    put("code/train.py", b"import model")
    put("code/lib/model.py", b"x = 1")
    put("other.txt")
    found = objects.fetch_folder(owner, "obs://lab/code/", tmp_path / "work" / "code")
    assert (found.files, found.folders, found.size, found.levels) == (2, 1, 17, 2)
    fetched = sorted(path.relative_to(tmp_path / "work") for path in (tmp_path / "work").rglob("*"))
    assert [str(path) for path in fetched] == ["code", "code/lib", "code/lib/model.py", "code/train.py"]
    assert (tmp_path / "work/code/lib/model.py").read_bytes() == b"x = 1"


def test_a_thousand_files_and_folders_pass_and_one_more_is_counted(owner, bucket_dir, tmp_path):
    (bucket_dir / "code").mkdir()
    for number in range(1_000):
        (bucket_dir / "code" / f"{number}.txt").touch()
    assert objects.check_folder(owner, "obs://lab/code/").entries == 1_000
    (bucket_dir / "code" / "sub").mkdir()
    with pytest.raises(
        StorageError, match="holds 1,001 files and folders; a code directory holds at most 1,000"
    ):
        objects.fetch_folder(owner, "obs://lab/code/", tmp_path / "code")
    assert not (tmp_path / "code").exists()


def test_five_gigabytes_pass_and_one_byte_more_is_named(owner, bucket_dir, tmp_path):
    (bucket_dir / "code").mkdir()
    with (bucket_dir / "code" / "sparse.bin").open("wb") as file:
        file.truncate(CODE_LIMITS.size)
    objects.check_folder(owner, "obs://lab/code/")
    (bucket_dir / "code" / "more").write_bytes(b"x")
    with pytest.raises(StorageError, match=r"a code directory holds at most 5\.0\sGB"):
        objects.fetch_folder(owner, "obs://lab/code/", tmp_path / "code")


def test_thirty_two_levels_pass_and_the_next_is_named(owner, bucket_dir):
    deepest = bucket_dir / "code" / "/".join(["d"] * 31)
    deepest.mkdir(parents=True)
    (deepest / "file.txt").touch()
    assert objects.check_folder(owner, "obs://lab/code/").levels == 32
    (deepest / "e").mkdir()
    with pytest.raises(StorageError, match="is level 33 of the folder; at most 32"):
        objects.check_folder(owner, "obs://lab/code/")


def test_data_is_fetched_without_limits(owner, bucket_dir, tmp_path):
    for number in range(1_100):
        (bucket_dir / f"{number}.txt").touch()
    assert objects.fetch_folder(owner, "obs://lab/", tmp_path / "data", limits=None).files == 1_100


def test_other_limits_can_be_asked_for(owner, put):
    put("data/a.txt")
    put("data/b.txt")
    with pytest.raises(StorageError, match="a data set holds at most 1"):
        objects.check_folder(owner, "obs://lab/data/", Limits(1, 10, 2, "a data set"))


def test_a_link_to_a_folder_above_does_not_go_round_for_ever(owner, bucket_dir, tmp_path):
    (bucket_dir / "code").mkdir()
    (bucket_dir / "code" / "again").symlink_to("../code")
    with pytest.raises(StorageError, match="link to a folder it lies in"):
        objects.fetch_folder(owner, "obs://lab/code/", tmp_path / "code", limits=None)


def test_a_link_inside_the_bucket_is_fetched_as_what_it_points_to(owner, put, bucket_dir, tmp_path):
    put("shared/model.py", b"m")
    (bucket_dir / "code").mkdir()
    (bucket_dir / "code" / "model.py").symlink_to("../shared/model.py")
    objects.fetch_folder(owner, "obs://lab/code/", tmp_path / "code")
    assert (tmp_path / "code/model.py").read_bytes() == b"m"
    assert not (tmp_path / "code/model.py").is_symlink()


def test_a_local_folder_is_stored_with_its_empty_folders_and_replaces_files(owner, put, tmp_path):
    put("out/model.bin", b"old")
    local = tmp_path / "outputs"
    (local / "empty").mkdir(parents=True)
    (local / "model.bin").write_bytes(b"new")
    found = objects.store_folder(owner, local, "obs://lab/out/")
    assert (found.files, found.folders, found.skipped) == (1, 1, [])
    assert [entry.name for entry in objects.list_folder(owner, "obs://lab/out/")] == ["empty", "model.bin"]
    with objects.open_file(owner, "obs://lab/out/model.bin") as file:
        assert file.read() == b"new"


def test_a_script_cannot_carry_files_of_the_server_out_by_links(owner, bucket, tmp_path):
    (tmp_path / "secret.key").write_text("secret")
    local = tmp_path / "outputs"
    local.mkdir()
    (local / "key").symlink_to("../secret.key")
    (local / "all").symlink_to("..")
    (local / "bad\nname").touch()
    (local / "good.txt").touch()
    found = objects.store_folder(owner, local, "obs://lab/out/")
    assert sorted(found.skipped) == ["all", "bad\nname", "key"]
    assert [entry.name for entry in objects.list_folder(owner, "obs://lab/out/")] == ["good.txt"]


def test_an_upload_into_the_fetched_folder_does_not_change_the_copy(owner, put, tmp_path):
    put("code/train.py", b"1")
    objects.fetch_folder(owner, "obs://lab/code/", tmp_path / "code")
    objects.upload(owner, "obs://lab/code/", "train.py", io.BytesIO(b"2"))
    assert (tmp_path / "code/train.py").read_bytes() == b"1"
