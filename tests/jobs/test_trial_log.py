"""A trial's log on its page: the newest part, what comes since, and where a word stands."""

import pytest

from jobs.results import logs
from runtime.log import SYSTEM_PREFIX

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_newest_part_begins_with_a_whole_line(log):
    path = log(b"".join(b"line %03d\n" % number for number in range(100)))
    part = logs.newest(path, most=95)
    assert part.lines == [f"line {number:03d}" for number in range(90, 100)] or part.lines == [
        f"line {number:03d}" for number in range(91, 100)
    ]
    assert (part.truncated, part.end, part.size) == (True, 900, 900)
    assert path.read_bytes()[part.start :].startswith(part.lines[0].encode())


def test_a_short_log_is_shown_from_its_beginning(log):
    part = logs.newest(log(b"one\ntwo\n"))
    assert (part.lines, part.truncated, part.start, part.end) == (["one", "two"], False, 0, 8)


def test_a_log_that_is_not_there_yet_is_empty(tmp_path):
    assert logs.newest(tmp_path / "none.log") == logs.Part([], 0, 0, 0)
    assert logs.search(tmp_path / "none.log", "word") == []


def test_reading_on_gives_every_line_once_though_the_last_is_not_whole_yet(log):
    path = log(b"one\ntwo\nthr")
    first = logs.read(path, 0)
    assert first.lines == ["one", "two"]
    assert logs.read(path, first.end).lines == []
    path.write_bytes(b"one\ntwo\nthree\nfour\n")
    second = logs.read(path, first.end)
    assert second.lines == ["three", "four"]
    assert logs.read(path, second.end).lines == []


def test_a_log_that_ends_without_a_newline_is_read_to_its_end(log):
    path = log(b"one\ntwo\nthr")
    assert logs.newest(path, ended=True).lines == ["one", "two", "thr"]
    assert logs.read(path, 8, ended=True).lines == ["thr"]


def test_a_line_longer_than_a_piece_is_read_in_pieces(log):
    path = log(b"x" * 250 + b"\nend\n")
    lines, end = [], 0
    while (part := logs.read(path, end, most=100)).lines:
        lines += part.lines
        end = part.end
    assert lines == ["x" * 100, "x" * 100, "x" * 50, "end"]


def test_pieces_of_any_size_join_to_the_whole_log(log):
    whole = [f"{number} " + "x" * (number % 17) for number in range(200)]
    path = log("".join(f"{line}\n" for line in whole).encode())
    lines, end = [], 0
    while (part := logs.read(path, end, most=60)).lines:
        lines += part.lines
        end = part.end
    assert lines == whole


def test_a_progress_bar_is_shown_by_its_last_state(log):
    assert logs.newest(log(b"10%\r50%\r100%\nnext\r\n")).lines == ["100%", "next"]


def test_colours_are_removed(log):
    assert logs.newest(log(b"\x1b[31mred\x1b[0m plain\n")).lines == ["red plain"]


def test_bytes_that_are_no_text_do_not_hide_the_line(log):
    [line] = logs.newest(log(b"a\xff\xfeb\n")).lines
    assert (line[0], line[-1]) == ("a", "b")


def test_the_platforms_lines_can_be_hidden(log):
    path = log(f"{SYSTEM_PREFIX}Trial started.\nloss=1\n".encode())
    assert logs.newest(path).lines == [f"{SYSTEM_PREFIX}Trial started.", "loss=1"]
    assert logs.newest(path, system=False).lines == ["loss=1"]


def test_a_word_is_found_with_its_line_number_and_byte_in_any_case(log):
    path = log("first\nEpoch 1 ä\nother\n\x1b[1mepoch\x1b[0m 2\n".encode())
    hits = logs.search(path, "EPOCH")
    assert [(number, line) for number, _, line in hits] == [(2, "Epoch 1 ä"), (4, "epoch 2")]
    data = path.read_bytes()
    assert [data[offset : offset + 5] for _, offset, _ in hits] == [b"Epoch", b"\x1b[1me"]
    assert logs.search(path, "epoch", most=1) == hits[:1]


def test_the_log_of_a_trial_is_downloaded_whole(make_job, work, page):
    job = make_job("steps.py", num_samples=1)
    work()
    response = page.get(f"{job.get_absolute_url()}trials/1/log/download/")
    assert b"".join(response.streaming_content) == job.trials.get().log_path.read_bytes()
    assert response["Content-Disposition"] == 'attachment; filename="job-trial-1.log"'


def test_nothing_is_downloaded_before_the_trial_has_started(make_job, page):
    job = make_job("steps.py", submit=False)
    job.trials.create(number=1)
    assert page.get(f"{job.get_absolute_url()}trials/1/log/download/").status_code == 404


def test_the_live_tail_gets_what_came_since(make_job, work, page):
    job = make_job("steps.py", num_samples=1)
    work()
    address = f"{job.get_absolute_url()}trials/1/log/since/"
    whole = page.get(address, {"system": "0"}).json()
    assert [line.split()[0] for line in whole["lines"]] == ["step=0", "step=1", "step=2"]
    assert (whole["ended"], whole["attempt"]) == (True, 1)
    assert page.get(address, {"after": whole["end"]}).json()["lines"] == []
    data = job.trials.get().log_path.read_bytes()
    since = page.get(address, {"after": data.index(b"step=2"), "system": "0"}).json()
    assert [line.split()[0] for line in since["lines"]] == ["step=2"]
    assert page.get(address, {"after": "nonsense", "system": "0"}).json() == whole


def test_a_last_line_without_its_newline_is_shown_once_the_trial_has_ended(make_job, work, page):
    job = make_job("import sys\nprint('loss=1')\nsys.stdout.write('goodbye')\n", num_samples=1)
    work()
    text = page.get(f"{job.get_absolute_url()}trials/1/").content.decode()
    assert ">goodbye</span>" in text


def test_the_logs_of_all_trials_are_searched(make_job, work, page):
    job = make_job("steps.py", num_samples=2)
    work()
    response = page.get(f"{job.get_absolute_url()}logs/", {"q": "STEP=1"})
    found = [
        (row.number, ["".join(text for text, _ in pieces).split()[0] for _, pieces in hits])
        for row, hits in response.context["found"]
    ]
    assert found == [(1, ["step=1"]), (2, ["step=1"])]
    assert page.get(f"{job.get_absolute_url()}logs/", {"q": "no such word"}).context["found"] == []
