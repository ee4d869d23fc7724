"""Generated patterns read the right numbers from the logs of many frameworks."""

import json
from collections import Counter
from pathlib import Path

import pytest

from algorithms.patterns import discover, generate_pattern, inspect
from benchmarks.pattern_generation import LATER_BOUND, NAME_ONLY_BOUND, WITH_SAMPLE_BOUND, judge, judge_later
from runtime.pattern import MAX_PATTERN_LENGTH, check_pattern

CORPUS = Path(__file__).parent.parent / "data" / "logcorpus"
DEV = json.loads((CORPUS / "dev.json").read_text("utf-8"))
OWN = json.loads((CORPUS / "own.json").read_text("utf-8"))


def case_id(case):
    return case["id"]


@pytest.mark.parametrize("case", DEV + OWN, ids=case_id)
def test_the_pattern_from_a_sample_reads_exactly_the_expected_values(case):
    ok, pattern, found = judge(case, with_sample=True)
    assert ok, f"{pattern} reads {found}, not {case['expected']}"


@pytest.mark.parametrize(("cases", "bound"), [(DEV, 0.8), (OWN[::2], 0.6)], ids=["dev", "own"])
def test_the_name_alone_is_enough_for_most_logs(cases, bound):
    passed = sum(judge(case, with_sample=False)[0] for case in cases)
    assert passed / len(cases) >= bound >= NAME_ONLY_BOUND


def test_a_pattern_made_while_a_log_is_written_reads_on():
    judged = [ok for ok in map(judge_later, (DEV + OWN)[::3]) if ok is not None]
    assert sum(judged) / len(judged) >= 0.95 > LATER_BOUND


def test_the_bounds_of_the_benchmark_are_those_promised():
    assert (WITH_SAMPLE_BOUND, NAME_ONLY_BOUND) == (0.90, 0.60)


def test_ids_are_unique_and_cases_complete():
    assert max(Counter(case["id"] for case in DEV + OWN).values()) == 1
    assert all(case["indicator"] and case["log"] and case["expected"] for case in DEV + OWN)


@pytest.mark.parametrize("case", (DEV + OWN)[::3], ids=case_id)
def test_every_discovered_name_generates_a_pattern_that_reads_what_was_announced(case):
    for candidate in discover(case["log"])[:8]:
        generated = generate_pattern(candidate.name, sample=case["log"])
        check_pattern(generated.pattern)
        assert len(generated.pattern) <= MAX_PATTERN_LENGTH
        found = inspect(generated.pattern, case["log"])
        if "could not be told apart" not in generated.explanation:
            assert found.count == candidate.count, candidate.name
