"""Every chart of a search is drawn in a real browser, and a box over the parallel coordinates filters trials."""

import re

from playwright.sync_api import expect

from jobs.models import TrainingJob
from search import SearchSpace

CHARTS = [
    "convergence", "best-so-far", "parallel", "importance", "marginal", "pairs", "slice", "contour",
    "timeline", "distribution", "sampler",
]  # fmt: skip


def test_every_chart_is_drawn_without_errors(page, finished_search):
    page.goto(finished_search.get_absolute_url())
    expect(page.locator("#standing .verdict li").first).to_be_visible()
    for name in CHARTS:
        chart = page.locator(f"[data-chart-name={name}]")
        chart.scroll_into_view_if_needed()
        expect(chart.locator(".main-svg").first).to_be_visible()
    for text, where in (("Full screen", CHARTS[-1]), ("Leave full screen", None)):
        chart.get_by_role("button", name="More for this chart").click()
        chart.get_by_role("button", name=text, exact=True).click()
        page.wait_for_function("(name) => document.fullscreenElement?.dataset.chartName == name", arg=where)


def test_another_hyperparameter_is_drawn_when_it_is_chosen(page, finished_search):
    page.goto(finished_search.get_absolute_url())
    chart = page.locator("[data-chart-name=slice]")
    chart.scroll_into_view_if_needed()
    expect(chart.locator(".gtitle")).to_contain_text("learning_rate")
    chart.get_by_role("combobox", name="Hyperparameter").select_option("dropout")
    expect(chart.locator(".gtitle")).to_contain_text("dropout")


def test_a_box_over_an_axis_filters_the_trials_table(page, finished_search):
    page.goto(finished_search.get_absolute_url())
    ticks = page.locator("[data-trial-tick]")
    expect(ticks).to_have_count(10)  # of 40
    chart = page.locator("[data-chart-name=parallel]")
    chart.scroll_into_view_if_needed()
    expect(chart.locator(".main-svg").first).to_be_visible()
    area = chart.locator(".nsewdrag").first.bounding_box()
    left, width, top, height = area["x"], area["width"], area["y"], area["height"]
    page.mouse.move(left + 2, top + 4)
    page.mouse.down()
    page.mouse.move(left + width * 0.1, top + height * 0.2, steps=4)
    page.mouse.move(left + width * 0.12, top + height * 0.5, steps=4)  # the first axis, its upper half
    page.mouse.up()
    expect(page).to_have_url(re.compile("brush=learning_rate"))
    low = float(re.search(r"brush=learning_rate%3A([\d.]+)", page.url)[1])
    space = SearchSpace.from_json(finished_search.search_space)
    rows = finished_search.trials.values_list("number", "parameters")
    fitting = {str(n) for n, p in rows if space["learning_rate"].to_unit([p["learning_rate"]])[0] >= low}
    words = page.get_by_text(f"{len(fitting)} of 40 trials", exact=True)
    expect(words).to_be_visible()
    page.reload()  # the filter is in the address
    expect(words).to_be_visible()
    page.goto(f"{page.url}&tab=trials")
    assert {tick.get_attribute("value") for tick in ticks.all()} == fitting


def test_ticked_trials_are_compared(page, finished_search):
    page.goto(f"{finished_search.get_absolute_url()}?tab=trials")
    page.get_by_label("Search in trials").fill("worker-1")
    expect(page.locator("[data-trial-tick]")).to_have_count(20)
    for number in (1, 3):
        page.get_by_label(f"Compare trial {number}", exact=True).check()
    page.get_by_role("link", name="Compare 2 trials").click()
    expect(page.locator("[data-chart-name=compare] .main-svg").first).to_be_visible()
    expect(page.locator(".compare .differs").first).to_be_visible()


def test_a_filter_and_ticks_outlive_polling(page, finished_search):
    columns = {"status": "Running", "paused": True, "num_samples": 60}
    TrainingJob.objects.filter(pk=finished_search.pk).update(**columns)
    page.goto(finished_search.get_absolute_url())
    page.get_by_label("Status of the trials").select_option("Failed")
    expect(page.locator("[data-trial-tick]")).to_have_count(4)
    page.get_by_label("Compare trial 10", exact=True).check()
    page.get_by_title("Show further columns").click()
    expect(page.locator(".table-scroll.is-scrolled")).to_be_visible()
    for _ in range(3):  # when the third answer is there, two have been shown
        with page.expect_response(re.compile("/live/")):
            pass
    expect(page.locator("[data-trial-tick]")).to_have_count(4)
    expect(page.get_by_label("Compare trial 10", exact=True)).to_be_checked()
    expect(page.locator(".table-scroll.is-scrolled")).to_be_visible()


PLACE_OF_BEST = """() => {
    const drawn = document.querySelector("[data-chart-name=convergence] .chart-drawn");
    const trace = drawn.data.find((one) => one.meta && one.meta.best);
    const { left, top } = drawn.querySelector(".nsewdrag").getBoundingClientRect();
    const { xaxis, yaxis } = drawn._fullLayout;
    return [left + xaxis.c2p(trace.x[9]), top + yaxis.c2p(trace.y[9])];
}"""


def test_the_objective_is_drawn_on_a_logarithmic_axis_and_a_click_opens_the_trial(page, finished_search):
    page.goto(finished_search.get_absolute_url())
    chart = page.locator("[data-chart-name=convergence]")
    expect(chart.locator(".main-svg").first).to_be_visible()
    tick = chart.locator(".ytick text").first
    before = tick.text_content()
    switch = chart.get_by_role("button", name="Log axis")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(tick).not_to_have_text(before)
    chart.scroll_into_view_if_needed()
    x, y = page.evaluate(PLACE_OF_BEST)
    page.mouse.move(x - 2, y)
    page.mouse.move(x, y)
    expect(chart.locator(".hovertext")).to_contain_text("learning_rate")
    page.mouse.click(x, y)
    page.wait_for_url(f"**/trials/{finished_search.best_trial.number}/")


def test_the_report_opens_without_the_console(page, open_page, finished_search, tmp_path):
    page.goto(finished_search.get_absolute_url())
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Report as HTML").click()
    download.value.save_as(tmp_path / "report.html")
    alone = open_page(offline=True)
    alone.goto((tmp_path / "report.html").as_uri())
    expect(alone.locator(".chart .main-svg").first).to_be_visible()
    assert alone.locator(".chart .plot-container").count() == len(CHARTS)
