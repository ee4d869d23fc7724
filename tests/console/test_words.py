"""Numbers, times and spans as people read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from console.words import NOTHING, briefs, duration, number, relative


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456789, "0.12346"),
        (0.98, "0.98"),
        (1e-5, "1e-5"),
        (0.000012345678, "1.2346e-5"),
        (1234567.89, "1.2346e6"),
        (-0.5, "-0.5"),
        (20, "20"),
        (123456789, "123456789"),
        (200000.0, "200000"),
        (1e22, "1e22"),
        (10**30, "1e30"),
        (0.0, "0"),
        (float("nan"), "NaN"),
        (float("inf"), "∞"),
        (float("-inf"), "-∞"),
        (True, "True"),
        ("adam", "adam"),
        (None, NOTHING),
        ("", NOTHING),
        (np.float64(0.123456789), "0.12346"),
        (np.int64(7), "7"),
        (Decimal("0.5"), "0.5"),
    ],
)
def test_numbers_keep_five_digits(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (0, "0 s"),
        (0.0423, "42 ms"),
        (0.9996, "1.0 s"),
        (3.21, "3.2 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.7, "1 h 00 min"),
        (timedelta(hours=1, minutes=4), "1 h 04 min"),
        (timedelta(days=2, hours=3), "2 d 03 h"),
        (-1, "0 s"),
        (None, NOTHING),
    ],
)
def test_spans_have_two_units_at_most(span, shown):
    assert duration(span) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (2, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (3 * 3600 + 5, "3 hours ago"),
        (2 * 86400, "2 days ago"),
        (-30, "in a few seconds"),
        (-7200, "in 2 hours"),
    ],
)
def test_moments_are_told_in_one_unit(seconds, shown):
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert relative(now - timedelta(seconds=seconds), now) == shown


def test_long_names_are_cut_so_that_they_stay_apart():
    blocks = [f"model.encoder.block_{number}.self_attention.dropout" for number in (1, 2, 11)]
    found = briefs(["learning_rate", *blocks])
    assert found == [
        "learning_rate",
        "…odel.encoder.block_1…",
        "…odel.encoder.block_2…",
        "…del.encoder.block_11…",
    ]
    assert max(map(len, found)) <= 22
    assert briefs(["x" * 30 + "_1." + "y" * 9, "x" * 30 + "_11." + "y" * 9]) == [
        "…" + "x" * 18 + "_1…",
        "…" + "x" * 17 + "_11…",
    ]
