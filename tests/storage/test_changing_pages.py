import pytest

from storage import objects
from storage.models import Bucket

DELETE = "/storage/-/delete/"


def test_a_bucket_is_created_and_opened(signed_in, owner):
    response = signed_in.post("/storage/-/buckets/create/", {"name": "vision"}, follow=True)
    assert response.redirect_chain[-1][0] == "/storage/vision/"
    assert Bucket.objects.get(name="vision").owner == owner


def test_a_bad_bucket_name_is_explained(signed_in):
    page = signed_in.post("/storage/-/buckets/create/", {"name": "No"}, follow=True).content.decode()
    assert "Use 3 to 63 lower-case letters" in page


def test_a_folder_is_created_and_opened(signed_in, bucket):
    data = {"uri": "obs://lab/", "name": "new"}
    response = signed_in.post("/storage/-/folders/create/", data, follow=True)
    assert response.redirect_chain == [("/storage/lab/new/", 302)]
    assert "This folder is empty" in response.content.decode()


def test_deleting_first_names_what_goes(signed_in, put, owner):
    put("data/a.txt", b"1234")
    put("data/sub/b.txt", b"1")
    put("notes.md")
    page = signed_in.post(DELETE, {"uri": "obs://lab/", "names": ["data", "notes.md"]}).content.decode()
    assert "Delete 2 entries?" in page
    assert "2 files and 1 folder, 5" in page
    assert "notes.md" in page
    assert objects.exists(owner, "obs://lab/data/a.txt")


def test_confirmed_it_deletes_exactly_that(signed_in, put, owner):
    put("data/a.txt")
    put("data2/a.txt")
    signed_in.post(DELETE, {"uri": "obs://lab/", "names": ["data"], "confirmed": "1"})
    assert [entry.name for entry in objects.list_folder(owner, "obs://lab/")] == ["data2"]


def test_a_row_s_own_button_leaves_ticked_rows_alone(signed_in, put, owner):
    put("a.txt")
    put("b.txt")
    data = {"uri": "obs://lab/", "names": ["a.txt"], "only": "b.txt"}
    page = signed_in.post(DELETE, data).content.decode()
    assert "Delete b.txt?" in page
    assert 'name="names" value="a.txt"' not in page


@pytest.mark.parametrize("name", ["..", "../lab", "none", "", "a/../.."])
def test_names_that_are_not_there_are_refused(signed_in, put, owner, name):
    put("a.txt")
    for confirmed in ({}, {"confirmed": "1"}):
        response = signed_in.post(DELETE, {"uri": "obs://lab/", "names": [name], **confirmed}, follow=True)
        assert 'role="alert"' in response.content.decode()
    assert objects.exists(owner, "obs://lab/a.txt")


def test_a_bucket_is_deleted_by_its_owner_only(signed_in, client, bucket, stranger):
    client.force_login(stranger)
    client.post("/storage/-/buckets/delete/", {"name": "lab"})
    assert Bucket.objects.filter(name="lab").exists()
    client.force_login(bucket.owner)
    client.post("/storage/-/buckets/delete/", {"name": "lab"})
    assert not Bucket.objects.filter(name="lab").exists()


def test_nothing_changes_by_get(signed_in, put):
    put("a.txt")
    for part in ("buckets/create", "buckets/delete", "folders/create", "upload", "delete"):
        assert signed_in.get(f"/storage/-/{part}/").status_code == 405
