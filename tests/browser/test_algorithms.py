"""Algorithm Management as a person uses it, by the labels on the pages."""

import re

import pytest
from playwright.sync_api import expect

from algorithms.models import Algorithm
from storage.models import Bucket


@pytest.fixture
def write_code(stack, user):
    """`write_code({"train.py": text})` fills a bucket of the user; returns its address."""

    def write(files: dict[str, str]) -> str:
        bucket, _ = Bucket.objects.get_or_create(name=f"code-{user.pk}", owner=user)
        for name, text in files.items():
            path = stack.data_dir / "buckets" / bucket.name / "digits" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return f"obs://{bucket.name}/digits/"

    return write


@pytest.fixture
def form(page):
    page.goto("/algorithms/create/")
    return page


def fill_code(page, folder: str, boot_file: str = "train.py") -> None:
    page.get_by_role("textbox", name="Code directory").fill(folder)
    page.get_by_role("textbox", name="Boot file").fill(boot_file)


def add_row(page, section: str, button: str):
    page.locator(section).get_by_role("button", name=button, exact=True).click()
    return page.locator(f"{section} .row-line").last


def add_hyperparameter(page, name: str, type_: str, default: str):
    row = add_row(page, "#section-hyperparameters", "Add")
    row.get_by_label("Hyperparameter name").fill(name)
    row.get_by_label("Type").select_option(type_)
    row.get_by_label("Default").fill(default)
    return row


def restrain(page, row, kind: str, **values: str) -> None:
    row.get_by_role("button", name="Restrain").click()
    dialog = page.get_by_role("dialog", name="Restrain")
    dialog.get_by_label("Restraint").select_option(kind)
    for label, value in values.items():
        dialog.get_by_label(re.compile(label, re.IGNORECASE)).fill(value)
    dialog.get_by_role("button", name="OK").click()
    expect(dialog).to_be_hidden()


def submit(page) -> None:
    page.get_by_role("button", name="Submit").click()


def test_an_algorithm_with_every_section_filled_becomes_available(form, user):
    form.get_by_label("Name", exact=False).first.fill("everything")
    form.get_by_label("Description").first.fill("All sections.")
    fill_code(form, "obs://examples/digits/")
    row = add_row(form, "#section-inputs", "Add input")
    row.get_by_label("Input name").fill("data_url")
    row.get_by_label("Constraint").select_option("Data path")
    row.get_by_label("Description").fill("images")
    row = add_row(form, "#section-outputs", "Add output")
    row.get_by_label("Output name").fill("TRAIN_URL")
    row.get_by_label("Obtained from").select_option("environment")
    row = add_hyperparameter(form, "learning_rate", "Float", "0.01")
    row.get_by_label("Required").select_option("yes")
    restrain(form, row, "range", lower="0", upper="1")
    expect(row.get_by_role("button", name="Restrain")).to_contain_text("0 to 1")
    row = add_hyperparameter(form, "momentum", "Float", "0.9")
    restrain(form, row, "choices", values="0.5\n0.9")
    row.get_by_role("button", name="Move up").click()
    form.get_by_text("Arguments", exact=True).click()
    form.get_by_label("Argument style").select_option("equals")
    form.get_by_label("Extra arguments").fill("--epochs 2")

    form.get_by_label("autoSearch(S)").check()
    form.get_by_label("Search indicator name").fill("val_accuracy")
    form.get_by_role("button", name="Generate Intelligently").click()
    expect(form.locator("[data-indicator]").get_by_label("Regular expression")).not_to_have_value("")
    row = form.locator("[data-range]").last
    row.get_by_label("Hyperparameter to search").select_option("learning_rate")
    expect(row.get_by_label("Upper bound")).to_have_value("1")
    row.get_by_label("Lower bound").fill("0.001")
    row.get_by_label("Scale").select_option("log")
    row = add_row(form, "[data-rows=ranges]", "Add search parameter")
    row.get_by_label("Hyperparameter to search").select_option("momentum")
    expect(row.get_by_label("Values")).to_have_value("0.5\n0.9")
    form.get_by_label("tpe_search").check()
    form.locator("[data-sampler]", has_text="tpe_search").get_by_label("num_samples").fill("8")
    form.get_by_label("GPU").check()
    form.get_by_label("Multi-card training").select_option("yes")
    expect(form.get_by_text("Ready to submit.")).to_be_visible()
    submit(form)

    expect(form.locator("[data-status=Available]")).to_be_visible()
    expect(form.get_by_role("link", name="Create training job")).to_be_visible()
    algorithm = Algorithm.objects.get(owner=user)
    assert [row["name"] for row in algorithm.hyperparameters] == ["momentum", "learning_rate"]
    assert algorithm.hyperparameters[0]["restraint"]["choices"] == [0.5, 0.9]
    assert algorithm.hyperparameters[1]["required"] is True
    assert algorithm.search_ranges == [
        {"name": "learning_rate", "lower": 0.001, "upper": 1.0, "log": True},
        {"name": "momentum", "choices": [0.5, 0.9]},
    ]
    assert algorithm.indicators[0]["direction"] == "max"
    assert algorithm.search_algorithms["tpe_search"]["num_samples"] == 8
    assert algorithm.constraints == {"resource_types": ["GPU"], "multi_card": True, "distributed": False}
    assert (algorithm.argument_style, algorithm.extra_arguments) == ("equals", "--epochs 2")


