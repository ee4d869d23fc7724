"""Each operation on a job and its trials, as a person does it: menu, page or question, and what comes of it."""

import re

import pytest
from playwright.sync_api import expect

from algorithms.specification import Hyperparameter
from jobs.execution import lifecycle
from jobs.models import TrainingJob
from tests.browser import searches
from tests.browser.test_running_job import endless_search  # noqa: F401

SCRIPT = """
import sys
rate = float(sys.argv[sys.argv.index("--rate") + 1])
print(f"rounds={round(rate * 10)} loss={(rate - 0.3) ** 2:.6f}")
sys.exit("much too fast" if rate > 0.9 else "too fast" if rate > 0.5 else 0)
"""


@pytest.fixture
def ended_search(stack, user, eventually):
    """A search of four trials that has ended; those with a rate above 0.5 have failed."""
    job = searches.submitted(
        user,
        SCRIPT,
        name="rates",
        specification={"hyperparameters": (Hyperparameter("rate", "Float"),)},
        search_parameters={"seed": 3},
        num_samples=4,
        max_concurrent=2,
    )

    def ended():
        job.refresh_from_db()
        return not job.is_active

    eventually(ended)
    yield job
    if TrainingJob.objects.filter(pk=job.pk).exists():
        job.refresh_from_db()
        if job.is_stoppable:
            lifecycle.stop(job, user)


def menu(page, item):
    page.get_by_role("button", name="More", exact=True).click()
    page.locator("#job-more").get_by_text(item).click()


@pytest.mark.stack
def test_a_running_search_is_paused_changed_and_described(page, endless_search, page_errors):  # noqa: F811
    job = endless_search
    page.goto(job.get_absolute_url())
    menu(page, "Pause")
    expect(page.locator("#job-status")).to_contain_text("Paused")
    menu(page, "Resume")
    expect(page.locator("#job-status")).not_to_contain_text("Paused")
    menu(page, "Change concurrency or priority")
    dialog = page.get_by_role("dialog", name="Change concurrency or priority")
    expect(dialog.get_by_label("Priority").locator("option")).to_have_text(["1", "2"])
    dialog.get_by_label("Trials at once").fill("2")
    dialog.get_by_label("Priority").select_option("2")
    dialog.get_by_role("button", name="Change").click()
    expect(page.get_by_text("has been changed")).to_be_visible()
    page.locator(".description summary").click()
    page.get_by_label("Description").fill("Which rate is best?")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#description summary")).to_contain_text("Which rate is best?")
    menu(page, "Read the indicator anew")
    page.get_by_label("Search indicator").fill("steps")
    page.get_by_label("Direction").select_option("max")
    page.get_by_label("Regular expression").fill(r"step (\d+)")
    page.get_by_role("button", name="Read anew").click()
    expect(page.get_by_role("heading", name="Best steps")).to_be_visible()
    expect(page.locator("#reading")).to_have_count(0)
    page_errors.clear()  # htmx notes previews that were overtaken
    page.goto(f"{job.get_absolute_url()}?tab=trials")
    expect(page.locator("#live-trials tbody tr").first).to_contain_text(re.compile(r"\b\d{2,}\b"))
    page.get_by_role("button", name="Stop, ignore value").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Stop, ignore value").click()
    expect(page.get_by_text("its value ignored").first).to_be_visible()
    # The page is loaded again at the end.
    expect(page.locator("[data-trial-status]")).to_contain_text("Stopped")
    page.goto(f"{job.get_absolute_url()}?tab=events&q=set")
    expect(page.get_by_role("region", name="Events").locator("tbody tr")).to_have_count(2)
    job.refresh_from_db()
    assert (job.max_concurrent, job.priority, job.description) == (2, 2, "Which rate is best?")


