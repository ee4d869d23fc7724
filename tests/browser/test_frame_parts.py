"""What base.js, theme.js and rows.js do in a real browser, on a page that consists of the frame's parts.

The page is rendered here and answered by the browser's own routing, so that no console has to run.
"""

import mimetypes
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import engines

ORIGIN = "http://parts.test"
PARTS = """{% load console static %}<!doctype html>
<html lang="en" data-bs-theme="light"><head>{% include "console/_head.html" %}<title>Parts</title>
<script src="{% static 'js/bootstrap.bundle.min.js' %}" defer></script>
<script src="{% static 'js/base.js' %}" defer></script><script src="{% static 'js/rows.js' %}" defer></script>
</head><body data-login-url="/accounts/sign-in/">
{% include "console/_theme.html" %}{% include "console/_messages.html" %}{% include "console/_confirm.html" %}
<time id="then" datetime="2026-01-05T12:00:00.000+00:00" data-exact>12:00</time>
<table><tbody>
  <tr id="plain" data-href="/jobs/1/"><td>plain</td><td><button id="inside">inside</button></td></tr>
  <tr id="linked" data-href="/jobs/2/"><td><a href="/jobs/2/">linked</a></td></tr>
</tbody></table>
<form method="post" action="/delete/">
  <button id="delete" data-confirm-title="Delete digits?" data-confirm-text="It is gone for good."
          data-confirm-button="Delete" data-confirm-name="digits">Delete</button>
</form>
<form method="post" action="/save/" data-guard>
  <input id="guarded" name="guarded"><button id="save">Save</button>
</form>
<a id="away" href="/jobs/3/">away</a>
<form><div data-rows="hp">
  <input type="hidden" name="hp-TOTAL_FORMS" value="2"><input type="hidden" name="hp-INITIAL_FORMS" value="2">
  <input type="hidden" name="hp-MAX_NUM_FORMS" value="3">
  <template data-row-template><tr>{{ row|safe }}</tr></template>
  <table><tbody data-rows-body><tr>{{ first|safe }}</tr><tr>{{ second|safe }}</tr></tbody></table>
  <p data-rows-empty hidden>None yet</p>
  <button type="button" data-rows-add>Add</button>
  <button type="button" data-rows-delete>Delete ticked</button>
  <button type="button" data-rows-clear>Clear</button>
</div></form>
</body></html>"""
ROW = """<td><input type="checkbox" data-row-tick></td><td data-row-number></td>
<td><label for="id_hp-{0}-name">Name</label><input id="id_hp-{0}-name" name="hp-{0}-name" value="{1}"></td>
<td><button type="button" data-row-up>Up</button><button type="button" data-row-remove>Remove</button></td>"""


@pytest.fixture
def parts(browser, rf):
    """A page of the frame's parts; `parts.sent` lists the other requests it made, such as "POST /save/"."""
    context = browser.new_context(
        timezone_id="Asia/Tokyo", color_scheme="light", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.sent = []
    rows = {
        "row": ROW.format("__prefix__", ""),
        "first": ROW.format(0, "lr"),
        "second": ROW.format(1, "momentum"),
    }
    html = engines["django"].from_string(PARTS).render(rows, rf.get("/"))

    def answer(route):
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            route.fulfill(body=html, content_type="text/html")
        elif path.startswith("/static/"):
            file = Path(finders.find(path.removeprefix("/static/")))
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0])
        else:
            page.sent.append(f"{route.request.method} {path}")
            route.fulfill(body="", content_type="text/html")

    page.route("**/*", answer)
    page.goto(ORIGIN)
    yield page
    context.close()


def names(page) -> list[tuple[str, str]]:
    """Name and value of the rows' inputs."""
    return page.eval_on_selector_all(
        "[data-rows-body] [name]", "inputs => inputs.map(i => [i.name, i.value])"
    )


def total(page) -> str:
    return page.input_value("[name=hp-TOTAL_FORMS]")


def test_exact_times_are_shown_in_the_readers_zone(parts):
    assert parts.inner_text("#then") == "2026-01-05 21:00:00"
    assert parts.get_attribute("#then", "title") == "2026-01-05 21:00:00 GMT+9"


def test_the_theme_is_remembered_and_told(parts):
    parts.evaluate("document.addEventListener('theme:changed', e => (window.told = e.detail.theme))")
    parts.get_by_role("button", name="Theme").click()
    parts.get_by_role("button", name="Dark").click()
    assert parts.evaluate("window.told") == "dark"
    parts.reload()
    assert parts.get_attribute("html", "data-bs-theme") == "dark"