def test_the_submit_bar_says_what_is_missing_and_leads_there(form):
    bar = form.locator("[data-missing]")
    expect(bar).to_contain_text("Still needed: Name, Code directory, Boot file")
    bar.get_by_role("link", name="Boot file").click()
    expect(form.get_by_role("textbox", name="Boot file")).to_be_focused()
    form.get_by_label("Name", exact=False).first.fill("named")
    fill_code(form, "obs://examples/digits/")
    expect(bar).to_have_text("Ready to submit.")


def test_a_wrong_entry_is_told_beside_its_field_when_it_is_left(form):
    name = form.get_by_label("Name", exact=False).first
    name.fill("not a name")
    name.blur()
    expect(form.locator("#id_name_error")).to_contain_text("letters, digits")
    expect(name).to_have_attribute("aria-invalid", "true")
    row = add_hyperparameter(form, "lr", "Float", "fast")
    row.get_by_label("Default").blur()
    expect(row).to_contain_text("fast is not a number.")
    row.get_by_label("Default").fill("0.5")
    row.get_by_label("Default").blur()
    expect(row).not_to_contain_text("is not a number")
    form.get_by_label("autoSearch(S)").check()
    search = form.locator("[data-range]").last
    search.get_by_label("Hyperparameter to search").select_option("lr")
    search.get_by_label("Lower bound").fill("0")
    search.get_by_label("Upper bound").fill("0.1")
    search.get_by_label("Scale").select_option("log")
    expect(search).to_contain_text("A logarithmic scale needs a lower bound above 0.")
    expect(search).to_contain_text("The default 0.5 is above this range.")


def test_nothing_typed_is_lost_when_submit_finds_errors(form, page_errors):
    form.get_by_label("Description").first.fill("Keep me.")
    restrain(form, add_hyperparameter(form, "depth", "Integer", "3"), "range", lower="1", upper="9")
    submit(form)
    expect(form.get_by_role("alert")).to_contain_text("Nothing was saved yet.")
    expect(form.get_by_label("Description").first).to_have_value("Keep me.")
    row = form.locator("[data-hyperparameter]")
    expect(row.get_by_label("Default")).to_have_value("3")
    expect(row.get_by_role("button", name="Restrain")).to_contain_text("1 to 9")
    summary = form.get_by_role("alert")
    summary.get_by_role("link", name="Boot file").click()
    expect(form.get_by_role("textbox", name="Boot file")).to_be_focused()
    expect(summary.get_by_role("listitem")).to_have_count(3)
    form.get_by_label("Name", exact=False).first.fill("named")
    expect(summary.get_by_role("listitem")).to_have_text(
        ["Code directory: Choose the code directory.", "Boot file: Choose the boot file."]
    )
    fill_code(form, "obs://examples/digits/")
    expect(summary).to_be_hidden()
    page_errors.clear()  # Chromium notes the status 422


