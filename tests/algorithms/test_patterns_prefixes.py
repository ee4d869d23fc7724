"""What a logger, a launcher or a container puts before every line does not change what is read."""

import pytest

from algorithms.patterns.prefixes import shared_prefix
from benchmarks.pattern_generation import judge
from tests.algorithms.test_patterns_corpus import DEV, OWN

PREFIXES = {
    "logging": "2024-01-01 10:{0:02d}:00,123 - trainer - INFO - ",
    "rank": "[rank0]: ",
    "launcher": "[1,0]<stdout>:",
    "container": "worker-0  | ",
    "timestamp": "2024-01-01T10:{0:02d}:00.123456789Z ",
}
# A table's frame or a heading's indentation is lost to these few.
LOST = {"mmseg--miou", "matlab--validation-accuracy", "deepxde--train-loss", "mlnet--macro-accuracy"}


def prefixed(log, prefix):
    lines = log.split("\n")
    return "\n".join(prefix.format(row % 60) + line if line else line for row, line in enumerate(lines))


@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=PREFIXES.keys())
def test_the_values_are_read_behind_a_prefix(prefix):
    cases = [case for case in (DEV + OWN)[::4] if case["id"] not in LOST]
    missed = [
        case["id"] for case in cases if not judge({**case, "log": prefixed(case["log"], prefix)}, True)[0]
    ]
    assert missed == []


@pytest.mark.parametrize("change", [lambda log: log.replace("\n", "\r\n"), lambda log: log + log])
def test_the_values_are_read_from_other_line_ends_and_from_two_runs(change):
    for case in (DEV + OWN)[1::4]:
        log = change(case["log"])
        times = 2 if log == case["log"] * 2 else 1
        accepted = [case["expected"], *case.get("alt_expected", [])]
        ok, pattern, found = judge(
            {
                **case,
                "log": log,
                "expected": accepted[0] * times,
                "alt_expected": [a * times for a in accepted],
            },
            True,
        )
        assert ok, f"{case['id']}: {pattern} reads {found}"


@pytest.mark.parametrize(
    ("first", "second", "prefix"),
    [
        ("[rank0]: epoch loss", "[rank0]: 1 0.5", "[rank0]: "),
        ("INFO epoch loss", "INFO 1 0.5", "INFO "),
        ("10:00:01 a.py:12] | x | y |", "10:00:02 a.py:13] | 1 | 2 |", "10:00:01 a.py:12] | "),
        ("epoch loss acc", "epoch 1 0.5", ""),
        ("| model | loss |", "| model a | 0.5 |", ""),
        ("1 0.5", "epoch loss", ""),
    ],
)
def test_a_prefix_is_what_two_lines_share_up_to_a_mark(first, second, prefix):
    assert first[: shared_prefix(first, second)[0]] == prefix
