"""Values are read from whole logs and from logs that arrive in chunks, with the same result."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.indicator import IndicatorReader, PatternError, Point, extract, find
from runtime.lines import LineReader

BLOCK = r"Eval begin[^\n]*\n(?:step[^\n]*\n)*?step[^\n]* acc: (\S+)"
LOG = """Epoch 1
step 1 acc: 0.1
Eval begin...
step 1 acc: 0.2
step 2 acc: 0.3
Eval samples: 10

Epoch 2
step 1 acc: 0.4
Eval begin...

step 1 acc: 0.5
"""


def test_every_match_on_a_line_counts():
    assert extract(r"acc=(\S+)", "acc=1 acc=2\nacc=3") == [1.0, 2.0, 3.0]


def test_each_refresh_of_a_progress_bar_counts():
    assert extract(r"loss=([\d.]+)", "\r10% loss=0.5\r50% loss=0.4\r100% loss=0.3\n") == [0.5, 0.4, 0.3]


def test_carets_and_dollars_are_the_ends_of_a_line():
    assert extract(r"^loss (\S+)$", "loss 1\nmy loss 2\nloss 3 \r\nloss 4\r\n") == [1.0, 4.0]


def test_escape_sequences_do_not_stand_in_the_way():
    assert extract(r"loss (\d+)", "\x1b[1mloss\x1b[0m \x1b[31m7\x1b[0m") == [7.0]


def test_not_finite_values_are_read():
    values = extract(r"loss (\S+)", "loss nan\nloss inf\nloss x\nloss 1")
    assert math.isnan(values[0])
    assert values[1:] == [math.inf, 1.0]


def test_the_group_named_value_is_the_number_and_step_the_step():
    reader = IndicatorReader(r"(?P<step>\d+)/(\d+) loss (?P<value>\S+)")
    assert reader.feed(b"a\n3/10 loss 0.5\n") == [Point(3.0, 0.5, 2, 2)]


def test_the_first_group_that_took_part_is_the_number():
    assert extract(r"loss=(\d+)|loss: (\d+)", "loss=1\nloss: 2") == [1.0, 2.0]


def test_an_alternative_without_a_group_skips_what_it_matches():
    assert extract(r"best loss=\S+|loss=(\S+)", "best loss=1 loss=2") == [2.0]


def test_letters_beyond_ascii_are_letters():
    assert extract(r"(?i)PRÉCISION[\s:│]+(\d+)", "précision │ 7\n\xff") == [7.0]


def test_invalid_utf8_is_no_obstacle():
    assert extract(r"x.* loss (\d+)", b"x \xff\xfe loss 7") == [7.0]


def test_a_block_heading_gives_context_to_the_lines_under_it():
    assert extract(BLOCK, LOG) == [0.2, 0.3, 0.5]


def test_a_point_of_a_block_knows_its_own_line():
    points = IndicatorReader(BLOCK).feed(LOG.encode())
    lines = LOG.split("\n")
    assert [lines[point.line - 1] for point in points] == [
        "step 1 acc: 0.2",
        "step 2 acc: 0.3",
        "step 1 acc: 0.5",
    ]
    assert [LOG.encode()[point.offset :][:6] for point in points] == [b"step 1", b"step 2", b"step 1"]


def test_a_number_above_its_name_counts_once():
    assert extract(r"^(\S+)\n(?:.*\n)*?.*= score", "0.5\n= score\n= score\n0.7\n= score") == [0.5, 0.7]


def test_a_refreshed_bar_does_not_push_the_heading_out_of_the_window():
    bar = "".join(f"\r{step}/5000 acc: 0.{step}" for step in range(500))
    assert extract(r"Eval\n(?:.*\n){0,2}?final acc: (\S+)", f"Eval\n{bar}\nfinal acc: 0.9\n") == [0.9]


def test_a_pattern_that_would_ruin_a_backtracking_engine_is_quick():
    assert extract(r"(a+)+$|loss (\d+)", "a" * 20_000 + "!\nloss 3\n") == [3.0]


def test_hits_tell_where_in_the_line_match_and_number_lie():
    (hit,) = find(r"acc: (\S+)%", "x\nval acc: 91% ok")
    assert hit.text[slice(*hit.match)] == b"acc: 91%"
    assert hit.text[slice(*hit.value)] == b"91"
    assert hit.row == 1


def test_a_pattern_without_group_is_refused():
    with pytest.raises(PatternError):
        IndicatorReader("loss")


PIECES = st.sampled_from(
    [
        "Eval begin\n",
        "step 1 acc: 0.2",
        " acc: 7",
        "\n",
        "\r",
        "step",
        "Epoch\n",
        "\x1b[1m",
        "loss 3 ",
        "\n\n",
        "é",
        " ",
    ]
)
PATTERNS = st.sampled_from(
    [
        BLOCK,
        r"acc: (\S+)",
        r"loss (\d)",
        r"^(\d)\n",
        r"acc: (\S+)\s*\n(?:.*\n)?Epoch",
        r"\n*(\d)",
        r"(?s)Eval.*?\n.*?(\d)",
    ]
)


@given(st.lists(PIECES, max_size=30), PATTERNS, st.integers(1, 9))
def test_chunks_and_whole_text_give_the_same_points(pieces, pattern, size):
    stream = "".join(pieces).encode()
    whole = IndicatorReader(pattern)
    expected = whole.feed(stream) + whole.close()
    reader = IndicatorReader(pattern)
    found = [point for at in range(0, len(stream), size) for point in reader.feed(stream[at : at + size])]
    assert found + reader.close() == expected
    assert [point.value for point in expected] == extract(pattern, stream)
    lines = LineReader()
    split = lines.feed(stream) + lines.close()
    assert IndicatorReader(pattern).read(split) == expected


@given(st.lists(PIECES, max_size=30), PATTERNS)
def test_no_number_counts_twice(pieces, pattern):
    places = [(hit.row, hit.value) for hit in find(pattern, "".join(pieces))]
    assert len(places) == len(set(places))
