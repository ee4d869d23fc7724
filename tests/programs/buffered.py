"""Print without ever flushing, then be busy for long."""

import time

print("step=0 loss=1.0")
time.sleep(600)
