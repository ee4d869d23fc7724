"""The trials table in a real browser: filters, ticks over pages, columns, marks, and exports of what is shown."""

import csv
import re

import numpy as np
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from algorithms.specification import AlgorithmSpecification
from jobs.execution.outputs import kept_directory
from jobs.models import PointBatch, ResourcePool, TrainingJob, Trial, TrialTag
from jobs.results import points
from search import Categorical, Float, SearchSpace

SPACE = SearchSpace({"rate": Float(0.0, 1.0), "kind": Categorical(["adam", "sgd"]), "depth": Float(1, 9)})


@pytest.fixture
def make_search(stack, user):
    """A finished search of so many trials; the value of trial n is n, its rate falls with n."""

    def make(count, name="search", **columns):
        outputs = [{"name": "model"}]
        job = TrainingJob.objects.create(
            name=name,
            owner=user,
            specification_data=AlgorithmSpecification("train.py", "obs://code/x/", outputs=outputs).to_json(),
            search_space=SPACE.to_json(),
            search_algorithm="random_search",
            search_parameters={"seed": 1},
            indicator_name="loss",
            direction="min",
            pattern=r"loss=(\S+)",
            num_samples=count,
            pool=ResourcePool.objects.get(name="default"),
            status="Completed",
            created_trials=count,
            completed_trials=count,
            **columns,
        )
        now = timezone.now()
        trials = Trial.objects.bulk_create(
            Trial(
                job=job,
                number=number,
                parameters={"rate": 1 - number / 1000, "kind": ["adam", "sgd"][number % 2], "depth": 2.0},
                status="Completed",
                value=float(number),
                worker="host",
                started=now,
                ended=now,
                attempt=1,
                point_count=3,
            )
            for number in range(1, count + 1)
        )
        data = points.pack([(step, 1.0 / step, step, step, 0) for step in (1, 2, 3)])
        PointBatch.objects.bulk_create(
            PointBatch(trial=trial, first=0, count=3, data=data) for trial in trials
        )
        job.best_trial, job.best_value = trials[0], 1.0
        job.save()
        return job

    return make


def numbers(page):
    return [int(tick.get_attribute("value")) for tick in page.locator("[data-trial-tick]").all()]


def test_what_is_filtered_sorted_and_paged_stays_in_the_address_and_is_what_is_exported(
    page, make_search, tmp_path
):
    job = make_search(120)
    page.goto(f"{job.get_absolute_url()}?tab=trials")
    expect(page.locator("[data-trial-tick]")).to_have_count(50)
    page.get_by_role("button", name="Ranges").click()
    page.get_by_label("rate, to", exact=True).fill("0.98")
    expect(page.get_by_text("101 of 120 trials", exact=True)).to_be_visible()
    page.get_by_role("checkbox", name="sgd").check()
    expect(page.get_by_text("50 of 120 trials", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="rate", exact=True).click()
    expect(page.locator("[data-trial-tick]").first).to_have_value("119")
    assert numbers(page) == list(range(119, 20, -2))

    page.reload()  # everything is in the address
    assert numbers(page) == list(range(119, 20, -2))
    page.get_by_role("button", name="Export").click()
    expect(page.locator("[data-trials-exported]")).to_have_text("50 of 120 trials, as filtered,")
    with page.expect_download() as download:
        page.get_by_role("link", name="Trials as CSV").click()
    download.value.save_as(tmp_path / "trials.csv")
    with (tmp_path / "trials.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    shown = [
        [cell.get_attribute("value") for cell in row.locator("data").all()]
        for row in page.locator(".trials tbody tr").all()
    ]
    assert [
        [row["loss"], row["difference to best"], row["rate"], row["kind"], row["depth"]] for row in rows
    ] == shown

    page.get_by_role("link", name="Remove kind: sgd").click()
    expect(page.get_by_text("101 of 120 trials", exact=True)).to_be_visible()
    expect(page.get_by_role("checkbox", name="sgd", include_hidden=True)).not_to_be_checked()
    page.go_back()
    expect(page.get_by_text("50 of 120 trials", exact=True)).to_be_visible()
    expect(page.get_by_role("checkbox", name="sgd", include_hidden=True)).to_be_checked()
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("[data-trial-tick]").first).to_have_value("120")


