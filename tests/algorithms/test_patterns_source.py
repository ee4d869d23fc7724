"""A script's print and logging calls tell the pattern before the first run."""

import subprocess
import sys

import pytest

from algorithms.patterns import generate_pattern, source_prints
from runtime.indicator import extract

SCRIPT = """
import json, logging, sys
logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
logger = logging.getLogger(__name__)
for epoch in range(3):
    loss, val, f1, ppl, auc, mae, top1 = (epoch + 0.25, epoch + 0.5, epoch + 0.125, 9.0 - epoch, 0.5, 0.75, 51.5)
    for phase in ["train", "val"]:
        value = loss if phase == "train" else val
        print(f"{phase} Loss: {value:.4f} Count: {epoch}")
    print("epoch", epoch, "dev f1:", f1)
    logger.info("step %d | ppl %.2f", epoch, ppl)
    print("Test: auc={:.3f} rmse={r:.2f}".format(auc, r=mae))
    metrics = {"mae": mae, "r2": 0.5}
    print(json.dumps(metrics))
    message = f"[{epoch}] "
    message += "top1 %.2f%%" % top1
    print(message)
"""


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    script = tmp_path_factory.mktemp("script") / "train.py"
    script.write_text(SCRIPT)
    return subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("indicator", "values"),
    [
        ("val Loss", [0.5, 1.5, 2.5]), ("train Loss", [0.25, 1.25, 2.25]), ("dev f1", [0.125, 1.125, 2.125]),
        ("ppl", [9.0, 8.0, 7.0]), ("auc", [0.5] * 3), ("rmse", [0.75] * 3), ("mae", [0.75] * 3), ("top1", [51.5] * 3),
    ],
)  # fmt: skip
def test_the_pattern_from_the_source_reads_what_the_script_prints(indicator, values, log):
    generated = generate_pattern(indicator, source=SCRIPT)
    assert generated.basis == "source"
    assert extract(generated.pattern, log) == values


def test_a_sample_counts_more_than_the_source():
    generated = generate_pattern("loss", sample="loss -> 0.5\nloss -> 0.4", source="print(f'loss={loss}')")
    assert extract(generated.pattern, "loss -> 0.5") == [0.5]
    assert generated.basis == "sample"


def test_a_name_that_is_not_printed_falls_back_to_the_name_and_says_so():
    generated = generate_pattern("recall", source=SCRIPT)
    assert generated.basis == "name"
    assert "no print or logging call" in generated.explanation
    assert extract(generated.pattern, "recall: 0.5") == [0.5]


def test_lines_of_the_source_are_told():
    assert [(item.line, item.text.split("=")[0]) for item in source_prints("\nprint(f'loss={loss}')")] == [
        (2, "loss")
    ]


def test_progress_bar_postfixes_are_prints():
    (printed,) = source_prints("bar.set_postfix(loss=loss.item(), acc=acc)")
    assert printed.text.startswith("loss=0.")
    assert ", acc=0." in printed.text


def test_source_with_a_syntax_error_has_no_prints():
    assert source_prints("print('loss'") == []
