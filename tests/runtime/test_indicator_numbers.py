"""Numbers as programs print them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.indicator import parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5), ("-1.25e-3", -0.00125), ("+7", 7.0), (".5", 0.5), ("20.", 20.0), ("1E+2", 100.0),
        ("98%", 98.0), ("98.5 %", 98.5), ("−0.5", -0.5),
        ("12,345.6", 12345.6), ("1,234,567", 1234567.0), ("12,345", 12345.0),
        ("0,95", 0.95), ("61,2", 61.2), ("0,871", 0.871),
        ("tensor(0.07, device='cuda:0')", 0.07), ("np.float32(0.91)", 0.91), ("[0.8044]", 0.8044),
        ("array([0.3])", 0.3), ("<tf.Tensor: shape=(), dtype=float32, numpy=0.3>", 0.3), ("'0.4'", 0.4),
        ("0.93.", 0.93), ("5,", 5.0), ("4.21G", 4.21),
    ],
)  # fmt: skip
def test_a_printed_number_is_read(text, value):
    assert parse_number(text) == value
    assert parse_number(text.encode()) == value


@pytest.mark.parametrize("text", ["nan", "NaN", "-nan", "tensor(nan)", "1.#QNAN", "-1.#IND", "nan(ind)"])
def test_not_a_number_is_read(text):
    value = parse_number(text)
    assert value is not None
    assert math.isnan(value)


@pytest.mark.parametrize(
    ("text", "value"), [("inf", math.inf), ("-Infinity", -math.inf), ("1.#INF", math.inf)]
)
def test_infinity_is_read(text, value):
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "abc", "None", "n/a", "--", "v1.2.3", "1.2.3", "information", "nano"])
def test_what_is_no_number_is_none(text):
    assert parse_number(text) is None


@given(st.floats(allow_nan=False))
def test_whatever_python_prints_is_read_back(value):
    assert parse_number(repr(value)) == value
    assert parse_number(f"np.float64({value!r})") == value


@given(st.one_of(st.text(max_size=60), st.binary(max_size=60)))
def test_any_text_is_a_number_or_none(text):
    value = parse_number(text)
    assert value is None or isinstance(value, float)
