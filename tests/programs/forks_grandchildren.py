"""Start helpers that start helpers, one of them in a session of its own, and print all their pids."""

import os
import subprocess
import sys
import time

HELPER = """
import os, subprocess, time
inner = subprocess.Popen(["sleep", "600"], start_new_session=SESSION)
print("pid", inner.pid, flush=True)
os.write(TELL, b".")
time.sleep(600)
"""

hear, tell = os.pipe()
for session in (False, True):
    code = HELPER.replace("SESSION", str(session)).replace("TELL", str(tell))
    helper = subprocess.Popen([sys.executable, "-c", code], start_new_session=session, pass_fds=[tell])
    print("pid", helper.pid, flush=True)
    os.read(hear, 1)
print("step=0 loss=1.0", flush=True)
if "--exit" not in sys.argv:
    time.sleep(600)
