"""Rewrite the own source file in place."""

from pathlib import Path

with Path(__file__).open("r+") as file:
    file.truncate(0)
    file.write("raise SystemExit('spoilt')\n")
print("step=0 loss=1.0")
