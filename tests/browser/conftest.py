"""A real browser in front of a real console: one stack and one Chromium for all tests, a fresh user for each.

`page` is signed in. While a test uses the stack, Django's models and folder settings in the test process are
those of the stack. Do not combine `page` or `stack` with `db`.
"""

import itertools
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from tests.browser import chromium, searches
from tests.up import Up

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 400, "height": 800}
TIMEOUT_MILLISECONDS = 60_000  # on a busy machine; whoever is quick waits for nothing
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Stack:
    """A running console."""

    url: str
    """Without a slash at the end."""
    data_dir: Path

    @property
    def folders(self) -> dict[str, Path]:
        """The settings that name its folders."""
        names = {"BUCKETS_DIR": "buckets", "SNAPSHOTS_DIR": "snapshots", "JOBS_DIR": "jobs"}
        return {"DATA_DIR": self.data_dir, **{key: self.data_dir / name for key, name in names.items()}}

    def logs(self) -> str:
        """The last lines of its parts' logs."""
        parts = sorted((self.data_dir / "logs").glob("*.log"))
        return "\n".join(f"== {path.name}\n{path.read_text(errors='replace')[-3000:]}" for path in parts)


@pytest.fixture(scope="session")
def running_stack(tmp_path_factory, prepared_data_dir):
    """`manage.py up --no-example` on a data directory of its own, for all browser tests."""
    data_dir = Path(shutil.copytree(prepared_data_dir, tmp_path_factory.mktemp("stack") / "var"))
    up = Up(
        data_dir,
        data_dir / "up.log",
        "--no-example",
        WORKERS="2",
        SECRET_KEY=django_settings.SECRET_KEY,  # the tests make sessions for it
        GPU_DEVICES="0,1",
        GPU_LOCKS_DIR=str(data_dir / "gpus"),
    )
    try:
        yield Stack(up.address(), data_dir)
    finally:
        up.clean_up()


@pytest.fixture
def stack(request, running_stack, django_db_blocker, settings):
    """The running console, with Django's models and folder settings in this process pointed at it."""
    assert not {"db", "transactional_db"} & set(request.fixturenames), "db and stack exclude each other"
    old_name = connection.settings_dict["NAME"]
    for key, folder in running_stack.folders.items():
        setattr(settings, key, folder)
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = str(running_stack.data_dir / "db.sqlite3")
        try:
            yield running_stack
        finally:
            connection.close()
            connection.settings_dict["NAME"] = old_name


@pytest.fixture
def make_user(stack):
    """`make_user(**columns)` adds a user of the running console with the password "a-long-password"."""

    def make(name="", **columns):
        name = name or f"person{next(_numbers)}"
        return get_user_model().objects.create_user(name, password="a-long-password", **columns)

    return make


@pytest.fixture
def user(make_user):
    """The user who is signed in to `page`."""
    return make_user()


@pytest.fixture
def finished_search(stack, user):
    """A finished search of the user's: 40 trials over four hyperparameters, every tenth failed."""
    return searches.finished_search(user)


@pytest.fixture(scope="session")
def playwright_driver():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium_path():
    """The browser's path; without one, tests are skipped or, where BROWSER_REQUIRED=1, fail."""
    path = chromium.find()
    if path is None and os.environ.get("BROWSER_REQUIRED") == "1":
        pytest.fail(chromium.REMEDY, pytrace=False)
    if path is None:
        pytest.skip(chromium.REMEDY)
    return path


@pytest.fixture(scope="session")
def browser(chromium_path, playwright_driver):
    from playwright.sync_api import expect

    expect.set_options(timeout=TIMEOUT_MILLISECONDS)
    browser = playwright_driver.chromium.launch(
        executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"]
    )
    yield browser
    browser.close()


@pytest.fixture
def page_errors():
    """Errors in the browser's console, which fail the test at its end; clear those that are expected."""
    return []


@pytest.fixture
def open_page(request, browser, stack, page_errors, tmp_path):
    """`open_page(user=None, **options)` opens a page in a context of its own, signed in as the user if any.

    Errors in the browser's console, among them every violation of the content security policy, fail the test.
    """
    contexts = []

    def open_one(user=None, **options):
        context = browser.new_context(base_url=stack.url, **{"viewport": WIDE, **options})
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        contexts.append(context)
        if user is not None:
            context.add_cookies([{"name": "sessionid", "value": session_key(user), "url": stack.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: page_errors.append(f"{page.url}: {error}"))
        page.on("console", lambda message: _note(page, message, page_errors))
        return page

    yield open_one
    failed = getattr(request.node, "call_failed", True)
    for number, context in enumerate(contexts):
        if failed and context.pages:
            picture = tmp_path / f"page-{number}.png"
            context.pages[0].screenshot(path=picture, full_page=True)
            request.node.add_report_section("teardown", "picture", f"{context.pages[0].url}: {picture}")
        context.close()
    assert not page_errors, "The browser's console shows errors."


@pytest.fixture
def page(open_page, user):
    """A page of 1280 pixels' width, signed in as `user`; `page.goto("/jobs/")`."""
    return open_page(user)


def session_key(user) -> str:
    """A session of the running console in which the user is signed in."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def _note(page, message, errors) -> None:
    if message.type == "error":
        errors.append(f"{page.url}: {message.text}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.call_failed = report.failed
    if report.skipped and chromium.REMEDY in str(report.longrepr):
        report.longrepr = (__file__, 0, chromium.REMEDY)  # one place, so that the summary says it once
    return report
