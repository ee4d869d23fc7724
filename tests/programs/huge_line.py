"""Print very much without a newline, then a step."""

import argparse
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--megabytes", type=int, default=100)
options = parser.parse_args()

block = "x" * 1_000_000
for _ in range(options.megabytes):
    sys.stdout.write(block)
print("\nstep=0 loss=1.0")
