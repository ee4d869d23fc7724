"""Leave a daemon behind in the classic way: fork, setsid, fork, close everything, forget the environment."""

import os
import sys
import time

print("step=0 loss=1.0", flush=True)
reader, writer = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(writer, b"%d" % os.getpid())
        os.closerange(0, 20)
        clean = {"PATH": os.defpath} if "--clean" in sys.argv else dict(os.environ)
        os.execvpe("sleep", ["sleep", "600"], clean)  # noqa: S606
    os._exit(0)
os.wait()
print("pid", os.read(reader, 20).decode(), flush=True)
if "--stay" in sys.argv:
    time.sleep(600)
