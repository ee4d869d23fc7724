import re

import pytest

from storage.listing import PAGE_SIZE


def names(response):
    return re.findall(r'data-name="([^"]*)"', response.content.decode())


@pytest.fixture
def folder(put):
    put("data/b.bin", b"12")
    put("data/A.txt", b"1")
    put("data/c.txt", b"123")
    put("data/sub/x", b"")


def test_the_first_visit_makes_a_bucket(client, stranger):
    client.force_login(stranger)
    page = client.get("/storage/").content.decode()
    assert 'data-bucket="bob"' in page
    assert 'data-bucket="examples"' in page


def test_a_folder_shows_its_entries_with_a_path_to_go_back(signed_in, folder):
    response = signed_in.get("/storage/lab/data/")
    assert names(response) == ["sub", "A.txt", "b.bin", "c.txt"]
    page = response.content.decode()
    assert '<a href="/storage/lab/">lab</a>' in page
    assert 'data-copy="obs://lab/data/"' in page


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("-name", ["sub", "c.txt", "b.bin", "A.txt"]),
        ("size", ["sub", "A.txt", "b.bin", "c.txt"]),
        ("-size", ["sub", "c.txt", "b.bin", "A.txt"]),
        ("nonsense", ["sub", "A.txt", "b.bin", "c.txt"]),
    ],
)
def test_entries_are_sorted_with_folders_first(signed_in, folder, sort, order):
    assert names(signed_in.get("/storage/lab/data/", {"sort": sort})) == order


def test_the_filter_keeps_names_that_contain_it(signed_in, folder):
    assert names(signed_in.get("/storage/lab/data/", {"q": "TXT"})) == ["A.txt", "c.txt"]
    assert "Nothing matches" in signed_in.get("/storage/lab/data/", {"q": "zzz"}).content.decode()


def test_ten_thousand_entries_come_in_parts(signed_in, bucket_dir):
    (bucket_dir / "many").mkdir()
    for number in range(10_000):
        (bucket_dir / "many" / f"{number:05}").touch()
    first = signed_in.get("/storage/lab/many/")
    assert names(first) == [f"{number:05}" for number in range(PAGE_SIZE)]
    assert "Show more (9500 left)" in first.content.decode()
    headers = {"HX-Request": "true", "HX-Target": "more"}
    last = signed_in.get("/storage/lab/many/", {"offset": "9600"}, headers=headers)
    assert names(last) == [f"{number:05}" for number in range(9_600, 10_000)]
    assert "Show more" not in last.content.decode()
    assert "<html" not in last.content.decode()


def test_names_are_escaped_in_pages_and_addresses(signed_in, put):
    put("<b>&\"quote' #1?.txt")
    page = signed_in.get("/storage/lab/").content.decode()
    assert "<b>&" not in page
    address = (
        re.search(r'data-href="(/storage/lab/[^"]+)"', page)
        .group(1)
        .replace("&amp;", "&")
        .replace("&#x27;", "'")
    )
    assert signed_in.get(address).status_code == 200


@pytest.mark.parametrize(
    "path", ["lab/../examples/", "lab/%2e%2e/x", "lab/a%00b", "nobody/", "lab/none", "-/x", "lab//"]
)
def test_addresses_that_lead_nowhere_answer_404_in_words(signed_in, bucket, path):
    response = signed_in.get(f"/storage/{path}")
    assert response.status_code == 404
    assert "Traceback" not in response.content.decode()


def test_a_stranger_gets_404_and_nothing_else(client, stranger, put):
    put("secret.txt", b"hunter2")
    client.force_login(stranger)
    for address in ("/storage/lab/", "/storage/lab/secret.txt", "/storage/-/download/lab/secret.txt"):
        response = client.get(address)
        assert response.status_code == 404
        assert "hunter2" not in response.content.decode()


def test_pages_need_a_signed_in_user(client, put):
    put("a.txt")
    for address in ("/storage/", "/storage/lab/", "/storage/-/picker/", "/storage/-/download/lab/a.txt"):
        assert client.get(address).status_code == 302


def test_the_readers_of_a_read_only_bucket_get_no_buttons_to_change_it(signed_in):
    page = signed_in.get("/storage/examples/").content.decode()
    assert "Read-only" in page
    assert "/storage/-/upload/" not in page
    assert "/storage/-/delete/" not in page
