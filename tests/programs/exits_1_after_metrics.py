"""Report good steps, then fail."""

import sys

for step in range(3):
    print(f"step={step} loss={1 / (step + 1):.4f}")
print("cannot save the model: no such folder", file=sys.stderr)
sys.exit(1)