def test_hyperparameters_are_read_from_a_script(form):
    fill_code(form, "obs://examples/torch_digits/", "main.py")
    form.get_by_role("button", name="Read hyperparameters from the script").click()
    dialog = form.get_by_role("dialog", name="Hyperparameters of the script")
    dialog.get_by_label("Tick all arguments").uncheck()
    for name in ("lr", "optimizer", "no-cuda"):
        dialog.get_by_label(name, exact=True).check()
    dialog.get_by_role("button", name="Take 3 ticked").click()
    rows = form.locator("[data-hyperparameter]")
    expect(rows).to_have_count(3)
    expect(rows.nth(0).get_by_label("Type")).to_have_value("Float")
    expect(rows.nth(0).get_by_label("Default")).to_have_value("0.001")
    expect(rows.nth(1).get_by_role("button", name="Restrain")).to_contain_text("sgd, adam, rmsprop")
    expect(form.get_by_label("Booleans")).to_have_value("flag")


def test_the_preview_follows_the_form(form):
    form.get_by_role("button", name="Preview runtime environment").click()
    drawer = form.get_by_role("dialog", name="Runtime environment")
    expect(drawer).to_be_focused()
    fill_code(form, "obs://examples/digits/")
    sections = form.locator(".form-sections")
    right = sections.evaluate("one => one.getBoundingClientRect().right")
    assert right > drawer.bounding_box()["x"]  # it is not shoved aside, unless there is room for both
    boot_file = form.get_by_role("button", name="Select boot file")
    boot_file.focus()
    expect(drawer).to_be_hidden()  # rather than what has the focus
    expect(boot_file).to_be_focused()
    form.get_by_role("button", name="Preview runtime environment").click()
    expect(drawer).to_be_focused()
    form.get_by_label("Name", exact=False).first.press("Escape")
    expect(drawer).to_be_hidden()
    form.get_by_role("button", name="Preview runtime environment").click()
    expect(drawer).to_be_focused()
    form.set_viewport_size({"width": 1900, "height": 900})
    right = sections.evaluate("one => one.getBoundingClientRect().right")
    assert right < drawer.bounding_box()["x"]
    command = drawer.locator("[data-boot-command]")
    expect(command).to_contain_text(re.compile(r"python'? train\.py"))
    add_hyperparameter(form, "learning_rate", "Float", "0.01")
    expect(command).to_contain_text("train.py --learning_rate 0.01")
    form.get_by_text("Arguments", exact=True).click()
    form.get_by_label("Argument style").select_option("equals")
    expect(command).to_contain_text("train.py --learning_rate=0.01")
    add_row(form, "#section-inputs", "Add input").get_by_label("Input name").fill("data_url")
    expect(command).to_contain_text("--data_url=${MA_HOME}/modelarts/inputs/data_url_0")
    expect(drawer).to_contain_text("MA_MOUNT_PATH")
    expect(drawer).to_contain_text("data_url_0")
    copied = drawer.get_by_role("button", name="Copy a command").get_attribute("data-copy")
    assert re.search(
        r"cd digits && .*python'? train\.py --data_url=\.\./inputs/data_url_0 --learning_rate=0\.01$", copied
    )


def test_a_failed_algorithm_is_edited_until_it_is_available(form, write_code):
    folder = write_code({"train.py": "def broken(:\n", "fixed.py": "print('loss=1')\n"})
    form.get_by_label("Name", exact=False).first.fill("fixable")
    fill_code(form, folder)
    submit(form)
    expect(form.locator("[data-status=Failed]")).to_be_visible()
    expect(form.get_by_role("alert")).to_contain_text("train.py does not compile under this engine: line 1")
    form.get_by_role("link", name="Edit and fix").click()
    form.get_by_role("textbox", name="Boot file").fill("fixed.py")
    submit(form)
    expect(form.locator("[data-status=Available]")).to_be_visible()


