"""Whatever name and sample are given: no crash, no endless work, always a usable pattern."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.patterns import (
    diagnose,
    discover,
    generate_pattern,
    inspect,
    source_prints,
    suggest_direction,
)
from runtime.pattern import MAX_PATTERN_LENGTH, PatternError, check_pattern

WORDS = st.sampled_from(
    [
        "loss", "val", "train", "acc", "best", "epoch", "mAP@0.50", "D(G(z))", "正解率", "|", "│", ":", "=", ",", " ",
        "  ", "\t", "\n", "\r", "-", "(", ")", "[", "]", "{", "}", "'", '"', "%", "0.5", "1,234.5", "12",
        "nan", "-3e-4", "inf",
        "at step", "->", "...", "±", "/", "tensor(", "\x1b[1m", "100%|███|", "10:00:00", "a.ckpt", "\\", "*",
        "?", "\x00",
    ]
)  # fmt: skip
LOGS = st.lists(WORDS, max_size=60).map("".join)
NAMES = st.one_of(LOGS, st.text(max_size=300))


@settings(max_examples=300, deadline=None)
@given(NAMES, st.one_of(st.none(), LOGS, st.text(max_size=300)), st.one_of(st.none(), st.text(max_size=200)))
def test_a_generated_pattern_is_always_usable(name, sample, source):
    generated = generate_pattern(name, sample=sample, source=source)
    check_pattern(generated.pattern)
    assert 1 <= len(str(generated)) <= MAX_PATTERN_LENGTH
    assert generated.explanation
    assert suggest_direction(name) in ("min", "max", None)


@settings(max_examples=150, deadline=None)
@given(LOGS)
def test_every_discovered_name_has_a_usable_pattern(sample):
    for candidate in discover(sample)[:5]:
        assert candidate.count > 0
        check_pattern(generate_pattern(candidate.name, sample=sample).pattern)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.just(r"(\S+)"), st.just(r"(\d*)\n?")), LOGS, NAMES)
def test_any_pattern_can_be_judged_on_any_sample(pattern, sample, name):
    warnings = diagnose(pattern, sample, name)
    try:
        found = inspect(pattern, sample)
    except PatternError:
        assert [warning.code for warning in warnings] == ["unsupported"]
        return
    for match in found.matches:
        assert 0 <= match.start <= match.value_start <= match.value_end <= len(found.lines[match.row])


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), LOGS))
def test_any_text_is_read_as_source_or_left_alone(source):
    assert isinstance(source_prints(source), list)


@pytest.mark.parametrize(
    "unit",
    [
        ".",
        " ",
        "(",
        ")",
        ",",
        "1",
        "1 ",
        "a",
        "a ",
        ":",
        '"',
        "|",
        "-",
        "= ",
        "\t",
        "a=1 ",
        "1:",
        "[1]",
        "/",
        "a.b",
    ],
)
def test_long_lines_of_one_thing_are_no_endless_work(unit):
    line = unit * (6000 // len(unit))
    sample = "\n".join([line + " loss 0.5", "loss" + line, line, "loss 0.4"] * 8)
    generated = generate_pattern("loss", sample=sample)
    check_pattern(generated.pattern)
    discover(sample)
    diagnose(generated.pattern, sample, "loss")


def test_deeply_nested_source_is_left_alone():
    assert source_prints("print(" + "(" * 5000 + "1" + ")" * 5000 + ")") == []
    assert isinstance(source_prints("x = " + "+".join(["'a'"] * 5000) + "\nprint(x)"), list)
