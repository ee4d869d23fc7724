"""Compute without a word, in a child process, until stopped; or, given `idle`, do nothing at all."""

import subprocess
import sys
import time

print("step=0 loss=1.0", flush=True)
if "idle" in sys.argv:
    time.sleep(600)
subprocess.run([sys.executable, "-c", "while True: pass"])
