"""The table of what is covered names tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
TABLE = PROJECT / "docs" / "coverage.md"
ID = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ABSENT = re.compile(r"– \S+")


def rows(text: str) -> list[str]:
    """The rows of all tables, without heads and rules."""
    tables = re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    return [row for table in tables for row in table.splitlines()[2:]]


def unproved(row: str) -> str:
    """What is wrong with a row; empty: it names tests that exist, or says why there is none."""
    proof = re.split(r"(?<!\\)\|", row.strip().strip("|"))[-1].strip()
    if ABSENT.match(proof):
        return ""
    ids = ID.findall(proof)
    if not ids:
        return "names no test by its full id"
    missing = [f"{path}::{name}" for path, name in ids if name not in functions_of(path)]
    return f"names what does not exist: {', '.join(missing)}" if missing else ""


@cache
def functions_of(path: str) -> set[str]:
    file = PROJECT / path
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_row_names_tests_that_exist():
    text = TABLE.read_text(encoding="utf-8")
    found = rows(text)
    assert len(found) > 60
    assert [f"{row}\n  {wrong}" for row in found if (wrong := unproved(row))] == []


@pytest.mark.parametrize(
    "row",
    [
        "| field | same | |",
        "| field | same | – |",
        "| field | same | `test_pages.py::test_the_list_has_pages_newest_first` |",
        "| field | same | `tests/algorithms/test_pages.py::test_that_is_not_there` |",
        "| field | same | `tests/algorithms/test_gone.py::test_the_list_has_pages_newest_first` |",
    ],
)
def test_a_row_without_a_test_that_exists_is_found(row):
    assert unproved(row)


def test_a_row_with_a_test_or_a_reason_is_right():
    assert not unproved("| a | b | `tests/test_coverage_table.py::test_every_row_names_tests_that_exist` |")
    assert not unproved("| a | b | – no container engine |")


def test_heads_and_rules_are_no_rows():
    assert rows("text\n\n| a | b |\n|---|---|\n| c | d |\n") == ["| c | d |"]
