"""Create training job and the list, as a person uses them, with a real search behind them."""

import re

import pytest
from playwright.sync_api import expect

from algorithms.models import Algorithm, Engine
from algorithms.snapshots import arrivals, keep, read_code
from jobs.models import TrainingJob
from search import SAMPLERS
from storage.models import Bucket

SCRIPT = """
import argparse, time
parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float)
parser.add_argument("--momentum", type=float, default=0.5)
parser.add_argument("--epochs", type=int, default=2)
arguments = parser.parse_args()
for epoch in range(arguments.epochs):
    print(f"accuracy={1 - abs(arguments.learning_rate - 0.03) - 0.1 / (epoch + 1):.6f}", flush=True)
    time.sleep(0.05)
"""


def number(name, default, **columns):
    return {
        "name": name, "type": "Float", "default": default, "required": True, "description": "",
        "restraint": {"kind": "", "lower": None, "upper": None, "choices": []}, "position": None, **columns,
    }  # fmt: skip


@pytest.fixture
def make_algorithm(user):
    """An available algorithm of the signed-in user, its code frozen in the running console's data."""

    def make(name="digits", script=SCRIPT, **columns):
        with arrivals() as folder:
            code = folder / "code"
            code.mkdir()
            (code / "train.py").write_text(script)
            snapshot = keep(code, read_code(code))
        return Algorithm.objects.create(
            **{
                "name": name,
                "owner": user,
                "status": "Available",
                "engine": Engine.objects.first(),
                "code_directory": "obs://code/train/",
                "boot_file": "train.py",
                "snapshot": snapshot,
                "hyperparameters": [
                    number("learning_rate", 0.01),
                    number("momentum", 0.9, required=False),
                    number("epochs", 2, type="Integer"),
                ],
                "auto_search": True,
                "indicators": [{"name": "accuracy", "direction": "max", "pattern": r"accuracy=(\S+)"}],
                "search_ranges": [
                    {"name": "learning_rate", "lower": 1e-4, "upper": 0.1, "log": True, "choices": []},
                    {"name": "momentum", "lower": 0.0, "upper": 0.99, "log": False, "choices": []},
                ],
                "search_algorithms": {name: {"num_samples": 20, "seed": 1} for name in SAMPLERS},
                **columns,
            }
        )

    return make


def choose(page, algorithm):
    page.goto("/jobs/create/")
    page.get_by_label("Algorithm", exact=False).first.select_option(label=algorithm.name)
    expect(page.get_by_label("learning_rate value")).to_be_visible()


def switch_on(page, name):
    page.locator(f"[data-hyperparameter={name}] label.range-button").click()


def test_a_search_is_created_and_followed_on_the_list_until_it_has_ended(page, make_algorithm):
    choose(page, make_algorithm())
    expect(page.get_by_role("heading", name="Search policy")).to_be_hidden()
    expect(page.locator("[data-missing]")).to_contain_text("runs once")
    switch_on(page, "learning_rate")
    expect(page.get_by_label("learning_rate value")).to_be_hidden()
    expect(page.get_by_label("learning_rate lower bound")).to_have_value("0.0001")
    expect(page.get_by_label("learning_rate scale")).to_have_value("log")
    page.get_by_label("learning_rate lower bound").fill("1e-3")
    switch_on(page, "momentum")
    page.get_by_label("Search algorithm").select_option("random_search")
    page.get_by_label("num_samples").fill("4")
    page.get_by_label("max_concurrent").fill("2")
    expect(page.locator("[data-missing]")).to_contain_text("searches 2 hyperparameters in 4 trials")
    name = page.get_by_label("Name").first.input_value()
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url(re.compile(r"/jobs/\d+/"))

    page.goto("/jobs/")
    row = page.get_by_role("row", name=re.compile(name))
    expect(row.locator("[data-status=Completed]")).to_be_visible()
    expect(row).to_contain_text("4/4 trials")
    job = TrainingJob.objects.get(name=name)
    assert job.search_space["dimensions"][0]["lower"] == 1e-3
    expect(row.locator("data.exact")).to_have_attribute("value", str(job.best_value))
    expect(row.get_by_role("button", name=f"Stop {name}")).to_be_disabled()
    expect(page.locator("#job-poll")).not_to_have_attribute("hx-trigger", re.compile("."))


def test_the_parameters_shown_are_those_of_the_chosen_search_algorithm(page, make_algorithm):
    choose(page, make_algorithm(search_algorithms={"bayes_opt_search": {"num_samples": 9}, "tpe_search": {}}))
    page.get_by_role("button", name="Switch on all ranges").click()
    expect(page.locator("[data-range-toggle]:not(:checked)")).to_have_count(0)
    expect(page.get_by_role("button", name="Switch on all ranges")).to_be_hidden()
    expect(page.get_by_label("kappa")).to_be_visible()
    expect(page.get_by_label("num_samples")).to_have_value("9")
    page.get_by_label("Search algorithm").select_option("tpe_search")
    expect(page.get_by_label("kappa")).to_be_hidden()
    expect(page.get_by_label("num_samples")).to_have_value("20")
    page.get_by_label("num_samples").fill("7")
    page.get_by_label("Search algorithm").select_option("bayes_opt_search")
    expect(page.get_by_label("num_samples")).to_have_value("7")


