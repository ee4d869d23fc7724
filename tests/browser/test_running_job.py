"""A running job on its pages: the log grows, the curve is drawn, and Stop ends it."""

import hashlib

import pytest
from playwright.sync_api import expect

from algorithms.models import CodeSnapshot
from algorithms.specification import AlgorithmSpecification
from jobs.execution import lifecycle
from jobs.models import ResourcePool, TrainingJob
from search import Float, SearchSpace

ENDLESS = """
import itertools, time
for step in itertools.count(1):
    print(f"step {step} loss={1 / step:.4f}", flush=True)
    time.sleep(0.1)
"""


@pytest.fixture
def endless_search(stack, user):
    """A submitted search of a script that never ends; the reconciler wakes the workers for it."""
    digest = hashlib.sha256(ENDLESS.encode()).hexdigest()
    measures = {"file_count": 1, "size": len(ENDLESS)}
    snapshot, _ = CodeSnapshot.objects.get_or_create(content_hash=digest, defaults=measures)
    snapshot.path.mkdir(parents=True, exist_ok=True)
    (snapshot.path / "train.py").write_text(ENDLESS)
    job = TrainingJob.objects.create(
        name="endless",
        owner=user,
        snapshot=snapshot,
        specification_data=AlgorithmSpecification("train.py", "obs://code/endless/").to_json(),
        search_space=SearchSpace({"rate": Float(0, 1)}).to_json(),
        search_algorithm="random_search",
        indicator_name="loss",
        direction="min",
        pattern=r"loss=(\S+)",
        num_samples=3,
        max_concurrent=1,
        pool=ResourcePool.objects.get(name="default"),
        status="Pending",
    )
    yield job
    job.refresh_from_db()
    if job.is_stoppable:  # it would keep a worker from the next test
        lifecycle.stop(job, user)


@pytest.mark.stack
def test_the_log_grows_the_curve_is_drawn_and_stop_ends_it(page, endless_search):
    job = endless_search
    page.goto(job.get_absolute_url())
    curve = page.locator("[data-chart-name=convergence] .scatterlayer .trace path.js-line")
    expect(curve).to_have_count(1, timeout=30_000)

    page.goto(f"{job.get_absolute_url()}trials/1/")
    lines = page.locator("#log .log-line")
    expect(lines.first).to_be_visible()
    before = lines.count()
    expect(lines.nth(before + 10)).to_be_attached()

    page.goto(job.get_absolute_url())
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Stop job").click()
    expect(page.locator("#job-status [data-status=Terminated]")).to_be_visible(timeout=30_000)
    job.refresh_from_db()
    assert (job.status, job.reason) == ("Terminated", f"Stopped by {job.owner.username}.")
    assert job.trials.get().status == "Stopped"
