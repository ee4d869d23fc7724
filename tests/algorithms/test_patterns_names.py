"""A name may hold spaces, punctuation, signs of regular expressions and letters of any script."""

import pytest

from algorithms.patterns import generate_pattern
from runtime.indicator import extract

NAMES = [
    "loss[0]", "a.b", "acc (%)", "F1*", "C++ loss", "P(x|y)", "loss$", "^start", "{val}", "x\\y", "損失/検証",
    "val loss (ema)", "Δ loss", "acc@1,5", "loss'", '"loss"', "val-loss", "valid_0's auc", "%WER", "WER [%]",
    "L_1/L_2", "‖g‖", "D(G(z))", "mAP@[0.5:0.95]", "#correct", "loss:total", "a=b", "top-1 acc.", "R²", "µ-err",
    "Précision (moy.)", "점수", "loss ↓", "mean ± std", "|grad|", "log p(x)", "E[x]", "1-acc", "p95 latency",
    "5-fold score", "3d AP", "loss/", "/loss", "__loss__", "-loss-", "Loss 2", "train/loss@0", "IoU>0.5", "∑ reward",
    "🎯 score",
]  # fmt: skip
LINES = [
    "epoch 1 - {name}: {value} - lr: 0.1",
    "{name}={value}",
    "step 12 | {name} {value} | time 3.1",
    "{{'{name}': {value}, 'epoch': 1}}",
    "INFO {name} = {value}",
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("with_sample", [True, False], ids=["sample", "name"])
def test_any_name_is_found_beside_its_number(line, with_sample):
    for name in NAMES:
        log = "\n".join(["start", *(line.format(name=name, value=value) for value in (0.52, 0.25)), "done"])
        pattern = generate_pattern(name, sample=log if with_sample else None).pattern
        assert extract(pattern, log) == [0.52, 0.25], f"{name}: {pattern}"


def test_a_double_of_fortran_is_a_number():
    log = "At iterate 1    f=  2.71000D+01\nAt iterate 2    f=  4.12000D-02\n"
    assert extract(generate_pattern("f", sample=log).pattern, log) == [27.1, 0.0412]
    assert extract(generate_pattern("f").pattern, log) == [27.1, 0.0412]
