"""Print invalid UTF-8, colours, carriage returns and NUL bytes around the steps."""

import sys

out = sys.stdout.buffer
for step in range(3):
    out.write(b"\xff\xfe\x80 not text \x00\x01\n")
    out.write(b"\r 10%|#    |\r 90%|#### |\r")
    out.write(b"\x1b[32mstep=%d loss=%.3f\x1b[0m\n" % (step, 1 / (step + 1)))
out.write(b"\xe2\x82")  # a character that is never finished, and no newline at the end
out.flush()
