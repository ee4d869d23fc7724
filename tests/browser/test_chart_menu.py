"""What can be done with a chart: switches, table, downloads, its place on the page, and what a person keeps of it."""

import json
import re

from playwright.sync_api import expect

from jobs.models import Preference, TrainingJob, Trial
from jobs.results import points

TRACES = """(name) => document.querySelector(`[data-chart-name=${name}] .chart-drawn`).data
    .map((trace) => ({name: trace.name, uid: trace.uid, points: trace.x.length, last: trace.x[trace.x.length - 1]}))"""


def chart_of(page, name):
    chart = page.locator(f"[data-chart-name={name}]")
    chart.scroll_into_view_if_needed()
    expect(chart.locator(".main-svg").first).to_be_visible()
    return chart


def choose(chart, text):
    chart.get_by_role("button", name="More for this chart").click()
    chart.get_by_role("button", name=text, exact=True).click()


def hidden_by(request):
    return json.loads(request.post_data)["hidden"] if "/charts/arrangement/" in request.url else []


def shown(page):
    boxes = page.locator("[data-chart-movable]:not([hidden])")
    return [box.get_attribute("data-chart-name") for box in boxes.all()]


def linked(page):
    links = page.locator("[data-parts] li[data-part]:not([hidden])")
    return [link.get_attribute("data-part") for link in links.all()]


def test_curves_over_seconds_with_the_band_of_the_others_and_every_figure_as_a_table(page, finished_search):
    page.goto(finished_search.get_absolute_url())
    chart = chart_of(page, "convergence")
    drawn = {trace["uid"]: trace for trace in page.evaluate(TRACES, "convergence")}
    best = finished_search.best_trial.number
    assert drawn[f"t{best}"]["name"] == f"Best: trial {best}"
    assert drawn["median"]["points"] == 100
    assert {"band", "failed", "t1", "t40"} <= set(drawn)
    chart.get_by_role("button", name="Seconds").click()
    expect(chart.locator(".xtitle")).to_have_text("Seconds since the trial started")
    choose(chart, "Show as table")
    rows = chart.get_by_role("table").locator("tbody tr")
    expect(rows).to_have_count(40)
    expect(rows.nth(9)).to_contain_text("Failed")
    expect(chart.locator(".chart-table")).to_be_focused()
    chart.get_by_role("link", name="12", exact=True).click()
    expect(page).to_have_url(re.compile("/trials/12/$"))
    page.goto(finished_search.get_absolute_url())
    chart_of(page, "convergence")  # the axis was remembered
    expect(page.locator("[data-chart-name=convergence] .xtitle")).to_have_text(
        "Seconds since the trial started"
    )


def test_pictures_and_data_are_downloaded(page, finished_search, tmp_path):
    page.goto(finished_search.get_absolute_url())
    chart = chart_of(page, "best-so-far")
    begins = {"Picture as PNG": b"\x89PNG", "Picture as SVG": b"<svg", "Data as CSV": b"series,trial,x,y,z"}
    for text, begin in begins.items():
        chart.get_by_role("button", name="More for this chart").click()
        with page.expect_download() as download:
            chart.locator(".dropdown-menu").get_by_text(text, exact=True).click()
        download.value.save_as(tmp_path / "file")
        assert (tmp_path / "file").read_bytes().startswith(begin), text
        assert download.value.suggested_filename.startswith("finished-best-so-far")


def test_charts_are_hidden_and_ordered_by_keyboard_and_stay_so(page, finished_search):
    page.goto(finished_search.get_absolute_url())
    first = shown(page)
    choose(chart_of(page, "best-so-far"), "Hide")
    expect(page.locator("[data-chart-name=best-so-far]")).to_be_hidden()
    page.get_by_role("button", name="Arrange").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Arrange charts")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("checkbox", name="Best value over trials")).not_to_be_checked()
    up = dialog.get_by_role("button", name="Move Importance of hyperparameters up")
    up.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    with page.expect_response(lambda answer: "timeline" in hidden_by(answer.request)):
        dialog.get_by_role("checkbox", name="Timeline by worker").uncheck()
    wanted = ["importance", "convergence", *[name for name in first[3:] if name != "timeline"]]
    assert shown(page) == wanted
    links = ["importance", "convergence", "trials", *wanted[2:]]
    assert linked(page) == links
    page.reload()
    assert (shown(page), linked(page)) == (wanted, links)
    page.get_by_role("link", name="Slice", exact=True).click()
    expect(page.locator("#chart-slice")).to_be_in_viewport()
    kept = Preference.objects.read(finished_search.owner, "charts")
    assert set(kept["hidden"]) == {"best-so-far", "timeline"}


def test_while_a_trial_runs_only_its_new_points_are_sent(page, finished_search):
    trial = finished_search.trials.get(number=40)
    Trial.objects.filter(pk=trial.pk).update(status="Running", ended=None)
    columns = {"status": "Running", "paused": True, "num_samples": 60, "failed_trials": 3}
    TrainingJob.objects.filter(pk=finished_search.pk).update(**columns)
    page.goto(finished_search.get_absolute_url())
    chart_of(page, "convergence")
    address = re.compile("/charts/convergence/")
    with page.expect_response(lambda answer: address.search(answer.url) and answer.status == 304):
        pass
    points.append(trial, 20, [(float(step), 1.0, step, step, 0) for step in range(21, 26)])
    with page.expect_response(lambda answer: address.search(answer.url) and answer.status == 200) as answer:
        Trial.objects.filter(pk=trial.pk).update(point_count=25)
    changes = {trace["uid"]: trace for trace in json.loads(answer.value.body())["data"]}
    assert changes["t40"]["from"] == 20
    assert [uid for uid, trace in changes.items() if uid[1:].isdigit() and "keep" not in trace] == ["t40"]
    page.wait_for_function(f"({TRACES})('convergence').find((trace) => trace.uid === 't40').points === 25")


def test_the_best_hyperparameters_are_copied_and_trained_again(open_page, user, finished_search):
    page = open_page(user, permissions=["clipboard-read", "clipboard-write"])
    page.goto(finished_search.get_absolute_url())
    copied = "() => navigator.clipboard.readText()"
    page.get_by_role("button", name="Copy as JSON").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('learning_rate')")
    best = finished_search.best_trial.parameters
    assert json.loads(page.evaluate(copied)) == best
    page.get_by_role("button", name="Copy as command line").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('train.py')")
    assert f"--layers {best['layers']}" in page.evaluate(copied).replace("=", " ")
    page.get_by_role("link", name="Train again with these").click()
    expect(page.locator("form").get_by_text("layers").first).to_be_visible()
    values = page.locator("form input, form select").evaluate_all("(all) => all.map((one) => one.value)")
    assert {str(best["layers"]), str(best["kind"])} <= set(values)
