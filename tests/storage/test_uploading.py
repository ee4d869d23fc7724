import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

UPLOAD = "/storage/-/upload/"
JSON = {"accept": "application/json"}


def stored(directory):
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*.*")}


@pytest.fixture
def zip_file():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("p/train.py", "print()")
    return SimpleUploadedFile("p.zip", file.getvalue())


def test_a_plain_form_uploads_files_and_comes_back(signed_in, bucket_dir):
    files = [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")]
    response = signed_in.post(UPLOAD, {"uri": "obs://lab/in/", "files": files}, follow=True)
    assert response.redirect_chain == [("/storage/lab/in/", 302)]
    assert "2 files stored" in response.content.decode()
    assert stored(bucket_dir) == {"in/a.txt": b"a", "in/b.txt": b"b"}


def test_a_whole_folder_keeps_its_paths(signed_in, bucket_dir):
    files = [SimpleUploadedFile("train.py", b"1"), SimpleUploadedFile("train.py", b"2")]
    data = {"uri": "obs://lab/", "files": files, "paths": ["code/train.py", "code/old/train.py"]}
    assert signed_in.post(UPLOAD, data, headers=JSON).json() == {"stored": 2}
    assert stored(bucket_dir) == {"code/train.py": b"1", "code/old/train.py": b"2"}


def test_a_zip_chosen_for_unpacking_is_unpacked(signed_in, bucket_dir, zip_file):
    data = {"uri": "obs://lab/", "archive": zip_file}
    assert signed_in.post(UPLOAD, data, headers=JSON).json() == {"stored": 1}
    assert stored(bucket_dir) == {"p/train.py": b"print()"}


def test_a_zip_among_the_files_stays_a_file(signed_in, bucket_dir, zip_file):
    signed_in.post(UPLOAD, {"uri": "obs://lab/", "files": [zip_file]})
    assert list(stored(bucket_dir)) == ["p.zip"]


@pytest.mark.parametrize("path", ["../out.txt", "/etc/out.txt", "a/../../out.txt", "", "a\0b"])
def test_a_forged_path_is_refused_in_words(signed_in, bucket_dir, path, tmp_path):
    data = {"uri": "obs://lab/", "files": [SimpleUploadedFile("x.txt", b"x")], "paths": [path]}
    response = signed_in.post(UPLOAD, data, headers=JSON)
    assert response.status_code == 400
    assert response.json()["error"]
    assert not list(tmp_path.rglob("out.txt"))
    assert stored(bucket_dir) == {}


def test_paths_that_do_not_fit_the_files_are_refused(signed_in, bucket_dir):
    data = {"uri": "obs://lab/", "files": [SimpleUploadedFile("x.txt", b"x")], "paths": ["a", "b"]}
    assert signed_in.post(UPLOAD, data, headers=JSON).status_code == 400


def test_nothing_chosen_is_said(signed_in, bucket_dir):
    page = signed_in.post(UPLOAD, {"uri": "obs://lab/"}, follow=True).content.decode()
    assert "No file was chosen." in page


def test_a_stranger_uploads_nothing(client, stranger, bucket_dir):
    client.force_login(stranger)
    data = {"uri": "obs://lab/", "files": [SimpleUploadedFile("x.txt", b"x")]}
    assert "cannot change the bucket" in client.post(UPLOAD, data, headers=JSON).json()["error"]
    assert stored(bucket_dir) == {}
