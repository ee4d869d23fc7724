"""Raw output becomes clean lines, wherever the chunks are cut."""

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.lines import MAX_LINE_BYTES, Line, LineReader, clean, split_lines

PIECES = st.sampled_from(
    [
        b"\n", b"\r", b"\r\n", b"\r\r\n", b"loss=0.5", b" ", b"\x1b[31m", b"\x1b[0m", b"\x1b", b"\x1b[", b"\x1b[2K",
        b"\x1b]0;title\x07", b"\x1b(B", b"\x08", b"\x08\x08\x08", "正解率".encode(), b"\xff", b"\xe6\xad", b"\x00",
        "é█".encode(), b"x" * 50,
    ]
)  # fmt: skip


def read(chunks: list[bytes]) -> list[Line]:
    reader = LineReader()
    return [line for chunk in chunks for line in reader.feed(chunk)] + reader.close()


def texts(data: bytes) -> list[bytes]:
    return [line.text for line in split_lines(data)]


@given(st.lists(st.one_of(PIECES, st.binary(max_size=8)), max_size=40), st.data())
def test_where_chunks_are_cut_makes_no_difference(pieces, data):
    stream = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    edges = [0, *cuts, len(stream)]
    chunks = [stream[a:b] for a, b in pairwise(edges)]
    assert read(chunks) == split_lines(stream)
    assert read([bytes([byte]) for byte in stream]) == split_lines(stream)


@given(st.lists(st.sampled_from([b"a", b"\n", b"loss 0.5"]), max_size=40), st.integers(1, 30))
def test_plain_text_read_at_once_gives_what_single_bytes_give(pieces, size):
    stream = b"".join(pieces)
    expected = read([bytes([byte]) for byte in stream])
    assert read([stream]) == expected
    assert read([stream[at : at + size] for at in range(0, len(stream), size)]) == expected


@given(st.binary(max_size=400))
def test_text_is_always_valid_utf8_without_control_characters(stream):
    for line in split_lines(stream):
        decoded = line.text.decode("utf-8")
        assert not any(ord(character) < 32 and character != "\t" for character in decoded)


@given(st.lists(st.sampled_from([b"a", b"\n", b"\r"]), max_size=30))
def test_number_and_offset_point_into_the_raw_stream(pieces):
    stream = b"".join(pieces)
    for line in split_lines(stream):
        assert line.number == stream[: line.offset].count(b"\n") + 1
        assert stream[line.offset :].startswith(line.text)


def test_each_refresh_of_a_progress_bar_is_a_line_with_the_number_of_its_line():
    lines = split_lines(b"start\n\r 10%\r 50%\r100%\nend\n")
    assert [(line.number, line.text) for line in lines] == [
        (1, b"start"), (2, b" 10%"), (2, b" 50%"), (2, b"100%"), (3, b"end"),
    ]  # fmt: skip


def test_a_refresh_is_returned_as_soon_as_the_next_one_begins():
    reader = LineReader()
    assert [line.text for line in reader.feed(b"10% loss=0.5\r")] == [b"10% loss=0.5"]


def test_carriage_return_with_newline_is_one_end():
    assert [(line.number, line.text) for line in split_lines(b"a\r\nb\r\n\r\nc")] == [
        (1, b"a"), (2, b"b"), (3, b""), (4, b"c"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"\x1b[1;32mloss\x1b[0m 0.5", b"loss 0.5"),
        (b"\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\ 1", b"link 1"),
        (b"10%\x08\x08\x0820%", b"20%"),
        (b"loss: 0.5\x08\x08\x08\x08", b"loss: 0.5"),
        ("é\x08e".encode(), b"e"),
        (b"bad \xff byte", "bad \ufffd byte".encode()),
        (b"a\tb\x00c", b"a\tbc"),
        (b"cut \x1b[3", b"cut [3"),
    ],
)
def test_a_line_is_cleaned_to_what_a_terminal_shows(raw, shown):
    assert clean(raw) == shown


def test_a_character_cut_by_the_length_limit_is_dropped_whole():
    text = clean(b"x" * (MAX_LINE_BYTES - 1) + "é".encode())
    assert text == b"x" * (MAX_LINE_BYTES - 1)


def test_empty_lines_keep_the_numbers_right():
    assert texts(b"a\n\n\nb") == [b"a", b"", b"", b"b"]


def test_a_line_of_100_megabytes_is_read_in_little_memory():
    reader = LineReader()
    chunk = b"loss=0.5 " * 7282
    tracemalloc.start()
    for _ in range(1600):
        assert reader.feed(chunk) == []
    (line,) = reader.feed(b"\nnext")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(line.text) == MAX_LINE_BYTES
    assert peak < 5_000_000
    assert reader.close() == [Line(2, 1600 * len(chunk) + 1, b"next")]
