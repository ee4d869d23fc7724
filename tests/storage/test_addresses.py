import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.uri import ObjectPath, StorageError, parse_uri


def test_an_address_gives_bucket_and_path():
    assert parse_uri("obs://lab/code/train.py") == ObjectPath("lab", "code/train.py", is_folder=False)


def test_a_slash_at_the_end_means_a_folder():
    assert parse_uri("obs://lab/code/").is_folder
    assert parse_uri("obs://lab/code/").path == "code"


def test_the_bucket_itself_is_a_folder_with_or_without_slash():
    assert parse_uri("obs://lab") == parse_uri("obs://lab/") == ObjectPath("lab", "", is_folder=True)


@pytest.mark.parametrize(
    "uri",
    [
        "", "lab/code/", "s3://lab/code/", "obs://", "obs:///code/", "obs://../lab/", "obs://lab/../other/",
        "obs://lab/code/..", "obs://lab/./code", "obs://lab//code", "obs://lab//", "obs://lab/a\0b", "obs://lab/a\\b",
        "obs://lab/a\nb", "obs://lab/ a", "obs://lab/a /b", "obs://lab/\u202egpj.exe", "obs://lab/\ud800",
        "obs://lab/" + "a" * 256, "obs://lab/" + "ab/" * 400 + "c", "obs://lab/.obs-folder",
    ],
)  # fmt: skip
def test_hostile_addresses_are_refused_with_a_remedy(uri):
    with pytest.raises(StorageError) as refused:
        parse_uri(uri)
    assert refused.value.remedy


def test_names_in_other_scripts_are_good_names():
    assert parse_uri("obs://lab/данные/学習 1.py").name == "学習 1.py"


@given(st.text())
def test_whatever_is_accepted_is_written_back_the_same_and_never_climbs(text):
    try:
        place = parse_uri("obs://lab/" + text)
    except StorageError:
        return
    assert parse_uri(place.uri) == place
    assert not {"", ".", ".."} & set(place.parts)


def test_a_path_within_a_folder_is_told_from_one_beside_it():
    folder = parse_uri("obs://lab/code/")
    assert parse_uri("obs://lab/code/a/b.py").within(folder) == "a/b.py"
    assert parse_uri("obs://lab/code").within(folder) == ""
    assert parse_uri("obs://lab/code2/b.py").within(folder) is None
    assert parse_uri("obs://other/code/b.py").within(folder) is None
