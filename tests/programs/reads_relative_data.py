"""Read data by a path relative to the code directory."""

from pathlib import Path

for step, line in enumerate(Path("data/values.txt").read_text().split()):
    print(f"step={step} loss={line}")