def test_another_algorithm_keeps_what_was_typed_in_the_other_sections(page, make_algorithm):
    choose(page, make_algorithm())
    plain = make_algorithm("plain", auto_search=False)
    page.reload()
    page.get_by_label("Description").fill("what was typed")
    page.get_by_label("Algorithm", exact=False).first.select_option(str(plain.pk))
    expect(page.locator("[data-range-toggle]")).to_have_count(0)
    expect(page.get_by_label("Description")).to_have_value("what was typed")


def test_what_was_typed_survives_a_reload_but_not_a_new_visit(page, make_algorithm):
    choose(page, make_algorithm())
    switch_on(page, "learning_rate")
    page.get_by_label("learning_rate upper bound").fill("0.05")
    page.get_by_label("Auto stop").select_option("custom")
    page.get_by_label("Hours").fill("5")
    page.get_by_role("button", name="Add variable").click()
    page.get_by_label("Variable name").fill("TOKEN")
    page.get_by_label("Variable value").fill("hunter2")
    page.get_by_label("Secret").check()
    expect(page.get_by_label("Variable value")).to_have_attribute("type", "password")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label("learning_rate upper bound")).to_have_value("0.05")
    expect(page.get_by_role("heading", name="Search policy")).to_be_visible()
    expect(page.get_by_label("Hours")).to_have_value("5")
    expect(page.get_by_label("Variable name")).to_have_value("TOKEN")
    assert "hunter2" not in page.evaluate("JSON.stringify(sessionStorage)")
    expect(page.locator("[data-missing]")).to_have_text("Needs attention: Variable value")
    page.goto("/")
    page.goto("/jobs/create/")
    expect(page.get_by_label("Variable name")).to_have_count(0)


def test_errors_stand_beside_their_fields_and_lead_there(page, make_algorithm):
    choose(page, make_algorithm())
    switch_on(page, "learning_rate")
    page.get_by_label("learning_rate lower bound").fill("1")
    page.get_by_label("epochs value").fill("")
    expect(page.locator("[data-missing]")).to_contain_text("Still needed: epochs value")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert")).to_contain_text("The job was not created")
    expect(page.get_by_label("learning_rate lower bound")).to_have_value("1")
    page.get_by_role("alert").get_by_role("link", name="learning_rate upper bound").click()
    expect(page.get_by_label("learning_rate upper bound")).to_be_focused()
    expect(
        page.get_by_role("navigation", name="Sections").get_by_role("link", name="Hyperparameters")
    ).to_have_attribute("data-errors", "2")


def test_what_only_submit_finds_out_stands_until_something_is_changed(page, user, stack):
    bucket = Bucket.objects.create(name=f"broken-{user.pk}", owner=user)
    folder = stack.folders["BUCKETS_DIR"] / bucket.name / "code"
    folder.mkdir(parents=True)
    (folder / "train.py").write_text("def (")
    page.goto("/jobs/create/?algorithm=custom")
    page.get_by_label("Code directory").fill(f"obs://{bucket.name}/code/")
    page.get_by_label("Boot file").fill(f"obs://{bucket.name}/code/train.py")
    bar = page.locator("[data-missing]")
    expect(bar).to_contain_text("Ready")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert")).to_contain_text("train.py")
    expect(bar).to_have_text("Needs attention: Boot file")
    page.get_by_label("Description").fill("again")
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(bar).to_contain_text("Ready")


def test_a_plain_job_shows_value_curve_and_log_and_rebuild_opens_the_form_filled_in(page, make_algorithm):
    choose(page, make_algorithm())
    page.get_by_role("button", name="Remove momentum").click()
    page.get_by_label("learning_rate value").fill("0.02")
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url(re.compile(r"/jobs/\d+/"))
    expect(page.locator("h1 [data-status=Completed]")).to_be_visible()
    expect(page.locator("#best-value data")).to_have_attribute("value", "0.94")
    expect(page.locator("figure.chart .js-plotly-plot")).to_be_visible()
    expect(page.locator("#log")).to_contain_text("accuracy=0.940000")
    page.goto("/jobs/")
    page.get_by_role("link", name="Rebuild").click()
    expect(page.get_by_label("learning_rate value")).to_have_value("0.02")
    expect(page.get_by_label("momentum value")).to_be_hidden()
    page.get_by_role("button", name="Add momentum again").click()
    expect(page.get_by_label("momentum value")).to_be_visible()


def test_the_pages_fit_a_narrow_window(open_page, user, make_algorithm):
    algorithm = make_algorithm()
    page = open_page(user, viewport={"width": 400, "height": 800})
    for address in (f"/jobs/create/?algorithm={algorithm.pk}", "/jobs/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