def test_ticks_survive_paging_and_a_look_at_a_trial(page, make_search):
    job = make_search(120)
    page.goto(f"{job.get_absolute_url()}?tab=trials")
    page.get_by_label("Compare trial 2", exact=True).check()
    page.locator(".pager").get_by_role("link", name="Next").click()
    page.get_by_label("Compare trial 52", exact=True).check()
    page.get_by_role("link", name="52", exact=True).click()
    expect(page.get_by_text("52 of 120")).to_be_visible()
    page.keyboard.press("]")
    expect(page.get_by_text("53 of 120")).to_be_visible()
    page.get_by_role("link", name="53 of 120").click()
    expect(page.get_by_label("Compare trial 52", exact=True)).to_be_checked()  # page 2, as before
    page.get_by_role("link", name="Compare 2 trials").click()
    expect(page.locator(".compare thead a:not(.btn-icon)")).to_have_text(["2", "52"])
    expect(page.locator("[data-chart-name=compare] .main-svg").first).to_be_visible()
    expect(page.locator(".compare .differs")).to_have_count(1)
    page.get_by_label("Only what differs").check()
    expect(page.get_by_role("row", name="depth")).to_be_hidden()
    page.get_by_label("Leave trial 2 out").click()
    expect(page.locator(".compare thead a")).to_have_text(["52"])
    page.go_back()
    page.go_back()
    page.get_by_role("button", name="Untick all").click()
    expect(page.get_by_role("link", name="Compare 2 trials")).to_be_hidden()
    expect(page.get_by_label("Compare trial 52", exact=True)).not_to_be_checked()


def test_columns_are_chosen_once(page, make_search, open_page, user):
    job = make_search(3)
    page.goto(f"{job.get_absolute_url()}?tab=trials&sort=-value")
    expect(page.get_by_role("link", name="depth", exact=True)).to_be_visible()
    expect(page.locator("#job-settings")).to_be_hidden()
    page.get_by_role("button", name="Settings", exact=True).click()
    expect(page.locator("#job-settings")).to_be_visible()
    page.get_by_title("Show further columns").click()
    expect(page.locator(".table-scroll")).to_have_class(re.compile("is-scrolled"))
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="depth").uncheck()
    expect(page.get_by_role("link", name="depth", exact=True)).to_have_count(0)
    assert numbers(page) == [3, 2, 1]
    page.get_by_role("checkbox", name="Started").check()
    expect(page.get_by_role("link", name="Started", exact=True)).to_be_visible()
    page.get_by_role("button", name="No hyperparameters").click()
    expect(page.get_by_role("link", name="rate", exact=True)).to_have_count(0)
    elsewhere = open_page(user)
    elsewhere.goto(f"{make_search(2, 'another').get_absolute_url()}?tab=trials")
    expect(elsewhere.get_by_role("link", name="Started", exact=True)).to_be_visible()
    expect(elsewhere.locator("#job-settings")).to_be_visible()
    expect(elsewhere.get_by_role("link", name="rate", exact=True)).to_have_count(0)


