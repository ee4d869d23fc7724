"""A running job on its pages: the log grows, the curve is drawn, and Stop ends it."""

import os
import re
import signal
import zipfile
from datetime import timedelta

import psutil
import pytest
from django.db import connection
from playwright.sync_api import expect

from jobs.execution import lifecycle
from jobs.models import Flavor, TrainingJob
from search import Categorical, SearchSpace
from tests.browser import searches

ENDLESS = """
import itertools, time
for step in itertools.count(1):
    print(f"step {step} loss={1 / step:.4f}", flush=True)
    time.sleep(0.1)
"""

SILENT = "import time\nprint('loss=0.5', flush=True)\ntime.sleep(600)\n"
FAILS = "import sys\nprint('loss=0.5')\nsys.exit('no memory')\n"
LEAVES = """
import subprocess, time
print(subprocess.Popen(["setsid", "sleep", "600"]).pid, "loss=0.5", flush=True)
time.sleep(600)
"""
SAYS = """
import os, pathlib, sys
pathlib.Path(os.environ["models"], "model.txt").write_text("weights")
print("\\033[31mdevice\\033[0m", os.environ["CUDA_VISIBLE_DEVICES"])
for part in range(101):
    print(f"{part}% of the epoch", end="\\r")
print()
print("loss=" + ("0.25" if "adam" in sys.argv else "0.5"))
"""


@pytest.fixture
def endless_search(stack, user):
    """A submitted search of a script that never ends; the reconciler wakes the workers for it."""
    job = searches.submitted(user, ENDLESS, name="endless", num_samples=3)
    yield job
    job.refresh_from_db()
    if job.is_stoppable:  # it would keep a worker from the next test
        lifecycle.stop(job, user)


@pytest.mark.stack
def test_the_log_grows_the_curve_is_drawn_and_stop_ends_it(page, endless_search):
    job = endless_search
    page.goto(job.get_absolute_url())
    page.locator("[data-chart-name=convergence]").scroll_into_view_if_needed()  # only then is it drawn anew
    curve = page.locator("[data-chart-name=convergence] .scatterlayer .trace path.js-line")
    expect(curve).to_have_count(1)

    page.goto(f"{job.get_absolute_url()}trials/1/")
    lines = page.locator("#log .log-line")
    expect(lines.first).to_be_visible()
    before = lines.count()
    expect(lines.nth(before + 10)).to_be_attached()

    page.goto(job.get_absolute_url())
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Stop job").click()
    expect(page.locator("#job-status [data-status=Terminated]")).to_be_visible()
    job.refresh_from_db()
    assert (job.status, job.reason) == ("Terminated", f"Stopped by {job.owner.username}.")
    assert job.trials.get().status == "Stopped"


def ended(job):
    job.refresh_from_db()
    return not job.is_active


@pytest.mark.stack
def test_what_trials_say_and_leave_and_what_is_not_run_twice(page, user, eventually):
    flavor, _ = Flavor.objects.get_or_create(name="one-gpu", resource_type="GPU", gpu_count=1)
    job = searches.submitted(
        user,
        SAYS,
        name="says",
        specification={"outputs": ({"name": "models", "obtained_from": "environment"},)},
        search_space=SearchSpace({"optimizer": Categorical(["adam", "sgd"])}).to_json(),
        num_samples=3,
        save_model_count=1,
        flavor=flavor,
    )
    eventually(lambda: ended(job))
    again = job.trials.get(attempt=0)
    worse = job.trials.exclude(pk=job.best_trial_id).get(attempt=1)
    page.goto(f"{job.get_absolute_url()}?tab=trials")
    row = page.locator("#live-trials tbody tr", has=page.locator(f"#trial-{again.number}"))
    expect(row).to_contain_text(f"Same configuration as trial {again.same_as.number}")
    page.goto(worse.get_absolute_url())
    expect(page.locator("#outputs")).to_contain_text("only the outputs of the best 1 trials are")
    lines = page.locator("#log .log-line")
    expect(lines.filter(has_text=re.compile("device 0$"))).to_have_count(1)
    expect(lines.filter(has_text="of the epoch")).to_have_text([re.compile("^\\d+100% of the epoch")])
    with page.expect_download() as download:
        page.get_by_role("link", name="Download", exact=True).click()
    assert download.value.path().read_bytes() == worse.log_path.read_bytes()

    page.goto(f"{job.get_absolute_url()}?tab=logs")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all").click()
    assert len(zipfile.ZipFile(download.value.path()).namelist()) == 2
    page.get_by_label("Find a word in the logs of all trials").fill("EPOCH")
    page.get_by_role("button", name="Search all trials").click()
    page.get_by_role("link", name="Link to this search").click()
    expect(page.get_by_role("heading", name="“EPOCH” in 2 trials")).to_be_visible()


@pytest.mark.stack
def test_how_trials_end_is_told_in_words(page, user, eventually):
    limited = searches.submitted(user, LEAVES, name="limited", trial_time_limit_seconds=2)
    failing = searches.submitted(user, FAILS, name="failing", auto_restart=1)
    eventually(lambda: ended(limited) and ended(failing))
    page.goto(f"{limited.get_absolute_url()}trials/1/")
    expect(page.locator(".lead")).to_contain_text("Stopped after 2 s, the time limit of a trial.")
    told = page.locator("#log .log-line").filter(has_text="with the 1 it had started")
    expect(told).to_have_count(1)
    grandchild = int(re.search(r"(\d+) loss", limited.trials.get().log_path.read_text())[1])
    assert not psutil.pid_exists(grandchild)
    page.goto(f"{failing.get_absolute_url()}trials/1/")
    expect(page.get_by_role("region", name="Events")).to_contain_text("Auto restart 1 of 1.")
    page.goto(failing.get_absolute_url())
    expect(page.get_by_text("1 trial printed values, which does not count: failed.")).to_be_visible()

    silent = searches.submitted(user, SILENT, name="silent")
    with connection.cursor() as cursor:  # the form knows whole minutes only
        cursor.execute("UPDATE jobs_trainingjob SET hang_minutes = 0.01 WHERE id = %s", [silent.pk])
    endless = searches.submitted(user, ENDLESS, name="endless", auto_stop_hours=1)
    try:
        trial = eventually(lambda: endless.trials.filter(status="Running").first())
        os.kill(int(trial.worker.split(":")[1]), signal.SIGKILL)
        page.goto(f"{silent.get_absolute_url()}?tab=trials")
        expect(page.get_by_text("suspected to hang")).to_be_visible()
        page.goto(f"{endless.get_absolute_url()}?tab=events")
        expect(page.get_by_text("was lost, retried 1 of 3.")).to_be_visible()
        eventually(lambda: endless.trials.filter(status="Running").exists())
        TrainingJob.objects.filter(pk=endless.pk).update(started=endless.created - timedelta(hours=1))
        expect(page.locator("#job-status [data-status=Terminated]")).to_be_visible()
        expect(page.locator("#job-times")).to_contain_text("Auto stop after 1 h.")
    finally:
        for job in (silent, endless):
            job.refresh_from_db()
            if job.is_stoppable:
                lifecycle.stop(job, user)
