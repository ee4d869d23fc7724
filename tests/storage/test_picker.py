import pytest

PICKER = "/storage/-/picker/"


@pytest.fixture
def pick(signed_in):
    return lambda **query: signed_in.get(PICKER, query).content.decode()


@pytest.fixture
def code(put):
    put("code/train.py", b"print()")
    put("code/lib/model.py")
    put("code/readme.md")
    put("other/else.py")


def test_it_begins_with_the_buckets(pick, bucket):
    page = pick(kind="folder")
    assert "uri=obs://lab/" in page
    assert "uri=obs://examples/" in page


def test_who_has_no_bucket_gets_one(client, stranger):
    client.force_login(stranger)
    assert "uri=obs://bob/" in client.get(PICKER).content.decode()


def test_it_opens_where_the_field_already_points(pick, code):
    assert 'data-picker-place="obs://lab/code/"' in pick(kind="folder", uri="obs://lab/code/")
    assert 'data-picker-place="obs://lab/code/"' in pick(kind="file", uri="obs://lab/code/train.py")


def test_a_place_that_is_gone_opens_the_nearest_above(pick, code):
    assert 'data-picker-place="obs://lab/code/"' in pick(uri="obs://lab/code/gone/deep/")
    assert 'data-picker-place=""' in pick(uri="obs://nobody/x/")
    assert 'data-picker-place=""' in pick(uri="half typed")


def test_folders_are_chosen_for_folder_fields(pick, code):
    page = pick(kind="folder", uri="obs://lab/code/")
    assert 'data-picker-choose="obs://lab/code/lib/"' in page
    assert 'data-picker-choose="obs://lab/code/train.py"' not in page


def test_only_files_of_the_suffix_are_chosen_for_file_fields(pick, code):
    page = pick(kind="file", suffix=".py", uri="obs://lab/code/")
    assert 'data-picker-choose="obs://lab/code/train.py"' in page
    assert 'data-picker-choose="obs://lab/code/readme.md"' not in page
    assert 'data-picker-choose="obs://lab/code/lib/"' not in page
    assert "readme.md" in page


def test_with_a_base_nothing_outside_it_is_shown(pick, code):
    for uri in ("", "obs://lab/", "obs://lab/other/", "obs://lab/other/else.py"):
        page = pick(kind="file", base="obs://lab/code/", uri=uri)
        assert 'data-picker-place="obs://lab/code/"' in page
        assert "Buckets" not in page
    assert 'data-picker-place="obs://lab/code/lib/"' in pick(
        base="obs://lab/code", uri="obs://lab/code/lib/model.py"
    )


def test_a_base_that_is_no_folder_is_explained(pick, code):
    for base in ("obs://lab/none/", "obs://lab/code/train.py", "nonsense"):
        assert 'role="alert"' in pick(kind="file", base=base)


def test_a_folder_is_created_within(signed_in, code):
    address = f"{PICKER}?kind=folder&uri=obs://lab/code/"
    assert (
        'data-picker-place="obs://lab/code/new/"' in signed_in.post(address, {"name": "new"}).content.decode()
    )
    page = signed_in.post(address, {"name": "new"}).content.decode()
    assert "exists already" in page
    assert 'data-picker-place="obs://lab/code/"' in page


def test_the_filter_returns_rows_only(signed_in, code):
    page = signed_in.get(
        PICKER, {"kind": "file", "uri": "obs://lab/code/", "q": "read"},
        headers={"HX-Request": "true", "HX-Target": "picker-list"},
    ).content.decode()  # fmt: skip
    assert "readme.md" in page
    assert "train.py" not in page
    assert "picker-trail" not in page


def test_read_only_places_offer_no_upload(pick, bucket):
    assert "data-upload" not in pick(uri="obs://examples/")
    assert "data-upload" in pick(uri="obs://lab/")


def test_a_file_is_deleted_after_a_question(signed_in, code):
    address = f"{PICKER}?kind=folder&uri=obs://lab/code/"
    question = signed_in.post(address, {"delete": "train.py"}).content.decode()
    assert 'aria-label="Delete train.py?"' in question
    assert "train.py" in signed_in.get(address).content.decode()
    done = signed_in.post(address, {"delete": "train.py", "confirmed": "1"}).content.decode()
    assert "train.py" not in done
    assert 'data-picker-place="obs://lab/code/"' in done


def test_the_question_counts_what_goes_with_a_folder(signed_in, code):
    page = signed_in.post(f"{PICKER}?kind=folder&uri=obs://lab/", {"delete": "code"}).content.decode()
    assert "3 files and 1 folder" in page


def test_nothing_is_deleted_in_read_only_places(signed_in, bucket):
    address = f"{PICKER}?kind=folder&uri=obs://examples/"
    page = signed_in.post(address, {"delete": "digits", "confirmed": "1"}).content.decode()
    assert 'role="alert"' in page
    assert 'aria-label="Delete' not in page


def test_files_are_offered_for_download(pick, code):
    assert 'href="/storage/-/download/lab/code/train.py"' in pick(kind="folder", uri="obs://lab/code/")
