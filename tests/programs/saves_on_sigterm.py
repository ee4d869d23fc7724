"""On SIGTERM print more than a pipe holds, then end: only a reader that keeps reading lets it."""

import signal
import sys
import time


def save(*_: object) -> None:
    """Say a lot, and goodbye."""
    print("x" * 2_000_000)
    print("step=9 loss=0.5 checkpoint saved", flush=True)
    sys.exit(0)


signal.signal(signal.SIGTERM, save)
print("step=0 loss=1.0", flush=True)
while True:
    time.sleep(1)
