"""Pre-flight in a browser: one button tells whether the script runs, and no job is made."""

import re

from playwright.sync_api import expect

from algorithms.models import Algorithm, Engine
from algorithms.snapshots import arrivals, keep, read_code
from jobs.models import TrainingJob

SCRIPT = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float)
for step in range(1, 4):
    print(f"accuracy={parser.parse_args().rate * step}", flush=True)
"""


def test_the_button_runs_the_script_and_reports(page, user):
    with arrivals() as folder:
        code = folder / "code"
        code.mkdir()
        (code / "train.py").write_text(SCRIPT)
        snapshot = keep(code, read_code(code))
    algorithm = Algorithm.objects.create(
        name="checked",
        owner=user,
        status="Available",
        engine=Engine.objects.first(),
        code_directory="obs://code/train/",
        boot_file="train.py",
        snapshot=snapshot,
        hyperparameters=[
            {
                "name": "rate", "type": "Float", "default": 0.25, "required": True, "description": "",
                "restraint": {"kind": "", "lower": None, "upper": None, "choices": []}, "position": None,
            }
        ],
        auto_search=True,
        indicators=[{"name": "accuracy", "direction": "max", "pattern": r"accuracy=(\S+)"}],
        search_ranges=[{"name": "rate", "lower": 0.1, "upper": 0.3, "log": False, "choices": []}],
        search_algorithms={"random_search": {"num_samples": 4, "seed": 1}},
    )  # fmt: skip
    page.goto(f"/jobs/create/?algorithm={algorithm.pk}")
    page.locator(".range-button").click()
    page.get_by_label("max_concurrent").fill("3")
    page.get_by_role("button", name="Run pre-flight").click()
    report = page.locator("#preflight")
    expect(report).to_contain_text("The script runs.")
    expect(report).to_contain_text(re.compile(r"Arguments\s*accepted"))
    expect(report).to_contain_text(re.compile(r"3 values: 0\.25, 0\.5, 0\.75"))
    expect(report).to_contain_text("for 4 trials, 2 at once (the resource pool has 2 workers now)")
    page.get_by_label("rate upper bound").fill("0.05")
    expect(report).to_contain_text("The form has been changed since.")
    bar = page.locator("[data-missing]")
    expect(bar).to_have_text("Needs attention: rate upper bound")
    expect(page.locator(".hyperparameter .field-error")).to_have_text(
        "Enter an upper bound above the lower bound 0.1."
    )
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert")).to_contain_text("The job was not created")
    expect(report).to_contain_text("The script runs.")
    page.get_by_label("rate upper bound").fill("0.3")
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(bar).to_contain_text("Ready: searches 1 hyperparameter")
    assert TrainingJob.objects.visible_to(user).count() == 0
