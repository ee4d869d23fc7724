"""A worker slot: claims trials of its pool and runs them until there is nothing left to do."""

import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from jobs.execution import claims, trial
from jobs.execution.states import TrialStatus

log = logging.getLogger(__name__)

DEVICES_SECONDS = 15.0
"""How long a slot waits for devices before it ends: its worker may serve other pools, and is woken again."""
LOOK_SECONDS = 0.5


class Slot:
    """One place for one running trial. `interrupt` makes it give its trial back and end."""

    def __init__(self, pool_name: str) -> None:
        self.pool_name = pool_name
        self.worker = f"{socket.gethostname()}:{os.getpid()}"
        self.interrupted = False

    def interrupt(self, *_signal) -> None:
        self.interrupted = True

    def work(self) -> int:
        """Run trials until the pool has none; returns how many were run."""
        count = 0
        while not self.interrupted and (claim := self._next()):
            count += 1
            try:
                _run(claim, self)
            finally:
                claim.devices.held.release()
        return count

    def _next(self) -> claims.Claim | None:
        """The next claim. Devices that other trials hold are waited for a little while."""
        deadline = time.monotonic() + DEVICES_SECONDS
        while True:
            try:
                return claims.claim_next(self.pool_name, self.worker)
            except claims.DevicesBusy:
                if self.interrupted or time.monotonic() > deadline:
                    return None
            time.sleep(LOOK_SECONDS)


def _run(claim: claims.Claim, slot: Slot) -> None:
    try:
        trial.run(claim, lambda: slot.interrupted)
    except Exception as error:
        log.exception("%s failed inside the console", claim.trial)
        reason = f"Internal error of the console: {type(error).__name__}: {error}"
        claims.finish_quietly(claim, claims.Outcome(TrialStatus.FAILED, reason))
        raise


@contextmanager
def interrupted_by_sigterm(slot: Slot) -> Iterator[None]:
    """While inside, SIGTERM means: give the trial back and end."""
    before = signal.signal(signal.SIGTERM, slot.interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
