import pytest
from django import forms
from django.core.exceptions import ValidationError

from storage.forms import ObjectField, relative_path


@pytest.fixture
def check(owner, put):
    """`check(field, value)` cleans as the owner of obs://lab/code/train.py."""
    put("code/train.py")

    def clean(field, value):
        field.user = owner
        return field.clean(value)

    return clean


def test_a_folder_gets_its_slash(check):
    assert check(ObjectField(), "obs://lab/code") == "obs://lab/code/"
    assert check(ObjectField(), " obs://lab/code/ ") == "obs://lab/code/"


def test_a_file_of_the_suffix_is_accepted(check):
    assert (
        check(ObjectField(kind="file", suffix=".py"), "obs://lab/code/train.py") == "obs://lab/code/train.py"
    )


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (ObjectField(), "", "required"),
        (ObjectField(), "code/", "not an object address"),
        (ObjectField(), "obs://lab/none/", "does not exist"),
        (ObjectField(), "obs://nobody/code/", "no bucket nobody"),
        (ObjectField(), "obs://lab/code/train.py", "is a file"),
        (ObjectField(kind="file"), "obs://lab/code/", "is a folder"),
        (ObjectField(kind="file"), "obs://lab/code", "is a folder"),
        (ObjectField(kind="file", suffix=".py"), "obs://lab/code/readme.md", r"does not end in \.py"),
        (ObjectField(kind="file", relative=True), "../train.py", "not allowed"),
        (ObjectField(kind="file", relative=True), "/etc/passwd", "absolute"),
    ],
)
def test_everything_else_is_refused_in_words(check, field, value, words):
    with pytest.raises(ValidationError, match=words):
        check(field, value)


def test_an_output_need_not_exist_yet(check):
    assert check(ObjectField(must_exist=False), "obs://lab/out/") == "obs://lab/out/"


def test_an_optional_field_may_stay_empty(check):
    assert check(ObjectField(required=False), "") == ""


def test_a_boot_file_is_named_relative_to_its_code_directory():
    assert relative_path("obs://lab/code/lib/a.py", "obs://lab/code") == "lib/a.py"
    assert relative_path("lib/a.py", "obs://lab/code/") == "lib/a.py"
    with pytest.raises(ValidationError, match="not inside"):
        relative_path("obs://lab/other/a.py", "obs://lab/code/")


def test_the_widget_keeps_what_was_typed_and_names_its_button(db):
    class CodeForm(forms.Form):
        boot = ObjectField(kind="file", suffix=".py", base_input="#id_code", what="boot file")

    html = str(CodeForm({"boot": 'odd"value'})["boot"])
    assert 'value="odd&quot;value"' in html
    assert 'aria-label="Select boot file"' in html
    assert 'data-base-input="#id_code"' in html
    assert 'data-picker="/storage/-/picker/"' in html
