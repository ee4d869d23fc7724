"""Ask for much memory and say what came of it."""

import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--megabytes", type=int, default=500)
options = parser.parse_args()

block = bytearray(options.megabytes * 1_000_000)
print(f"step=0 loss=1.0 holding {len(block)} bytes", flush=True)
