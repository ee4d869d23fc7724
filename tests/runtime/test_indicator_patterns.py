"""What is wrong with a pattern is said with its remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.indicator import PatternError, check_pattern
from runtime.pattern import MAX_PATTERN_LENGTH, reads_lines, required_literal


@pytest.mark.parametrize(
    ("pattern", "remedy"),
    [
        ("", "empty"),
        ("x" * 501 + "(a)", "at most 500"),
        ("loss=", "parentheses around"),
        ("(?P<step>a)b", "parentheses around"),
        (r"(?<=loss=)(\d)", "look-around"),
        (r"(?!val)loss (\d)", "look-around"),
        (r"(a)\1", "back-references"),
        (r"(?P<q>a)(?P=q)", "back-references"),
        (r"loss (\d+)\Z", "Use $"),
        (r"(\d++)", "always linear"),
        (r"(?>a)(b)", "always linear"),
        (r"(?x)(\d)", "only i, m, s and U"),
        (r"(?#note)(\d)", "comments"),
        (r"\h(\d)", r"[ \t]"),
        (r"\u00e9(\d)", "Type the character"),
        ("loss (", "opened and not closed"),
        ("loss )(a)", "closed that was not opened"),
        ("[loss (a)", "opened and not closed"),
        ("*(a)", "repetition follows nothing"),
        (r"(a)\y", "backslash"),
        ("((a{1000}){1000})", "repetition is too large"),
    ],
)
def test_an_unusable_pattern_is_refused_with_a_remedy(pattern, remedy):
    with pytest.raises(
        PatternError, match="(?s)" + remedy.replace("$", r"\$").replace("[", r"\[").replace("\\t", r"\\t")
    ):
        check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", [r"loss=(\d+)", r"(?P<step>\d+) (?P<value>\S+)", "正解率 ([0-9.]+)", "(?i)LOSS (.*)"]
)
def test_a_usable_pattern_is_accepted(pattern):
    check_pattern(pattern)


@given(st.text(max_size=80))
def test_any_text_is_accepted_or_refused_with_a_message(text):
    try:
        check_pattern(text)
    except PatternError as error:
        assert len(str(error)) > 20
    else:
        assert 0 < len(text) <= MAX_PATTERN_LENGTH


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [
        (r"(?:^|\W)val_loss=(\d)", b"val_loss="),
        (r"a|loss=(\d)", b""),
        (r"losses?: x(\d)", b"losse"),
        (r"(?i)loss=(\d)", b""),
        (r"Eval begin[^\n]*\nacc: (\d)", b"acc: "),
        (r"Eval\nfoo\s+(\d)", b""),
        (r"train\.loss (\d+)", b"train.loss "),
        (r"[[:alpha:]] loss (\d)", b""),
    ],
)
def test_the_literal_that_is_searched_first_is_one_every_match_holds(pattern, literal):
    assert required_literal(pattern) == literal


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [(r"a\nb(c)", True), (r"a[^\n]*(c)", False), (r"a\\n(c)", False), ("a\nb(c)", True)],
)
def test_only_a_pattern_that_spells_a_line_break_reads_over_lines(pattern, expected):
    assert reads_lines(pattern) is expected
