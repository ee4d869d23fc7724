"""Object Storage and the Select dialog as a person uses them."""

import zipfile

import pytest
from playwright.sync_api import expect

from storage.buckets import home_bucket
from tests.browser.conftest import NARROW


@pytest.fixture
def home(user, stack):
    """The user's bucket as (address of its page, its folder on the disk)."""
    bucket = home_bucket(user)
    directory = stack.data_dir / "buckets" / bucket.name
    directory.mkdir(parents=True, exist_ok=True)
    return f"/storage/{bucket.name}/", directory


@pytest.fixture
def project(tmp_path):
    """A folder as on a person's own disk."""
    folder = tmp_path / "project"
    (folder / "lib").mkdir(parents=True)
    (folder / "train.py").write_text("print('loss=1')\n" * 30)
    (folder / "lib" / "model.py").write_text("x = 1\n")
    return folder


def rows(page):
    return page.locator("tr[data-name]")


def test_files_are_uploaded_and_the_list_follows(page, home, project):
    page.goto(home[0])
    page.locator("summary", has_text="Upload").click()
    page.get_by_label("Files", exact=True).set_input_files([project / "train.py"])
    expect(page.get_by_text("1 file stored.")).to_be_visible()
    expect(page.get_by_label("Files", exact=True)).to_be_hidden()
    expect(rows(page)).to_have_count(1)
    assert (home[1] / "train.py").read_bytes() == (project / "train.py").read_bytes()


def test_a_whole_folder_is_uploaded_with_its_paths_in_several_requests(page, home, project):
    for number in range(250):
        (project / f"{number}.txt").write_text(str(number))
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "/upload/" in request.url else None)
    page.goto(home[0])
    page.locator("summary", has_text="Upload").click()
    page.get_by_label("A whole folder").set_input_files(project)
    expect(page.get_by_text("252 files stored.")).to_be_visible()
    assert len(sent) == 3
    stored = {path.relative_to(home[1]).as_posix() for path in home[1].rglob("*.*")}
    wanted = {f"project/{path.relative_to(project).as_posix()}" for path in project.rglob("*.*")}
    assert stored == wanted


def test_a_zip_is_unpacked_and_a_bad_one_explained(page, home, tmp_path, page_errors):
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    with zipfile.ZipFile(good, "w") as made:
        made.writestr("digits/train.py", "print()")
    with zipfile.ZipFile(bad, "w") as made:
        made.writestr("../escape.py", "print()")
    page.goto(home[0])
    page.locator("summary", has_text="Upload").click()
    page.get_by_label("A .zip file, to be unpacked").set_input_files(good)
    expect(page.get_by_role("link", name="digits/")).to_be_visible()
    page.get_by_label("A .zip file, to be unpacked").set_input_files(bad)
    expect(page.get_by_role("alert").filter(has_text="may not step to another folder")).to_be_visible()
    assert not list(home[1].parent.rglob("escape.py"))
    page_errors.clear()  # the browser notes the refusal's status


