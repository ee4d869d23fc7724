"""Report through `logging`, which writes to stderr, with other words on stdout between the lines."""

import logging

logging.basicConfig(level=logging.INFO, format="%(message)s")
for step in range(3):
    print(f"before {step}", flush=True)
    logging.info("step=%d loss=%.4f", step, 1 / (step + 1))
