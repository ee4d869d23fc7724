"""Take the learning rate by place and a flag without a value."""

import argparse

parser = argparse.ArgumentParser()
parser.add_argument("learning_rate", type=float)
parser.add_argument("--nesterov", action="store_true")
options = parser.parse_args()
print(f"step=0 loss={options.learning_rate!r} nesterov={options.nesterov}")
