"""The main job as a person does it, by the pages' labels: two filled-in forms, then a converged search."""

import pytest
from playwright.sync_api import expect

from algorithms.models import Algorithm
from jobs.models import TrainingJob

RANGES = {"learning_rate": ("0.01", "1", "Logarithmic"), "momentum": ("0", "0.95", "Linear")}
TRIALS = 6
SEARCHING_MS = 180_000


def sign_in(page, user):
    page.goto("/")
    page.get_by_role("textbox", name="User name").fill(user.username)
    page.get_by_role("textbox", name="Password").fill("a-long-password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()


def create_algorithm(page, search_algorithm):
    page.goto("/")
    page.get_by_role("link", name="Create algorithm").first.click()
    page.get_by_role("textbox", name="Name").first.fill("digits")
    page.get_by_role("textbox", name="Code directory").fill("obs://examples/digits/")
    page.get_by_role("textbox", name="Boot file").fill("train.py")
    for name in RANGES:
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("textbox", name="Hyperparameter name").last.fill(name)
        page.get_by_role("combobox", name="Type", exact=True).last.select_option("Float")
        page.get_by_role("textbox", name="Default", exact=True).last.fill("0.1")
    page.get_by_role("checkbox", name="autoSearch(S)").check()
    page.get_by_role("textbox", name="Search indicator name").last.fill("val_accuracy")
    page.get_by_role("combobox", name="Optimization direction").last.select_option("max")
    page.get_by_role("button", name="Generate Intelligently").last.click()
    expect(page.get_by_role("textbox", name="Regular expression").last).not_to_have_value("")
    page.get_by_role("button", name="Add search parameter").click()
    for row, (name, (lower, upper, scale)) in enumerate(RANGES.items()):
        page.get_by_role("combobox", name="Hyperparameter to search").nth(row).select_option(name)
        page.get_by_role("textbox", name="Lower bound").nth(row).fill(lower)
        page.get_by_role("textbox", name="Upper bound").nth(row).fill(upper)
        page.get_by_role("combobox", name="Scale").nth(row).select_option(label=scale)
    page.get_by_role("checkbox", name=search_algorithm).check()
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("main [data-status=Available]").first).to_be_visible()


def create_job(page, search_algorithm):
    page.get_by_role("link", name="Create training job").first.click()
    for name in RANGES:
        page.get_by_text(f"Range of {name}").click()
    page.get_by_role("combobox", name="Search algorithm").select_option(search_algorithm)
    page.get_by_role("textbox", name="num_samples").fill(str(TRIALS))
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("#job-status")).to_be_visible()


@pytest.mark.stack
@pytest.mark.parametrize("search_algorithm", ["bayes_opt_search", "tpe_search", "anneal_search"])
def test_from_two_forms_to_a_converged_search(open_page, user, search_algorithm):
    page = open_page()
    sign_in(page, user)
    create_algorithm(page, search_algorithm)
    create_job(page, search_algorithm)

    expect(page.locator("#job-status [data-status=Completed]")).to_be_visible(timeout=SEARCHING_MS)
    job = TrainingJob.objects.get(owner=user)
    assert job.search_algorithm == search_algorithm
    assert (job.completed_trials, job.trials.count()) == (TRIALS, TRIALS)
    expect(page.locator("#trials-ended")).to_have_text(str(TRIALS))
    best = max(job.trials.values_list("value", flat=True))
    assert float(page.locator("#best-value data").get_attribute("value")) == best == job.best_value

    convergence = page.locator("[data-chart-name=convergence]")
    curves = convergence.locator(
        ".scatterlayer [class*=' tracet'] path.js-line"
    )  # the band has lines of its own
    expect(curves).to_have_count(TRIALS)
    course = page.locator("[data-chart-name=best-so-far]")
    course.scroll_into_view_if_needed()
    expect(course.locator(".scatterlayer .trace").first).to_be_visible()
    expect(course.locator(".scatterlayer .trace .points path")).to_have_count(TRIALS)
    algorithm = Algorithm.objects.get(owner=user)
    assert algorithm.jobs.get() == job

    page.reload()  # the verdict of the whole search
    page.get_by_role("button", name="Make these the defaults").click()
    page.get_by_role("button", name="Change defaults").click()
    expect(page.get_by_text("Defaults of digits changed")).to_be_visible()
    algorithm.refresh_from_db()
    assert {row["name"]: row["default"] for row in algorithm.hyperparameters} == job.best_trial.parameters
