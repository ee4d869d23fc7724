"""The list of training jobs: operations, ticked rows, search while typing."""

import re

import pytest
from playwright.sync_api import expect

from algorithms.models import CodeSnapshot
from jobs.models import ResourcePool, TrainingJob


@pytest.fixture
def make_job(user):
    """A job in the running console's database that no worker looks at: its pool has none."""
    pool, _ = ResourcePool.objects.get_or_create(name="nobody-works-here")
    snapshot, _ = CodeSnapshot.objects.get_or_create(
        content_hash="0" * 64, defaults={"file_count": 1, "size": 1}
    )

    def make(name, **columns):
        return TrainingJob.objects.create(
            **{
                "name": name,
                "owner": user,
                "pool": pool,
                "snapshot": snapshot,
                "specification_data": {"boot_file": "train.py"},
                "status": "Completed",
                **columns,
            }
        )

    return make


def test_a_job_is_deleted_after_its_name_was_typed(page, make_job):
    job = make_job("precious")
    page.goto("/jobs/")
    page.get_by_role("button", name="Delete precious").click()
    dialog = page.get_by_role("dialog")
    accept = dialog.get_by_role("button", name="Delete job")
    expect(accept).to_be_disabled()
    dialog.get_by_role("textbox").fill("precious")
    accept.click()
    expect(page.get_by_text("precious has been deleted")).to_be_visible()
    assert not TrainingJob.objects.filter(pk=job.pk).exists()


def test_a_pending_job_is_stopped_after_a_question(page, make_job):
    job = make_job("waiting", status="Pending")
    page.goto("/jobs/")
    page.get_by_role("button", name="Stop waiting").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop job").click()
    expect(page.locator(f"#job-{job.pk}-status [data-status=Terminated]")).to_be_visible()


def test_ticked_jobs_are_deleted_together(page, make_job):
    for number in range(3):
        make_job(f"job-{number}")
    make_job("waiting", status="Pending")
    page.goto("/jobs/")
    expect(page.get_by_text("ticked")).to_be_hidden()
    page.get_by_label("Tick job-0").check()
    page.get_by_label("Tick job-2").check()
    expect(page.get_by_text("2 jobs ticked")).to_be_visible()
    stop = page.get_by_role("button", name="Stop", exact=True)
    expect(stop).to_be_disabled()
    page.get_by_label("Tick waiting").check()
    expect(stop).to_be_enabled()
    page.get_by_label("Tick waiting").uncheck()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("textbox").fill("delete 2 jobs")
    page.get_by_role("dialog").get_by_role("button", name="Delete 2 jobs").click()
    expect(page.get_by_text("2 training jobs have been deleted")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^job-"))).to_have_count(1)


def test_searching_narrows_the_list_while_typing_and_stays_in_the_address(page, make_job):
    make_job("resnet")
    make_job("bert")
    page.goto("/jobs/")
    page.get_by_label("Search training jobs").press_sequentially("bert")
    expect(page.get_by_role("link", name="resnet", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="bert", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("q=bert"))
    page.reload()
    expect(page.get_by_label("Search training jobs")).to_have_value("bert")
    expect(page.get_by_role("link", name="resnet", exact=True)).to_have_count(0)


def test_live_rows_change_while_ticks_and_open_questions_stay(page, make_job):
    job = make_job("live", status="Running", search_space={"dimensions": []}, num_samples=4, created_trials=4)
    TrainingJob.objects.filter(pk=job.pk).update(
        search_space={"dimensions": [{"name": "x", "type": "float"}]}, completed_trials=1
    )
    page.goto("/jobs/")
    page.get_by_label("Tick live").check()
    page.get_by_role("button", name="Delete live").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    TrainingJob.objects.filter(pk=job.pk).update(completed_trials=3, best_value=0.75)
    row = page.locator(f"tr[data-job='{job.pk}']")
    expect(row).to_contain_text("3/4 trials")
    expect(row).to_contain_text("0.75")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(row.locator("[data-tick]")).to_be_checked()
