"""The first start makes an administrator; later starts go on with what is there."""

import re
import sqlite3
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import pytest

pytestmark = pytest.mark.stack


def count(data_dir, table) -> int:
    with sqlite3.connect(data_dir / "db.sqlite3") as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608


def sign_in(address: str, name: str, password: str) -> bool:
    """Fill in the form of the sign-in page; True when the home page comes next."""
    browser = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    with browser.open(f"{address}/", timeout=60) as answer:
        form, url = answer.read().decode(), answer.url
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
    fields = urlencode({"username": name, "password": password, "csrfmiddlewaretoken": token})
    with browser.open(url, fields.encode(), timeout=60) as answer:
        return "login" not in answer.url


def test_the_printed_password_signs_in_and_is_kept_nowhere(start_up):
    up = start_up("--no-example")
    address = up.address()
    up.wait_for_text("Password")
    password = re.search(r"Password +(\w+)", up.output)[1]
    assert sign_in(address, "admin", password)
    up.end()
    for path in up.data_dir.rglob("*"):
        assert not path.is_file() or password.encode() not in path.read_bytes(), path


def test_a_second_start_prints_no_password_and_adds_nobody(start_up):
    first = start_up("--no-example")
    first.address()
    assert first.end() == 0
    second = start_up("--no-example")
    second.wait_for_text("Argmax serves")
    assert second.end() == 0
    assert "Password" in first.output
    assert "Password" not in second.output
    tables = ["auth_user", "algorithms_algorithm", "jobs_trainingjob"]
    assert [count(second.data_dir, table) for table in tables] == [1, 0, 0]
