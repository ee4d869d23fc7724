"""Close the output early and go on for a moment."""

import os
import sys
import time

print("step=0 loss=1.0", flush=True)
os.close(1)
os.close(2)
time.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else 0.3)
os._exit(3)