def test_as_the_system_follows_the_system(parts):
    parts.emulate_media(color_scheme="dark")
    parts.wait_for_selector("html[data-bs-theme=dark]", state="attached")


def test_a_row_opens_on_click(parts):
    parts.click("#plain td:first-child")
    parts.wait_for_url("**/jobs/1/")


def test_a_row_opens_with_the_enter_key(parts):
    parts.focus("#plain")
    parts.keyboard.press("Enter")
    parts.wait_for_url("**/jobs/1/")


def test_a_button_in_a_row_does_not_open_it(parts):
    parts.click("#inside")
    assert parts.sent == []


def test_a_row_with_a_link_of_its_own_is_not_a_second_stop_for_the_tab_key(parts):
    assert parts.get_attribute("#plain", "tabindex") == "0"
    assert parts.get_attribute("#linked", "tabindex") == "-1"


def test_nothing_is_deleted_before_the_name_is_typed(parts):
    parts.click("#delete")
    dialog = parts.get_by_role("dialog")
    assert dialog.get_by_role("heading").inner_text() == "Delete digits?"
    accept = dialog.get_by_role("button", name="Delete")
    assert accept.is_disabled()
    parts.fill("#confirm-name", "digit")
    parts.keyboard.press("Enter")
    assert accept.is_disabled()
    parts.fill("#confirm-name", "digits")
    with parts.expect_navigation():
        accept.click()
    assert parts.sent == ["POST /delete/"]


def test_cancelling_sends_nothing_and_gives_the_focus_back(parts):
    parts.click("#delete")
    parts.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    parts.wait_for_function("document.activeElement.id === 'delete'")
    assert not parts.is_visible("#confirm-dialog")
    assert parts.sent == []


def test_leaving_a_changed_form_is_asked_about(parts):
    asked = []
    parts.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    parts.fill("#guarded", "typed")
    parts.click("#away")
    parts.wait_for_url("**/jobs/3/")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("leave", ["#save", "#away"])
def test_sending_a_form_or_leaving_it_unchanged_is_not_asked_about(parts, leave):
    asked = []
    parts.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    if leave == "#save":
        parts.fill("#guarded", "typed")
    with parts.expect_navigation():
        parts.click(leave)
    assert asked == []


def test_a_toast_says_what_happened(parts):
    parts.evaluate(
        "document.dispatchEvent(new CustomEvent('toast', {detail: {text: '<b>Saved</b>', level: 'success'}}))"
    )
    assert parts.inner_text("#toasts .toast.show .toast-body") == "<b>Saved</b>"


def test_an_added_row_gets_the_next_index_and_the_focus(parts):
    parts.get_by_role("button", name="Add").click()
    parts.keyboard.type("decay")
    assert names(parts) == [["hp-0-name", "lr"], ["hp-1-name", "momentum"], ["hp-2-name", "decay"]]
    assert total(parts) == "3"
    assert parts.get_attribute("[data-rows-body] tr:last-child label", "for") == "id_hp-2-name"
    assert parts.get_by_role("button", name="Add").is_disabled()  # MAX_NUM_FORMS


def test_removing_a_row_closes_the_gap(parts):
    parts.locator("[data-row-remove]").first.click()
    assert names(parts) == [["hp-0-name", "momentum"]]
    assert total(parts) == "1"
    assert parts.input_value("[name=hp-INITIAL_FORMS]") == "1"


def test_moving_a_row_up_renumbers_both(parts):
    parts.locator("[data-row-up]").nth(1).click()
    assert names(parts) == [["hp-0-name", "momentum"], ["hp-1-name", "lr"]]
    assert parts.inner_text("[data-rows-body] tr:first-child [data-row-number]") == "1"


def test_only_ticked_rows_are_deleted(parts):
    delete = parts.get_by_role("button", name="Delete ticked")
    assert delete.is_disabled()
    parts.locator("[data-row-tick]").first.check()
    delete.click()
    assert names(parts) == [["hp-0-name", "momentum"]]


def test_clearing_leaves_none_and_says_so(parts):
    parts.evaluate("document.addEventListener('rows:changed', e => (window.told = e.detail))")
    parts.get_by_role("button", name="Clear").click()
    assert names(parts) == []
    assert total(parts) == "0"
    assert parts.is_visible("[data-rows-empty]")
    assert parts.evaluate("window.told") == {"prefix": "hp", "count": 0}
