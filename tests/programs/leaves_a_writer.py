"""Exit at once, while a child goes on writing into the same output."""

import os
import sys
import time

print("step=0 loss=1.0", flush=True)
child = os.fork()
if child == 0:
    while True:
        print("still here", flush=True)
        time.sleep(0.01)
print("pid", child, flush=True)
os._exit(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
