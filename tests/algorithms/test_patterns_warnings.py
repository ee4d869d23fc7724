"""What is likely wrong with a pattern is said in words."""

import pytest

from algorithms.patterns import diagnose, inspect


def codes(pattern, sample, indicator="loss"):
    return [warning.code for warning in diagnose(pattern, sample, indicator)]


@pytest.mark.parametrize(
    ("pattern", "sample", "code"),
    [
        (r"loss=(\d)", "acc=1", "no-match"),
        (r"loss=(?=1)(\d)", "loss=1", "unsupported"),
        (r"(?:loss|acc)=([\d.]+)", "loss=0.5 acc=0.9\nloss=0.4 acc=0.95", "several-quantities"),
        (r"loss=([\d.]+)", "train: loss=0.5\nval: loss=0.6\ntrain: loss=0.4", "several-quantities"),
        (
            r"loss:? ([\d.]+)",
            "epoch 1 loss 0.5 (best loss: 0.4)\nepoch 2 loss 0.3 (best loss: 0.2)",
            "best-so-far",
        ),
        (r"loss=([\d.]+\d)", "saved w-loss=0.51.ckpt\nsaved w-loss=0.41.ckpt", "file-name"),
        (r"epoch (\d+)", "epoch 1 loss 3.5\nepoch 2 loss 2.5\nepoch 3 loss 1.5", "counter"),
        (r"\[(\d+)/", "[1/9] loss 0.5\n[2/9] loss 0.4", "counter"),
        (r"acc ([\d.]+)%", "acc 91.5%\nacc 92.5%", "percent"),
        (r"acc ([\d.]+)", "acc 91.5%\nacc 0.92", "mixed-percent"),
        (r"ppl ([\d.,]+)", "ppl 1,234.5\nppl 912.1", "thousands"),
        (r"ppl (\d+)", "ppl 1,234.5\nppl 912", "cut"),
        (r"loss (\S+)", "loss 0.5\nloss nan\nloss inf", "not-finite"),
        (r"loss (\S+)", "loss 0.5\nloss 0.5", "constant"),
        (r"loss (\S+)", "loss 0.5", "single"),
        (r"\+/- (\S+)", "reward 10 +/- 2\nreward 12 +/- 3", "spread"),
    ],
)
def test_a_likely_mistake_is_named(pattern, sample, code):
    assert code in codes(pattern, sample)


def test_a_good_pattern_draws_no_warning():
    sample = (
        "epoch 1 loss=0.9 val_loss=0.8 best_val_loss=0.8\nepoch 2 loss=0.7 val_loss=0.75 best_val_loss=0.75"
    )
    assert codes(r"\bval_loss=(\S+)", sample, "val_loss") == []


def test_asking_for_the_best_is_no_mistake():
    sample = "best loss: 0.5\nbest loss: 0.4"
    assert codes(r"best loss: (\S+)", sample, "best loss") == []


def test_the_message_says_what_to_do():
    (warning,) = diagnose("acc=(x)", "loss=1\nloss=2", "loss")
    assert "generate the pattern from this sample" in warning.message


def test_inspection_shows_where_the_matches_lie_and_sums_the_values_up():
    found = inspect(
        r"(?P<step>\d+): 損失 (?P<value>\S+)", "é 1: 損失 0.5\r\x1b[1m2: 損失 nan\x1b[0m\n3: 損失 0.25\n"
    )
    first = found.matches[0]
    line = found.lines[first.row]
    assert line[first.start : first.end] == "1: 損失 0.5"
    assert line[first.value_start : first.value_end] == "0.5"
    assert (found.count, found.first, found.last, found.low, found.high) == (3, 0.5, 0.25, 0.25, 0.5)
    assert [match.step for match in found.matches] == [1.0, 2.0, 3.0]
    assert [match.line for match in found.matches] == [1, 1, 2]


def test_inspection_of_nothing_has_no_values():
    found = inspect(r"loss (\d)", "")
    assert (found.count, found.first, found.last, found.low, found.high) == (0, None, None, None, None)
