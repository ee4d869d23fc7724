"""Watches a running script: what it uses, whether it hangs, whether it can still win."""

from __future__ import annotations

import time

from jobs.execution import events
from jobs.execution.claims import Claim
from jobs.execution.recorder import Recorder
from jobs.models import EventLevel
from runtime.process import Process
from runtime.resources import ResourceSampler

EARLY_SECONDS = (0.3, 0.3, 0.4, 1.0, 1.0, 2.0)
"""Pauses before the first samples, so that a short trial has a curve too."""
SAMPLE_SECONDS = 5.0
IDLE_CPU_SECONDS = 0.5
"""Processor time that a script which only waits may use between two samples."""


class Watch:
    """Samples one script's use of the machine and notices when nothing happens any more."""

    def __init__(self, claim: Claim, process: Process, recorder: Recorder) -> None:
        job = claim.trial.job
        self._claim, self._recorder = claim, recorder
        devices = claim.devices
        self._sampler = ResourceSampler(process, devices.held.devices if devices.assigned else None)
        self._patience = job.hang_minutes * 60 if job.hang_minutes else None
        self._early = iter(EARLY_SECONDS)
        self._due = time.monotonic() + next(self._early)
        self._cpu_seconds = 0.0
        self._busy_at = time.monotonic()
        self.hanging = False

    def look(self) -> None:
        """Take a sample if one is due."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + next(self._early, SAMPLE_SECONDS)
        usage = self._sampler.sample()
        self._recorder.sample(
            cpu_percent=usage.cpu_percent,
            memory_bytes=usage.rss,
            gpu_percent=usage.gpu and usage.gpu.utilisation,
            gpu_memory_bytes=usage.gpu and usage.gpu.memory,
        )
        if usage.cpu_seconds - self._cpu_seconds > IDLE_CPU_SECONDS:
            self._busy_at = time.monotonic()
        self._cpu_seconds = usage.cpu_seconds
        self._judge()

    def close(self) -> None:
        self._sampler.close()

    def _judge(self) -> None:
        idle = time.monotonic() - max(self._busy_at, self._recorder.last_output)
        hanging = self._patience is not None and idle > self._patience
        if hanging == self.hanging:
            return
        self.hanging = hanging
        self._claim.rows().update(hanging=hanging)
        if hanging:
            trial = self._claim.trial
            still = f"no output and no processor time for {idle:.0f} s"
            message = f"Trial {trial.number} is suspected to hang: {still}."
            events.record(trial.job_id, "suspected hang", message, trial=trial, level=EventLevel.WARNING)
