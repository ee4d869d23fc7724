"""Diverge: a number, then NaN and infinity."""

for step, loss in enumerate([0.5, float("nan"), float("inf"), float("-inf")]):
    print(f"step={step} loss={loss}")
