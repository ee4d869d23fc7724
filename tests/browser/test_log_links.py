"""The log of a trial in a browser: lines by their number, a point of the curve, next and previous."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from algorithms.specification import AlgorithmSpecification
from jobs.models import PointBatch, ResourcePool, TrainingJob, Trial
from jobs.results import points

LINES = 20_000


@pytest.fixture
def trial(stack, user):
    """A trial that has ended, with a long log and a value in every 1,000th line."""
    job = TrainingJob.objects.create(
        name="long-log",
        owner=user,
        specification_data=AlgorithmSpecification("train.py", "obs://code/long/").to_json(),
        indicator_name="loss",
        direction="min",
        pattern=r"loss=(\S+)",
        pool=ResourcePool.objects.get(name="default"),
        status="Completed",
        created_trials=1,
        completed_trials=1,
    )
    trial = Trial.objects.create(job=job, number=1, status="Completed", attempt=1, value=0.05, point_count=20)
    lines = [f"line {n} of a long log" for n in range(1, LINES + 1)]
    rows = []
    for step in range(1, 21):
        line = step * 1_000
        lines[line - 1] = f"step={step} loss={1 / step:.4f}"
        rows.append((step, 1 / step, step, line, sum(map(len, lines[: line - 1])) + line - 1))
    trial.log_path.parent.mkdir(parents=True)
    trial.log_path.write_text("\n".join(lines) + "\n")
    PointBatch.objects.create(trial=trial, first=0, count=20, data=points.pack(rows))
    assert np.array_equal(points.read(trial)["line"], np.arange(1_000, 21_000, 1_000))
    yield trial
    job.best_trial = None
    job.delete()


def test_a_link_to_a_line_opens_the_part_that_holds_it(page, trial):
    page.goto(f"{trial.get_absolute_url()}#L345")
    line = page.locator("#L345")
    expect(line).to_contain_text("line 345 of a long log")
    expect(line).to_be_in_viewport()
    assert re.search(r"\?line=345#L345$", page.url)
    page.locator("#L346 .log-number").click()
    assert page.url.endswith("#L346")


def test_a_click_on_a_point_of_the_curve_opens_the_log_at_its_line(page, trial):
    page.goto(trial.get_absolute_url())
    point = page.locator("[data-chart-name=curve] .scatterlayer .points path").nth(2)
    expect(point).to_be_visible()
    box = point.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator("[data-chart-name=curve] .hoverlayer .hovertext").wait_for()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**/?line=3000#L3000")
    expect(page.locator("#L3000")).to_contain_text("step=3 loss=0.3333")
    expect(page.locator("#L3000")).to_be_in_viewport()


def test_next_and_previous_step_through_the_lines_found(page, trial):
    page.goto(trial.get_absolute_url())
    page.get_by_label("Find in the whole log").fill("LOSS=")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("20 lines with “LOSS=”, this is 1.")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("this is 2.")).to_be_visible()
    current = page.locator(".log-line.is-current")
    expect(current).to_be_in_viewport()
    expect(current.locator("mark")).to_have_text("loss=")
    page.get_by_role("link", name="Previous").click()
    expect(current).to_contain_text("step=1 loss=1.0000")
