import io
import re

import pytest

from storage.preview import LARGEST, MOST_LINES, preview


def lines(data, size=None):
    shown = preview(io.BytesIO(data), len(data) if size is None else size)
    return [text for chunk in shown.chunks for _, text in chunk] if not shown.reason else shown.reason


def test_text_is_shown_in_numbered_lines(signed_in, put):
    put("train.py", b"import os\n\nprint('<b>')\n")
    page = signed_in.get("/storage/lab/train.py").content.decode()
    assert re.findall(r'id="L(\d+)"><a href="#L\1"', page) == ["1", "2", "3"]
    assert "print(&#x27;&lt;b&gt;&#x27;)" in page
    assert "3 lines" in page


def test_every_kind_of_line_end_ends_a_line_and_nothing_else_does():
    assert lines("a\r\nb\rc\nd\x0ce\u2028f".encode()) == ["a", "b", "c", "d\x0ce\u2028f"]


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0", b"text\0text", bytes(range(256)), b"\x7fELF"])
def test_binary_files_say_so(data):
    assert "binary" in lines(data)
    assert "binary" in lines(data, size=LARGEST * 3)


def test_a_megabyte_is_shown_and_more_is_offered_for_download():
    assert len(lines(b"x" * 1023 + b"\n" + b"y" * (LARGEST - 1024))) == 2
    assert "Download" in lines(b"x" * LARGEST, size=LARGEST + 1)


def test_an_empty_file_says_so():
    assert lines(b"") == "This file is empty."


def test_other_encodings_are_shown_with_a_note():
    assert lines("é\n".encode("latin-1")) == ["é"]
    assert "Latin-1" in preview(io.BytesIO(b"\xe9"), 1).note
    assert lines("wörter".encode("utf-16")) == ["wörter"]
    assert lines(b"\xef\xbb\xbfmarked") == ["marked"]


def test_a_file_of_very_many_lines_is_cut():
    shown = preview(io.BytesIO(b"\n" * 50_000), 50_000)
    assert shown.is_cut
    assert sum(len(chunk) for chunk in shown.chunks) == MOST_LINES


def test_a_download_is_an_attachment_no_browser_interprets(signed_in, put):
    data = b"<script>alert(1)</script>" * 1000
    put("отчёт.html", data)
    response = signed_in.get("/storage/-/download/lab/отчёт.html", headers={"accept-encoding": "gzip"})
    assert b"".join(response) == data
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Length"] == str(len(data))


def test_a_page_of_markup_is_shown_as_text_not_run(signed_in, put):
    put("page.html", b"<script>alert(1)</script>")
    page = signed_in.get("/storage/lab/page.html").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
