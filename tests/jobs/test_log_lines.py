"""Every line of a log has its number: on the page, in links, in the live tail, and from a point of a curve."""

import re

import pytest

from jobs.results import logs, points
from runtime.lines import split_lines
from runtime.log import SYSTEM_PREFIX

pytestmark = pytest.mark.django_db(transaction=True)

MANY = "for n in range(20_000):\n    print(f'number {n} of many lines, loss={n}')\n"


@pytest.fixture
def long_trial(make_job, work):
    job = make_job(MANY, num_samples=1)
    work()
    return job.trials.get()


def numbered(text):
    """The lines of the page's log by number."""
    found = re.findall(
        r'<span class="log-line[^"]*" id="L(\d+)"><a [^>]*>\d+</a>(.*?)</span>', text, re.DOTALL
    )
    return {int(number): line for number, line in found}


def test_numbers_are_those_of_the_runtime_wherever_a_part_begins(log):
    data = b"".join(b"%d \xc3\xa4\r%d%s\n" % (n, n, b"x" * (n % 23)) for n in range(1, 400))
    path = log(data)
    last = {line.number: line.text.decode() for line in split_lines(data)}
    for most in (50, 500, 5_000, 50_000):
        part = logs.newest(path, most=most)
        assert dict(zip(part.numbers, part.lines, strict=True)) == {n: last[n] for n in part.numbers}
        assert (part.numbers[0], part.numbers[-1]) == (part.first, 399)


@pytest.mark.parametrize("line", [1, 2, 777, 39_999, 40_000])
def test_the_part_around_a_line_holds_it(log, line):
    path = log(b"".join(b"line %d\n" % n for n in range(1, 40_001)))
    part = logs.around(path, line)
    assert part.lines[part.numbers.index(line)] == f"line {line}"
    assert path.read_bytes()[part.start :].startswith(part.lines[0].encode())
    assert part.following == part.numbers[-1] + 1


def test_a_line_beyond_the_end_is_the_last_one(log):
    assert logs.around(log(b"a\nb\n"), 99).lines == ["a", "b"]
    assert logs.locate(log(b"a\nb\n"), 99) == (2, 2)
    assert logs.locate(log(b"a\nb"), 99) == (2, 2)
    assert logs.locate(log(b""), 5) == (1, 0)


def test_reading_on_goes_on_counting(log):
    path = log(b"one\ntwo\nthr")
    first = logs.read(path, 0, number=1)
    assert (first.numbers, first.following, first.rest) == ((1, 2), 3, "thr")
    path.write_bytes(b"one\ntwo\nthree\nfour\n")
    assert logs.read(path, first.end, number=first.following).numbers == (3, 4)


def test_hidden_system_lines_keep_their_numbers(log):
    path = log(f"{SYSTEM_PREFIX}start\none\n{SYSTEM_PREFIX}note\ntwo\n".encode())
    part = logs.newest(path, system=False)
    assert (part.numbers, part.lines) == ((2, 4), ["one", "two"])


def test_a_deep_link_opens_the_part_that_holds_the_line(long_trial, page):
    text = page.get(long_trial.get_absolute_url(), {"line": "345"}).content.decode()
    lines = numbered(text)
    raw = long_trial.log_path.read_text().split("\n")
    assert lines[345] == raw[344]
    assert 'class="log-line is-current" id="L345"' in text
    assert max(lines) < 20_000
    for word, line in (("Later", max(lines) + 1), ("Newest", None)):
        link = re.search(rf'href="([^"#]*)[^"]*">{word}</a>', text)[1].replace("&amp;", "&")
        assert (line or len(raw) - 1) in numbered(page.get(link).content.decode())


def test_nonsense_instead_of_a_line_is_the_newest_part(long_trial, page):
    for nonsense in ("x", "-3", "²", "9" * 40):
        text = page.get(long_trial.get_absolute_url(), {"line": nonsense}).content.decode()
        assert max(numbered(text)) == long_trial.log_path.read_bytes().count(b"\n")


def test_a_point_of_the_curve_carries_the_line_that_holds_it(long_trial, page):
    answer = page.get(f"{long_trial.get_absolute_url()}curve/").json()
    raw = long_trial.log_path.read_text().split("\n")
    lines = answer["data"][0]["customdata"]
    assert lines[0] == points.read(long_trial)["line"][0]
    assert raw[lines[0] - 1].endswith("loss=0")
    assert raw[lines[-1] - 1].endswith("loss=19999")


def test_the_live_tail_numbers_what_came_since(long_trial, page):
    path = long_trial.log_path
    offset = path.read_bytes().index(b"number 19990 ")
    line = path.read_bytes()[:offset].count(b"\n") + 1
    answer = page.get(f"{long_trial.get_absolute_url()}log/since/", {"after": offset, "line": line}).json()
    assert answer["numbers"][0] == line
    assert answer["lines"][0].startswith("number 19990 ")
    assert answer["next"] == path.read_bytes().count(b"\n") + 1
