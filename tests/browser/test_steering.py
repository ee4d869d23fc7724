"""The menu and the trial's buttons on job details, while polling swaps parts of the page."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_running_job import endless_search  # noqa: F401


def polled(page):
    """Wait for an answer of the page's polling."""
    with page.expect_response(lambda response: "/live/" in response.url):
        pass


@pytest.mark.stack
def test_the_open_menu_outlives_polling_and_its_dialog_adds_trials(page, endless_search):  # noqa: F811
    page.goto(endless_search.get_absolute_url())
    page.get_by_role("button", name="More", exact=True).click()
    polled(page)
    polled(page)
    page.get_by_role("button", name="Add trials…").click()
    dialog = page.get_by_role("dialog", name="Add trials")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Trials to add").fill("4")
    polled(page)
    dialog.get_by_role("button", name="Add trials").click()
    expect(page.locator("#trials-total")).to_have_text("7")


@pytest.mark.stack
def test_a_trial_is_stopped_from_the_table_though_polling_swapped_it(page, endless_search):  # noqa: F811
    page.goto(f"{endless_search.get_absolute_url()}?tab=trials")
    page.get_by_role("button", name="Stop, keep value").click()
    dialog = page.get_by_role("dialog", name="Stop trial 1 early?")
    expect(dialog).to_be_visible()
    polled(page)
    polled(page)
    dialog.get_by_role("button", name="Stop, keep value").click()
    expect(page.get_by_text("its value kept").first).to_be_visible()
