"""A wait that signal handlers may end."""

import contextlib
import os
import select


class WakeUp:
    """Like `threading.Event`, whose lock a handler that interrupts `wait` would wait for in vain, for ever."""

    def __init__(self) -> None:
        self._listen, self._ring = os.pipe()
        os.set_blocking(self._listen, False)
        os.set_blocking(self._ring, False)

    def set(self) -> None:
        """End the current wait, or the next one. Safe in a signal handler, also in one that interrupts it."""
        with contextlib.suppress(BlockingIOError):  # a full pipe wakes as well
            os.write(self._ring, b"!")

    def wait(self, seconds: float) -> bool:
        """Sleep until `set` was called, for at most so long; say whether it was, and forget it."""
        ready, _, _ = select.select([self._listen], [], [], seconds)
        if ready:
            with contextlib.suppress(BlockingIOError):
                while os.read(self._listen, 4096):
                    pass
        return bool(ready)

    def close(self) -> None:
        """Give the descriptors back; `set` and `wait` must not be called any more."""
        os.close(self._listen)
        os.close(self._ring)
