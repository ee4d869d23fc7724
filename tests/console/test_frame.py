"""What surrounds every page, and the pages for errors."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import path, reverse

from console.urls import urlpatterns as console_urls

DOWNLOADED = {"report.html"}
"""Files to keep, which open without the console: they have to carry their scripts and styles."""
TEMPLATES = sorted(
    path for path in (settings.BASE_DIR / "templates").rglob("*.html") if path.name not in DOWNLOADED
)


def fail(request):
    raise RuntimeError("a bug")


def refuse(request):
    from django.core.exceptions import PermissionDenied

    raise PermissionDenied


urlpatterns = [path("fail/", fail), path("refuse/", refuse), path("plain/", lambda request: HttpResponse())]
urlpatterns += console_urls


@pytest.mark.parametrize("name", ["home", "algorithms:list", "jobs:list", "storage:buckets"])
def test_the_menu_marks_where_the_reader_is(signed_in, name):
    page = signed_in.get(reverse(name)).content.decode()
    menu = page[page.index('class="sidebar-menu"') : page.index("</nav>", page.index('class="sidebar-menu"'))]
    assert re.findall(r'href="([^"]+)" aria-current="page"', menu) == [reverse(name)]


def test_inner_pages_mark_their_section(signed_in):
    page = signed_in.get(reverse("algorithms:create")).content.decode()
    assert f'href="{reverse("algorithms:list")}" aria-current="true"' in page


def test_the_skip_link_leads_to_the_content(signed_in):
    page = signed_in.get("/").content.decode()
    assert page.index('class="skip-link" href="#main"') < page.index("<nav")
    assert '<main class="page" id="main" tabindex="-1">' in page


def test_htmx_needs_neither_eval_nor_inline_styles(signed_in):
    page = signed_in.get("/").content.decode()
    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", page)[1])
    assert config["allowEval"] is False
    assert config["includeIndicatorStyles"] is False


def test_requests_of_htmx_carry_the_csrf_token(signed_in):
    page = signed_in.get("/").content.decode()
    headers = json.loads(re.search(r"hx-headers='([^']+)'", page)[1])
    assert re.fullmatch(r"\w{64}", headers["X-CSRFToken"])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.stem)
def test_templates_hold_no_inline_script_handler_or_style(template: Path):
    text = template.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", text)
    assert not re.search(r"\son\w+=|\shx-on|\sstyle=|<style", text)


def test_successes_become_toasts_and_errors_stay_on_the_page(rf):
    from django.contrib.messages.storage.base import Message

    messages = [Message(25, "Saved."), Message(40, "Not saved.")]
    page = render_to_string("console/_messages.html", {"messages": messages})
    alert, toasts = page.split('<div class="toasts"')
    assert "Not saved." in alert
    assert 'role="alert"' in alert
    assert "Saved." in toasts
    assert "Not saved." not in toasts


@pytest.mark.urls(__name__)
def test_a_broken_page_says_that_the_console_is_to_blame(signed_in):
    signed_in.raise_request_exception = False
    response = signed_in.get("/fail/")
    assert response.status_code == 500
    assert "Something broke in the console" in response.content.decode()
    assert "a bug" not in response.content.decode()


@pytest.mark.urls(__name__)
def test_a_page_that_may_not_be_seen_says_whom_to_ask(signed_in):
    response = signed_in.get("/refuse/")
    assert response.status_code == 403
    assert "administrator" in response.content.decode()


def test_a_page_that_does_not_exist_leads_home(signed_in):
    response = signed_in.get("/no/such/page/")
    assert response.status_code == 404
    assert f'href="{reverse("home")}"' in response.content.decode()
