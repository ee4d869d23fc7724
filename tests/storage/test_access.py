import io

import pytest
from django.contrib.auth.models import Group

from storage import objects
from storage.buckets import create_bucket, delete_bucket, home_bucket
from storage.models import Bucket
from storage.objects import StorageError


def test_a_stranger_neither_sees_nor_changes_a_bucket(stranger, put):
    place = put("code/train.py")
    assert not objects.exists(stranger, place)
    for attempt in (
        lambda: objects.stat(stranger, place),
        lambda: objects.list_folder(stranger, "obs://lab/"),
        lambda: objects.open_file(stranger, place),
        lambda: objects.upload(stranger, "obs://lab/", "x", io.BytesIO(b"")),
        lambda: objects.create_folder(stranger, "obs://lab/x/"),
        lambda: objects.delete(stranger, place),
        lambda: delete_bucket(stranger, "lab"),
    ):
        with pytest.raises(StorageError, match="bucket lab"):
            attempt()


def test_a_team_mate_reads_but_does_not_change(owner, stranger, put):
    place = put("train.py", b"print()")
    team = Group.objects.create(name="vision")
    owner.groups.add(team)
    stranger.groups.add(team)
    with objects.open_file(stranger, place) as file:
        assert file.read() == b"print()"
    with pytest.raises(StorageError, match="cannot change"):
        objects.delete(stranger, place)


def test_everybody_reads_the_examples_and_nobody_changes_them(stranger, admin_user):
    assert [entry.name for entry in objects.list_folder(stranger, "obs://examples/")] == ["train.py"]
    for user in (stranger, admin_user):
        with pytest.raises(StorageError, match="cannot change"):
            objects.delete(user, "obs://examples/train.py")
    assert objects.exists(stranger, "obs://examples/train.py")


def test_everybody_gets_one_bucket_to_start_with(django_user_model):
    user = django_user_model.objects.create(username="J.Doe+Lab@example.org")
    assert home_bucket(user).name == "j-doe-lab-example-org"
    assert home_bucket(user) == home_bucket(user)


def test_users_whose_names_look_alike_get_buckets_of_their_own(django_user_model):
    users = [django_user_model.objects.create(username=name) for name in ("A.B", "a-b", "a_b")]
    assert len({home_bucket(user).name for user in users}) == 3


def test_a_name_is_given_once(owner, stranger, bucket):
    with pytest.raises(StorageError, match="already"):
        create_bucket(stranger, "lab")


@pytest.mark.parametrize(
    "name", ["", "ab", "Lab", "../lab", ".incoming", "-", "lab/x", "lab_1", "a" * 64, "lab\n"]
)
def test_bad_bucket_names_are_refused(owner, name):
    with pytest.raises(StorageError, match=r"3 to 63|blank|at most 63"):
        create_bucket(owner, name)


def test_files_of_a_removed_user_never_reach_the_next_owner_of_the_name(owner, stranger, put):
    put("secret.txt")
    owner.delete()
    assert not Bucket.objects.filter(name="lab").exists()
    with pytest.raises(StorageError, match="former bucket"):
        create_bucket(stranger, "lab")


def test_deleting_a_bucket_deletes_its_files_and_frees_its_name(owner, stranger, put, bucket_dir):
    put("a/b.txt")
    delete_bucket(owner, "lab")
    assert not bucket_dir.exists()
    assert create_bucket(stranger, "lab").owner == stranger