def test_note_tags_and_star_are_put_on_a_trial_and_found_in_the_table(page, make_search, page_errors):
    job = make_search(5)
    TrialTag.objects.create(trial=job.trials.get(number=1), name="baseline")
    page.goto(job.trials.get(number=3).get_absolute_url())
    page.get_by_role("button", name="Star trial 3").click()
    expect(page.get_by_role("button", name="Star trial 3")).to_have_attribute("aria-pressed", "true")
    for tag in ("again", "odd one"):
        page.get_by_label("Add a tag").fill(tag)
        page.keyboard.press("Enter")
        expect(page.locator(".trial-tags .tag").filter(has_text=tag)).to_be_visible()
    page.get_by_role("button", name="Remove the tag odd one").click()
    expect(page.locator(".trial-tags .tag")).to_have_text(["again"])
    page.get_by_text("Add a note").click()
    page.get_by_label("Note", exact=True).fill("x" * 2001)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("A note has at most 2000 characters")).to_be_visible()
    page_errors.clear()  # the browser names the answer 422 an error
    page.get_by_label("Note", exact=True).fill("Flat after <10> steps")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#trial-note summary")).to_have_text(re.compile("Flat after <10> steps"))
    expect(page.get_by_label("Note", exact=True)).to_be_hidden()

    page.goto(f"{job.get_absolute_url()}?tab=trials")
    page.get_by_label("Starred").check()
    expect(page.get_by_text("1 of 5 trials", exact=True)).to_be_visible()
    expect(page.get_by_text("Flat after <10> steps")).to_be_visible()
    page.get_by_label("Starred").uncheck()
    page.get_by_label("Tag of the trials").select_option("baseline")
    expect(page.get_by_label("Compare trial 3", exact=True)).to_have_count(0)
    assert numbers(page) == [1]
    page.get_by_role("link", name="Show all").click()
    page.get_by_role("button", name="Star trial 5").click()
    expect(page.get_by_role("button", name="Star trial 5")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="again", exact=True).click()
    expect(page.locator("[data-trial-tick]")).to_have_count(1)
    assert numbers(page) == [3]
    expect(page.get_by_label("Tag of the trials")).to_have_value("again")
    assert sorted(job.trials.filter(starred=True).values_list("number", flat=True)) == [3, 5]


def test_outputs_are_downloaded_one_by_one_and_as_a_whole(page, make_search, tmp_path):
    trial = make_search(1).trials.get()
    folder = kept_directory(trial) / "model"
    folder.mkdir(parents=True)
    (folder / "weights.npy").write_bytes(np.arange(100.0).tobytes())
    page.goto(trial.get_absolute_url())
    with page.expect_download() as download:
        page.get_by_role("link", name="weights.npy").click()
    assert download.value.path().read_bytes() == np.arange(100.0).tobytes()
    with page.expect_download() as download:
        page.get_by_role("link", name="All files as .zip").click()
    assert download.value.suggested_filename == "search-trial-1-outputs.zip"
    assert download.value.path().read_bytes().startswith(b"PK")


def test_ticked_jobs_are_compared_and_the_report_is_read_offline_in_the_dark(
    page, open_page, make_search, tmp_path
):
    first, second = make_search(4, "first"), make_search(6, "second", max_concurrent=7)
    page.goto("/jobs/")
    for job in (first, second):
        page.locator(f"[data-tick][value='{job.pk}']").check()
    page.get_by_role("link", name="Compare").click()
    for kind in ("trials", "time"):
        expect(page.locator(f"[data-chart-name=jobs-by-{kind}] .main-svg").first).to_be_visible()
    expect(page.locator(".compare .differs th")).to_have_text(["num samples", "max concurrent"])
    page.reload()
    expect(page.locator(".compare thead a")).to_have_text(["second", "first"])

    page.goto(f"{first.get_absolute_url()}?tab=trials&least=3")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Report as HTML").click()
    download.value.save_as(tmp_path / "report.html")
    alone = open_page(offline=True, color_scheme="dark")
    asked = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto((tmp_path / "report.html").as_uri())
    expect(alone.locator(".chart .main-svg").first).to_be_visible()
    expect(alone.get_by_text("2 of 4, filtered: loss ≥ 3.")).to_be_visible()
    assert alone.locator("section table").nth(1).locator("tbody tr").count() == 2
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = alone.evaluate(ground)
    alone.get_by_role("button", name="Light or dark").click()
    assert alone.evaluate(ground) != dark
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
