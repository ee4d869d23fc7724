"""The quantities of a log are listed with what helps to choose one."""

import pytest

from algorithms.patterns import discover, suggest_direction

LOG = "\n".join(
    f"{step}/10 [00:0{step}] lr=0.1, train_loss={1 / (step + 1):.3f}, val_acc={0.5 + step / 20:.3f}, "
    f"best_val_acc=0.9, step=1{step}"
    for step in range(6)
)


def by_name(log):
    return {candidate.name: candidate for candidate in discover(log)}


def test_metrics_come_with_count_trend_extremes_and_direction():
    found = by_name(LOG)
    accuracy = found["val_acc"]
    assert (accuracy.count, accuracy.first, accuracy.last) == (6, 0.5, 0.75)
    assert (accuracy.low, accuracy.high) == (0.5, 0.75)
    assert (accuracy.trend, accuracy.direction, accuracy.kind) == ("rising", "max", "metric")
    assert (found["train_loss"].trend, found["train_loss"].direction) == ("falling", "min")


def test_metrics_stand_before_settings_and_counters():
    kinds = [candidate.kind for candidate in discover(LOG)]
    assert kinds == sorted(kinds, key=("metric", "best", "setting", "time", "counter").index)
    found = by_name(LOG)
    assert (found["lr"].kind, found["step"].kind, found["best_val_acc"].kind) == (
        "setting",
        "counter",
        "best",
    )


def test_the_same_name_of_two_splits_is_two_quantities():
    found = by_name("valid | loss 0.9\ntrain | loss 0.8\nvalid | loss 0.7\ntrain | loss 0.5")
    assert (found["valid loss"].last, found["train loss"].last) == (0.7, 0.5)


def test_columns_of_a_table_are_quantities():
    found = by_name(
        "epoch  train_loss  accuracy\n0      0.9         0.5\n1      0.8         0.6\n2      0.7         0.7\n"
    )
    assert found["accuracy"].count == 3
    assert found["train_loss"].trend == "falling"


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("val_loss", "min"), ("top-5 error", "min"), ("perplexity", "min"), ("rmse", "min"), ("%WER", "min"),
        ("valid_0's multi_logloss", "min"), ("negative log likelihood", "min"), ("损失", "min"), ("Verlust", "min"),
        ("accuracy", "max"), ("AUC", "max"), ("f1-score", "max"), ("ep_rew_mean", "max"), ("bbox_mAP", "max"),
        ("BLEU", "max"), ("log-likelihood", "max"), ("neg_mean_squared_error", "max"), ("success_rate", "max"),
        ("正解率", "max"), ("epoch", None), ("lr", None), ("", None),
    ],
)  # fmt: skip
def test_a_direction_is_suggested_from_the_name(name, direction):
    assert suggest_direction(name) == direction
