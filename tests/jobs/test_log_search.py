"""A word is found anywhere in a log, marked, and walked through."""

import re

import pytest

from jobs.results import logs

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPT = """
for n in range(20_000):
    print(f"line {n}")
    if n % 8_000 == 5:
        print(f"<b>Warning</b> number {n}")
"""


@pytest.fixture
def trial(make_job, work):
    job = make_job(SCRIPT, search=False, pattern="")
    work()
    return job.trials.get()


def link(text, word):
    found = re.search(rf'href="([^"#]*)[^"]*">{word}</a>', text)
    return found and found[1].replace("&amp;", "&")


def current(text):
    return int(re.search(r'class="log-line is-current" id="L(\d+)"', text)[1])


def test_next_and_previous_walk_over_the_whole_log(trial, page):
    raw = trial.log_path.read_text().split("\n")
    wanted = [number for number, line in enumerate(raw, 1) if "Warning" in line]
    address, seen = f"{trial.get_absolute_url()}?q=warning", []
    while address:
        text = page.get(address).content.decode()
        seen.append(current(text))
        assert f"3 lines with “warning”, this is {len(seen)}." in text
        address = link(text, "Next")
    assert seen == wanted
    back = page.get(link(text, "Previous")).content.decode()
    assert current(back) == wanted[-2]


def test_the_word_is_marked_and_the_line_stays_text(trial, page):
    text = page.get(trial.get_absolute_url(), {"q": "wARNING"}).content.decode()
    assert "&lt;b&gt;<mark>Warning</mark>&lt;/b&gt; number 5" in text
    assert "<b>Warning" not in text


def test_system_lines_are_found_unless_they_are_hidden(trial, page):
    shown = page.get(trial.get_absolute_url(), {"q": "Service Log"}).context
    hidden = page.get(trial.get_absolute_url(), {"q": "Service Log", "system": "0"}).context
    assert (shown["hit_count"] > 0, hidden["hit_count"]) == (True, 0)


def test_a_word_across_two_colours_or_with_other_letters_is_found(tmp_path):
    path = tmp_path / "log"
    path.write_bytes("plain\nfo\x1b[31mund\x1b[0m\nGRÖẞE\n".encode() + b"x" * 3_000_000 + b" found\n")
    assert [number for number, _, _ in logs.search(path, "found")] == [
        2
    ]  # beyond 4,000 characters is not shown
    assert [number for number, _, _ in logs.search(path, "größe")] == [3]


def test_plain_and_coloured_text_give_the_same_hits(tmp_path):
    lines = [f"line {n} {'needle' if n % 37 == 0 else ''}" for n in range(120_000)]
    plain, coloured = tmp_path / "plain", tmp_path / "coloured"
    plain.write_text("\n".join(lines))
    coloured.write_text("\n".join(f"\x1b[1m{line}\x1b[0m" for line in lines))
    found = logs.search(plain, "NEEDLE", most=10_000)
    assert [(n, line) for n, _, line in found] == [(n + 1, lines[n]) for n in range(0, 120_000, 37)]
    assert [(n, line) for n, _, line in logs.search(coloured, "needle", most=10_000)] == [
        (n, line) for n, _, line in found
    ]
    data = plain.read_bytes()
    assert all(data[offset:].startswith(line.encode()) for _, offset, line in found[::500])


def test_all_trials_are_searched_with_links_to_the_lines(make_job, work, page):
    job = make_job("steps.py", num_samples=2)
    work()
    address = f"{job.get_absolute_url()}logs/"
    text = page.get(address, {"q": "STEP=1"}).content.decode()
    assert "<title>" in text and 'value="STEP=1"' in text
    text = page.get(address, {"q": "STEP=1"}, headers={"HX-Request": "true"}).content.decode()
    assert "<title>" not in text and f'href="{address}?q=STEP%3D1"' in text
    raw = job.trials.first().log_path.read_text().split("\n")
    line = next(number for number, words in enumerate(raw, 1) if "step=1" in words)
    assert f'href="/jobs/{job.pk}/trials/1/?q=STEP%3D1&amp;line={line}#L{line}"' in text
    assert text.count("<mark>step=1</mark>") == 2
