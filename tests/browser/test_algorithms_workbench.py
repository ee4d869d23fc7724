"""The regex workbench as a person uses it."""

import re

import pytest
from playwright.sync_api import expect

from jobs.models import ResourcePool, TrainingJob, Trial

LOG = "".join(
    f"Epoch {epoch}/9 train_loss={2 / epoch:.4f} val_acc={1 - 1 / epoch:.3f}\n" for epoch in range(1, 10)
)


@pytest.fixture
def form(page):
    page.goto("/algorithms/create/")
    page.get_by_label("autoSearch(S)").check()
    return page


@pytest.fixture
def workbench(form):
    form.get_by_role("button", name="Try on a log").click()
    dialog = form.get_by_role("dialog", name="Regex workbench")
    expect(dialog).to_be_focused()  # once it has opened; what is typed before goes astray
    return dialog


def test_a_name_discovered_in_a_pasted_log_becomes_the_search_indicator(form, workbench):
    workbench.get_by_role("textbox", name="Sample log").fill(LOG)
    workbench.get_by_role("button", name="val_acc").click()
    expect(workbench.get_by_label("Direction")).to_have_value("max")
    expect(workbench.locator("mark b")).to_have_count(9)
    expect(workbench.locator("mark b").first).to_have_text("0.000")
    expect(workbench.locator("[data-workbench-summary]")).to_contain_text("0.889")
    expect(workbench.locator("[data-workbench-curve] polyline")).to_have_attribute(
        "points", re.compile(r"(\S+,\S+ ){8}")
    )
    workbench.get_by_role("button", name="Use this pattern").click()
    row = form.locator("[data-indicator]")
    expect(row.get_by_label("Search indicator name")).to_have_value("val_acc")
    expect(row.get_by_label("Optimization direction")).to_have_value("max")
    expect(row.get_by_label("Regular expression")).not_to_have_value("")
    expect(row.get_by_role("button", name="Try on a log")).to_be_focused()


def test_matches_are_highlighted_and_warnings_told_while_typing(workbench):
    workbench.get_by_role("textbox", name="Sample log").fill(LOG)
    pattern = workbench.get_by_role("textbox", name="Regular expression")
    pattern.press_sequentially(r"train_loss=(\S+)", delay=5)
    expect(workbench.locator("mark")).to_have_count(9)
    expect(workbench.locator("mark").first).to_have_text("train_loss=2.0000")
    pattern.fill(r"(?:loss|acc)=(\S+)")
    expect(workbench.locator("[data-workbench-warnings]")).to_contain_text("2 different quantities")
    pattern.fill(r"(?<=loss=)(\S+)")
    expect(workbench.locator("#workbench-problem")).to_contain_text("look-around")
    expect(workbench.locator("mark")).to_have_count(0)
    pattern.fill(r"nothing=(\S+)")
    expect(workbench.locator("[data-workbench-warnings]")).to_contain_text("matches nothing")


def test_a_pattern_that_cannot_be_read_is_not_taken(workbench):
    use = workbench.get_by_role("button", name="Use this pattern")
    height = workbench.locator(".modal-content").bounding_box()["height"]
    expect(use).to_be_disabled()
    workbench.get_by_label("Regular expression").fill("(loss=")
    expect(workbench.get_by_text("a parenthesis is opened and not closed")).to_be_visible()
    expect(use).to_be_disabled()
    workbench.get_by_label("Regular expression").fill("loss=([0-9.]+)")
    workbench.get_by_label("Sample log", exact=True).fill("loss=1\n" * 100)
    expect(use).to_be_enabled()
    assert workbench.locator(".modal-content").bounding_box()["height"] == height


def test_a_log_is_uploaded_and_the_pattern_generated_from_it(workbench, tmp_path):
    path = tmp_path / "train.log"
    path.write_text("| epoch | rmse  |\n" + "".join(f"|     {n} | 0.{9 - n}00 |\n" for n in range(1, 6)))
    workbench.get_by_label("Upload a log").set_input_files(path)
    workbench.get_by_label("Search indicator").fill("rmse")
    workbench.get_by_role("button", name="Generate Intelligently").click()
    expect(workbench.get_by_label("Direction")).to_have_value("min")
    expect(workbench.locator("[data-workbench-values]")).to_have_text("0.8  0.7  0.6  0.5  0.4")


def test_the_boot_file_shows_what_the_script_prints(form, workbench):
    workbench.get_by_role("button", name="Cancel").click()
    form.get_by_role("textbox", name="Code directory").fill("obs://examples/digits/")
    form.get_by_role("textbox", name="Boot file").fill("train.py")
    form.get_by_role("button", name="Try on a log").click()
    workbench.get_by_role("button", name="From the boot file").click()
    workbench.get_by_role("button", name="val_accuracy").click()
    expect(workbench.locator("mark").first).to_contain_text("val_accuracy=")


@pytest.fixture
def earlier_trial(user, stack, settings):
    """A trial of the user's whose log says `LOG`."""
    job = TrainingJob.objects.create(name="earlier", owner=user, pool=ResourcePool.objects.first())
    trial = Trial.objects.create(job=job, number=1, line_count=9, attempt=1, status="Completed")
    path = stack.data_dir / "jobs" / trial.log_path.relative_to(settings.JOBS_DIR)
    path.parent.mkdir(parents=True)
    path.write_text(LOG)


def test_the_log_of_an_earlier_trial_is_a_sample(earlier_trial, workbench):
    choice = workbench.locator("#workbench-trial")
    expect(choice).to_be_enabled()
    expect(choice).to_contain_text("earlier, trial 1")
    choice.select_option(index=1)
    expect(workbench.get_by_role("textbox", name="Sample log")).to_have_value(LOG)
    workbench.get_by_role("button", name="train_loss").click()
    expect(workbench.locator("mark")).to_have_count(9)


def test_generate_intelligently_uses_the_log_tried_before_and_says_what_it_reads(form, workbench):
    log = "".join(f"| {n} | 0.{n}5 |\n" for n in range(1, 6))
    workbench.get_by_role("textbox", name="Sample log").fill(f"| step | gini |\n{log}")
    workbench.get_by_role("button", name="Cancel").click()
    row = form.locator("[data-indicator]")
    row.get_by_label("Search indicator name").fill("gini")
    row.get_by_role("button", name="Generate Intelligently").click()
    expect(row.locator("[data-explanation]")).to_contain_text("column 2 (“gini”)")
    row.get_by_label("Search indicator name").fill("gini_2")
    expect(row.locator("[data-explanation]")).to_be_empty()