def test_a_changed_code_directory_is_shown_and_taken_over(form, write_code):
    folder = write_code({"train.py": "print('loss=1')\n"})
    form.get_by_label("Name", exact=False).first.fill("changing")
    fill_code(form, folder)
    submit(form)
    expect(form.get_by_text("The code directory is unchanged since.")).to_be_visible()
    write_code({"train.py": "print('loss=2')\n"})
    form.reload()
    expect(form.get_by_text("Changed since.")).to_be_visible()
    form.get_by_role("button", name="Update snapshot").click()
    expect(form.get_by_text("The code directory is unchanged since.")).to_be_visible()


def test_an_algorithm_is_copied_and_deleted_by_name(form, user):
    form.get_by_label("Name", exact=False).first.fill("original")
    fill_code(form, "obs://examples/digits/")
    submit(form)
    expect(form.locator("[data-status=Available]")).to_be_visible()
    form.get_by_role("link", name="Copy", exact=True).click()
    expect(form.get_by_label("Name", exact=False).first).to_have_value("original-copy")
    submit(form)
    expect(form.get_by_role("heading", name="original-copy")).to_be_visible()
    form.get_by_role("button", name="Delete", exact=True).first.click()
    dialog = form.get_by_role("dialog", name="Delete algorithm")
    dialog.get_by_label("To confirm").fill("original-copy")
    dialog.get_by_role("button", name="Delete").click()
    expect(form).to_have_url(re.compile("/algorithms/$"))
    assert list(Algorithm.objects.filter(owner=user).values_list("name", flat=True)) == ["original"]


def test_the_list_is_searched_while_typing_and_watches_what_is_created(form, user):
    form.get_by_label("Name", exact=False).first.fill("listed")
    fill_code(form, "obs://examples/digits/")
    submit(form)
    form.goto("/algorithms/")
    expect(form.locator("[data-status=Available]")).to_be_visible()
    form.get_by_label("Search").fill("nothing")
    expect(form.get_by_text("No algorithm fits")).to_be_visible()
    form.get_by_label("Search").fill("list")
    expect(form.get_by_role("link", name="listed", exact=True)).to_be_visible()
    assert "q=list" in form.url


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_is_wider_than_a_small_screen(open_page, user, theme):
    page = open_page(user, viewport={"width": 400, "height": 800}, color_scheme=theme)
    page.goto("/algorithms/create/")
    add_hyperparameter(page, "learning_rate", "Float", "0.01")
    page.get_by_label("autoSearch(S)").check()
    assert_fits(page)
    page.get_by_label("Name", exact=False).first.fill(f"narrow-{theme}")
    fill_code(page, "obs://examples/digits/")
    page.get_by_label("autoSearch(S)").uncheck()
    submit(page)
    expect(page.locator("[data-status=Available]")).to_be_visible()
    assert_fits(page)
    page.goto("/algorithms/")
    assert_fits(page)


def test_rows_stay_inside_their_sections_at_every_width(form):
    for section, button in (("inputs", "Add input"), ("outputs", "Add output")):
        add_row(form, f"#section-{section}", button)
    add_hyperparameter(form, "learning_rate", "Float", "0.01")
    form.get_by_label("autoSearch(S)").check()
    for width in (1600, 1280, 1200, 1040, 992, 900, 768, 560, 400):
        form.set_viewport_size({"width": width, "height": 900})
        outside = form.evaluate(
            """() => [...document.querySelectorAll(".row-line > *")].filter((part) => {
                const [own, section] = [part, part.closest(".form-section")].map((one) => one.getBoundingClientRect());
                return own.right > section.right - 8;
            }).map((part) => part.className)"""
        )
        assert outside == [], width


def assert_fits(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_the_section_index_counts_what_is_wrong_once(form, page_errors):
    form.get_by_label("autoSearch(S)").check()
    submit(form)
    index = form.get_by_role("navigation", name="Sections")
    expect(index.get_by_role("link", name="Supported policies")).to_have_attribute("data-errors", "2")
    expect(form.locator("#rows-ranges_error")).to_have_text(
        "At least one automatic search parameter is needed."
    )
    page_errors.clear()  # Chromium notes the status 422
