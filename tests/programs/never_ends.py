"""Train for ever."""

import time

step = 0
while True:
    print(f"step={step} loss={1 / (step + 1):.4f}", flush=True)
    step += 1
    time.sleep(0.02)
