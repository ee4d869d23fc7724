"""Print one line per step, as a training script does."""

import argparse
import time

parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float, default=0.1)
parser.add_argument("--steps", type=int, default=3)
parser.add_argument("--delay", type=float, default=0.0)
options = parser.parse_args()

for step in range(options.steps):
    print(f"step={step} loss={1 / (1 + options.learning_rate * step):.6f}")
    time.sleep(options.delay)