def test_files_dropped_on_the_list_are_uploaded(page, home):
    page.goto(home[0])
    transfer = page.evaluate_handle(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["dropped"], "dropped.txt", {type: "text/plain"}));
            return data;
        }"""
    )
    page.dispatch_event(".objects", "dragover", {"dataTransfer": transfer})
    expect(page.get_by_text("Drop files or folders to upload them")).to_be_visible()
    page.dispatch_event(".objects", "drop", {"dataTransfer": transfer})
    expect(rows(page)).to_have_count(1)
    assert (home[1] / "dropped.txt").read_text() == "dropped"


def test_ticked_entries_are_deleted_after_their_names_are_shown(page, home):
    for name in ("a.txt", "b.txt", "c.txt"):
        (home[1] / name).write_text(name)
    page.goto(home[0])
    expect(page.get_by_role("button", name="Delete", exact=True)).to_be_disabled()
    page.get_by_label("Select a.txt").check()
    page.get_by_label("Select c.txt").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("a.txt")
    expect(dialog).to_contain_text("c.txt")
    expect(dialog).not_to_contain_text("b.txt")
    dialog.get_by_role("button", name="Delete").click()
    expect(rows(page)).to_have_count(1)
    assert [path.name for path in home[1].iterdir()] == ["b.txt"]


def test_the_filter_narrows_the_list_as_one_types_and_more_is_shown_on_demand(page, home):
    for number in range(600):
        (home[1] / f"file{number:03}.txt").touch()
    page.goto(home[0])
    expect(rows(page)).to_have_count(500)
    page.get_by_role("link", name="Show more (100 left)").click()
    expect(rows(page)).to_have_count(600)
    page.get_by_label("Filter by name").fill("file59")
    expect(rows(page)).to_have_count(10)


def test_a_line_of_a_file_can_be_linked_to(page, home):
    (home[1] / "long.py").write_text("".join(f"line_{number} = 1\n" for number in range(1, 5001)))
    page.goto(f"{home[0]}long.py#L4321")
    line = page.locator("#L4321")
    expect(line).to_be_in_viewport()
    expect(line).to_contain_text("line_4321 = 1")
    page.get_by_label("Line 4322").click()
    expect(page).to_have_url(f"{page.url.split('#')[0]}#L4322")


def test_a_file_is_deleted_within_the_dialog_after_a_question(page, home, project):
    (home[1] / "old.py").touch()
    (home[1] / "train.py").touch()
    page.goto("/algorithms/create/")
    page.locator("#id_code_directory").fill(f"obs://{home[1].name}/")
    page.get_by_role("button", name="Select code directory").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete old.py").click()
    expect(dialog.get_by_role("button", name="Keep")).to_be_focused()
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(dialog.get_by_role("button", name="Delete train.py")).to_be_visible()
    expect(dialog.get_by_text("old.py")).to_have_count(0)
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download train.py").click()
    assert download.value.suggested_filename == "train.py"
    assert not (home[1] / "old.py").exists()


def test_a_code_directory_is_made_uploaded_and_chosen_within_the_dialog(page, home, project):
    page.goto("/algorithms/create/")
    field = page.locator("#id_code_directory")
    changes = page.evaluate_handle("window.changes = []")
    field.evaluate("node => node.addEventListener('change', () => window.changes.push(node.value))")
    page.get_by_role("button", name="Select code directory").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=f"{home[1].name} Yours").click()
    dialog.get_by_role("button", name="Create folder").click()
    dialog.get_by_label("Name of the folder").fill("digits")
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog.get_by_text("This folder is empty.")).to_be_visible()
    dialog.get_by_role("button", name="Upload", exact=True).click()
    dialog.get_by_label("A whole folder").set_input_files(project)
    expect(dialog.get_by_text("train.py")).to_be_visible()
    dialog.get_by_role("button", name="Choose this folder").click()
    expect(dialog).to_be_hidden()
    chosen = f"obs://{home[1].name}/digits/project/"
    expect(field).to_have_value(chosen)
    expect(field).to_be_focused()
    assert page.evaluate("window.changes") == [chosen]
    changes.dispose()


def test_a_boot_file_is_chosen_by_keyboard_below_the_code_directory(page, home):
    code = home[1] / "digits"
    (code / "lib").mkdir(parents=True)
    (code / "readme.md").touch()
    (code / "lib" / "train.py").touch()
    page.goto("/algorithms/create/")
    page.locator("#id_code_directory").fill(f"obs://{home[1].name}/digits/")
    page.get_by_role("button", name="Select boot file").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="lib/")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(dialog.locator("button.picker-entry", has_text="train.py")).to_be_focused()
    page.keyboard.press("Backspace")
    expect(dialog.get_by_role("button", name="lib/")).to_be_focused()
    expect(dialog.get_by_role("button", name="Buckets")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(dialog.locator("button.picker-entry", has_text="train.py")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#id_boot_file")).to_have_value("lib/train.py")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_fit_a_phone(open_page, user, home, theme):
    (home[1] / ("a_rather_long_name_" * 8 + ".txt")).write_text("x" * 300)
    page = open_page(user, viewport=NARROW, color_scheme=theme)
    for address in ("/storage/", home[0], f"{home[0]}{'a_rather_long_name_' * 8}.txt"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_uploads_work_without_scripts(open_page, user, home, project):
    page = open_page(user, java_script_enabled=False)
    page.goto(home[0])
    page.locator("summary", has_text="Upload").click()
    page.get_by_label("Files", exact=True).set_input_files([project / "train.py"])
    page.locator("[data-upload]").get_by_role("button", name="Upload").click()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("button", name="Delete train.py").click()
    expect(page.get_by_text("Delete train.py?")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("This folder is empty")).to_be_visible()
