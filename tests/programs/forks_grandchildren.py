"""Start helpers that start helpers, one of them in a session of its own, and print all their pids."""

import subprocess
import sys
import time

HELPER = """
import subprocess, time
inner = subprocess.Popen(["sleep", "600"], start_new_session=SESSION)
print("pid", inner.pid, flush=True)
time.sleep(600)
"""

for session in (False, True):
    code = HELPER.replace("SESSION", str(session))
    helper = subprocess.Popen([sys.executable, "-c", code], start_new_session=session)
    print("pid", helper.pid, flush=True)
time.sleep(0.3)
print("step=0 loss=1.0", flush=True)
if "--exit" not in sys.argv:
    time.sleep(600)
