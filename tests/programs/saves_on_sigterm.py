"""On SIGTERM print more than a pipe holds, then end: only a reader that keeps reading lets it."""

import os
import signal
import time


def save(*_: object) -> None:
    """Say a lot, and goodbye."""
    # Not with print: the signal may come in the middle of another one.
    words = memoryview(b"x" * 2_000_000 + b"\nstep=9 loss=0.5 checkpoint saved\n")
    while words:
        words = words[os.write(1, words) :]
    os._exit(0)


signal.signal(signal.SIGTERM, save)
print("step=0 loss=1.0", flush=True)
while True:
    time.sleep(1)
