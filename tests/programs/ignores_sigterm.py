"""Refuse to end on SIGTERM."""

import signal
import time

signal.signal(signal.SIGTERM, signal.SIG_IGN)
step = 0
while True:
    print(f"step={step} loss={1 / (step + 1):.4f}", flush=True)
    step += 1
    time.sleep(0.02)
