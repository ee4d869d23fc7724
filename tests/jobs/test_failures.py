"""Why trials failed and where: groups of reasons, and regions with known answers."""

import numpy as np
import pytest

from jobs.results import failures
from search import Categorical, Float, SearchSpace

SPACE = SearchSpace(
    {"rate": Float(1e-4, 1.0, log=True), "kind": Categorical(["a", "b", "c"]), "idle": Float(0, 1)}
)


def test_reasons_that_differ_in_numbers_only_are_one_group():
    rows = [
        ("Exit code 1.", 1),
        ("tensor at 0x7f00ab: gone", 2),
        ("ValueError: bad width 7\nmore", 4),
        ("ValueError: bad width 12", 5),
        ("ValueError: bad width 1,024", 7),
        ("tensor at 0x1122cd: gone", 9),
    ]
    assert [(group.reason, group.numbers) for group in failures.grouped(rows)] == [
        ("ValueError: bad width 7", [4, 5, 7]),
        ("tensor at 0x7f00ab: gone", [2, 9]),
        ("Exit code 1.", [1]),
    ]


def test_fishers_exact_test_knows_the_tea_lady():
    assert failures.tail(4, 4, 4, 8) == pytest.approx(1 / 70)
    assert failures.tail(3, 4, 4, 8) == pytest.approx(17 / 70)
    assert failures.tail(0, 4, 4, 8) == pytest.approx(1.0)


def test_failures_at_one_end_of_a_range_are_found():
    units = np.random.default_rng(1).random((60, 3))
    found = failures.region(SPACE, units, units[:, 0] > 0.75)
    assert (found.name, found.failed, found.failed_outside) == ("rate", int((units[:, 0] > 0.75).sum()), 0)
    assert found.words.startswith("above 0.")
    assert 0.08 < float(found.words.split()[1]) < 0.12  # 10^(4 * 0.75 - 4)
    assert found.sentence.endswith(f"and 0 of {60 - found.inside} others.")
    low = failures.region(SPACE, units, units[:, 2] < 0.3)
    assert (low.name, low.words.split()[0]) == ("idle", "below")


def test_failures_of_one_choice_are_found():
    units = np.random.default_rng(2).random((60, 3))
    failed = (units[:, 1] > 1 / 3) & (units[:, 1] < 2 / 3)
    assert failures.region(SPACE, units, failed).sentence.startswith(
        f"{failed.sum()} of {failed.sum()} trials with kind b"
    )


@pytest.mark.parametrize("seed", range(20))
def test_failures_that_may_be_anywhere_have_no_region(seed):
    rng = np.random.default_rng(seed)
    assert failures.region(SPACE, rng.random((80, 3)), rng.random(80) < 0.3) is None


@pytest.mark.parametrize("failed", [[True] * 6, [False] * 6, [True, True, False, False, False, False]])
def test_where_all_or_hardly_any_have_failed_nothing_is_said(failed):
    units = np.linspace(0, 1, 18).reshape(6, 3)
    assert failures.region(SPACE, units, np.array(failed)) is None


def test_missing_values_are_passed_over():
    units = np.random.default_rng(3).random((60, 3))
    failed = units[:, 0] > 0.7
    units[::6, 0] = np.nan
    assert failures.region(SPACE, units, failed).name == "rate"


def test_an_error_that_ends_every_trial_is_told():
    groups = failures.grouped(("Exit code 1: no data", number) for number in (1, 2, 3))
    assert failures.repeated(groups, [1, 2, 3]).words == "3 of 3 trials failed with the same error"
    assert failures.repeated(groups, [1, 2]) is None
    assert failures.repeated(groups, [1, 2, 3, 4]) is None


def test_an_error_that_ends_all_the_latest_trials_is_told_later():
    groups = failures.grouped(("Exit code 1: no data", number) for number in range(2, 8))
    assert (
        failures.repeated(groups, list(range(1, 8))).words == "The last 6 trials failed with the same error"
    )
    assert failures.repeated(groups, list(range(1, 7))) is None