@pytest.mark.stack
def test_an_ended_search_goes_on_as_it_is_told(page, ended_search, eventually, page_errors):
    job = ended_search
    failed = list(job.trials.filter(status="Failed").values_list("number", flat=True))
    assert failed and len(failed) < 4, "the seed is to give both kinds"
    page.goto(job.get_absolute_url())

    menu(page, "Narrow or widen ranges")
    page.get_by_label("rate upper bound").fill("-1")
    page.get_by_role("button", name="Change ranges").click()
    expect(page.get_by_text("Enter an upper bound above the lower bound 0.")).to_be_visible()
    page.get_by_label("rate lower bound").fill("0.2")
    page.get_by_label("rate upper bound").fill("0.4")
    page.get_by_role("button", name="Change ranges").click()
    expect(page.get_by_text("The new ranges hold from trial 5 on.")).to_be_visible()
    expect(page.locator(".phases")).to_contain_text("From trial 5 on")

    menu(page, "Queue a configuration")
    page.get_by_label("rate").fill("0.3")
    page.get_by_role("button", name="Queue trial").click()
    expect(page.locator("[data-trial-status]")).to_contain_text("Completed")
    expect(page).to_have_url(f"{page.url.split('/jobs/')[0]}{job.get_absolute_url()}trials/5/")

    page.goto(job.get_absolute_url())
    menu(page, "Retry failed trials")
    page.get_by_role("row", name="Exit code 1: too fast").get_by_role("button", name="Retry").click()
    expect(page.get_by_text("started again").first).to_be_visible()
    eventually(
        lambda: job.trials.filter(number__in=failed, attempt=2, status="Failed").count() == len(failed)
    )

    menu(page, "Add trials")
    page.get_by_role("dialog").get_by_label("Trials to add").fill("2")
    page.get_by_role("dialog").get_by_role("button", name="Add trials").click()
    eventually(lambda: job.trials.filter(number__gt=5, status="Completed").count() == 2)
    assert all(0.2 <= trial.parameters["rate"] <= 0.4 for trial in job.trials.filter(number__gt=5))
    expect(page.locator("#job-status [data-status=Completed]")).to_be_visible()

    menu(page, "Read the indicator anew")
    page.get_by_label("Regular expression").fill(r"rounds=(\d+")
    expect(page.locator("#reread-preview")).to_contain_text("opened and not closed")
    page.get_by_label("Regular expression").fill(r"rounds=(\d+)")
    expect(page.locator("#reread-preview")).to_contain_text("Trial 7")
    page.get_by_label("Search indicator").fill("rounds")
    page.get_by_role("button", name="Read anew").click()
    expect(page.get_by_role("heading", name="Best rounds")).to_be_visible()
    expect(page.locator("#best-value")).to_have_text(re.compile(r"^\d$"))

    menu(page, "Read the indicator anew")
    page.get_by_label("Regular expression").fill(r"circles=(\d+)")
    question = page.locator("[data-reread-question]")
    expect(question).to_contain_text("no trial would have a value")
    page.get_by_role("button", name="Read anew").click()
    expect(question).to_be_visible()
    question.get_by_label("Yes, read anew with this pattern").check()
    page.get_by_role("button", name="Read anew").click()
    expect(page.get_by_text("No line of any trial matched rounds.")).to_be_visible()
    expect(page.locator("#job-status [data-status=Completed]")).to_be_visible()
    expect(page.locator("[data-chart-name=best-so-far]")).to_contain_text("No trial has a value of rounds")
    page.get_by_role("link", name="Read again with the former pattern").click()
    expect(page.locator("#reread-preview")).to_contain_text("7 of 7 logs looked at hold values")
    page.get_by_role("button", name="Read anew").click()
    expect(page.locator("#best-value")).to_have_text(re.compile(r"^\d$"))

    menu(page, "Narrow or widen ranges")
    page.get_by_label("rate upper bound").fill("1")
    page.get_by_role("button", name="Change ranges").click()
    expect(page.get_by_text("The new ranges hold from trial 8 on.")).to_be_visible()
    menu(page, "Queue a configuration")
    page.get_by_label("rate").fill("0.95")
    page.get_by_role("button", name="Queue trial").click()
    expect(page.locator("[data-trial-status]")).to_contain_text("Failed")
    page.get_by_role("button", name="Retry", exact=True).click()
    eventually(lambda: job.trials.filter(number=8, attempt=2, status="Failed").exists())
    page.goto(job.get_absolute_url())
    menu(page, "Retry failed trials")
    page.get_by_role("button", name=f"Retry all {len(failed) + 1}").click()
    expect(page.get_by_text("started again").first).to_be_visible()
    eventually(lambda: job.trials.filter(attempt=3, status="Failed").count() == len(failed) + 1)
    page_errors.clear()  # the browser notes that ranges with an error were refused


@pytest.mark.stack
def test_an_ended_search_is_repeated_saved_and_deleted(page, ended_search, page_errors):
    job = ended_search
    page.goto(job.get_absolute_url())
    page.get_by_role("link", name="Train again with these").click()
    best = job.trials.get(pk=job.best_trial_id).parameters["rate"]
    expect(page.get_by_label("rate value")).to_have_value(repr(best))
    page.go_back()
    page.get_by_role("link", name="Save as algorithm").click()
    expect(page.locator("#id_boot_file")).to_have_value("train.py")
    page.go_back()
    folder = job.directory
    assert folder.exists()
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog", name="Delete rates?")
    expect(dialog).to_contain_text("4 trials, their results, logs and files")
    dialog.get_by_role("textbox").fill("rates")
    dialog.get_by_role("button", name="Delete job").click()
    expect(page.get_by_text("Training job rates has been deleted.")).to_be_visible()
    assert not folder.exists()
    page.get_by_role("link", name="Deleted jobs").click()
    page.get_by_role("link", name="rates").click()
    expect(page.get_by_role("heading", name="rates was deleted")).to_be_visible()
    expect(page.get_by_role("region", name="Events")).to_contain_text(f"Deleted by {job.owner.username}.")
    page_errors.clear()  # the browser notes that the job is gone
