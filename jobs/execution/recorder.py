"""What a running trial says, on its way into log and database."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable

from jobs.execution.claims import RENEW_SECONDS, Claim, held, renew, replace_points, save_progress
from jobs.execution.masking import Mask
from jobs.models import ResourceSample, TrainingJob
from jobs.results import points, stored_logs
from jobs.results.objectives import Objectives
from runtime.indicator import IndicatorReader
from runtime.lines import LineReader
from runtime.log import LogWriter

FLUSH_SECONDS = 1.0
MOST_BUFFERED = 5_000
"""Points that may wait for the next flush."""


class Recorder:
    """Takes a script's output apart into log, indicator points and counters, and stores them in batches."""

    def __init__(self, claim: Claim, log: LogWriter) -> None:
        job = claim.trial.job
        self.claim = claim
        self.log = log
        self.objectives = Objectives(job.direction, job.objective)
        self.line_count = 0
        self.steps: list[float] = []
        self.values: list[float] = []
        self.tail: deque[str] = deque(maxlen=8)
        """The last lines that are not blank, for telling what went wrong."""
        self.last_output = time.monotonic()
        self.mask = Mask(job.secret_environment.values())
        self._reader = IndicatorReader(job.pattern) if job.pattern else None
        self._lines = LineReader()
        self._batch: list[tuple[float, float, float, int, int]] = []
        self._samples: list[ResourceSample] = []
        self._stored = 0
        self._start = self._saved = time.monotonic()
        self._base = (0, 0)
        self._over = False

    @property
    def seconds(self) -> float:
        """Since the script started."""
        return time.monotonic() - self._start

    @property
    def point_count(self) -> int:
        return len(self.values)

    @property
    def value(self) -> float | None:
        """The objective so far: finite, or None."""
        return self.objectives.value

    @property
    def counts(self) -> dict[str, int]:
        return {
            "point_count": self.point_count,
            "nonfinite_count": self.objectives.nonfinite_count,
            "line_count": self.line_count,
        }

    def begin(self, system_lines: list[str]) -> None:
        """Write the platform's opening lines; what the script prints comes after them."""
        self.system("\n".join(system_lines))
        self._base = (sum(line.count("\n") + 1 for line in system_lines), self.log.size)
        self._start = self._saved = self.last_output = time.monotonic()

    def output(self, chunk: bytes) -> None:
        """Take what the script printed; log, lines and points all come from the masked text."""
        self.last_output = time.monotonic()
        self._take(self.mask.feed(chunk))

    def system(self, text: str) -> None:
        """Write the platform's lines into the log, after all that the script has printed."""
        self._take(self.mask.close())
        self.log.system(self.mask.text(text))

    def end(self) -> None:
        """No more output will come: take what stands in the last, unfinished line."""
        self._take(self.mask.close())
        self._take_lines(self._lines.close())
        if self._reader:
            self._take_points(self._reader.close())
        self._over = True

    def read_anew(self, job: TrainingJob) -> None:
        """Go over to the job's changed indicator, from the first line of the log on. Raises ClaimLost."""
        self.save()
        seconds = stored_logs.seconds_by_line(points.read(self.claim.trial))
        self._reader = reader = IndicatorReader(job.pattern)
        self.objectives = Objectives(job.direction, job.objective)
        self.steps, self.values, self._base = [], [], (0, 0)
        with held(self.claim), contextlib.suppress(OSError):
            self._take_points(stored_logs.fed(reader, self.log.path), seconds)
        if self._over:
            self._take_points(reader.close(), seconds)
        replace_points(self.claim, job.indicator_revision, self._batch, value=self.value, counts=self.counts)
        self._stored, self._batch, self._saved = len(self._batch), [], time.monotonic()

    def sample(self, **usage) -> None:
        """Take a resource sample; keywords are the columns of ResourceSample."""
        self._samples.append(ResourceSample(trial=self.claim.trial, seconds=self.seconds, **usage))

    def save_if_due(self) -> None:
        """Store what is new once a second, and renew the claim every three. Raises ClaimLost."""
        waited = time.monotonic() - self._saved
        if (self._batch or self._samples) and (waited >= FLUSH_SECONDS or len(self._batch) > MOST_BUFFERED):
            self.save()
        elif waited >= RENEW_SECONDS:
            renew(self.claim)
            self._saved = time.monotonic()

    def save(self) -> None:
        """Store everything taken so far. Raises ClaimLost."""
        save_progress(
            self.claim,
            first=self._stored,
            batch=self._batch,
            samples=self._samples,
            value=self.value,
            counts=self.counts,
        )
        self._stored += len(self._batch)
        self._batch, self._samples = [], []
        self._saved = time.monotonic()

    @property
    def unsaved_seconds(self) -> float:
        """Since the claim was last renewed."""
        return time.monotonic() - self._saved

    def _take(self, chunk: bytes) -> None:
        self.log.write(chunk)
        self._take_lines(self._lines.feed(chunk))
        if self._reader:
            self._take_points(self._reader.feed(chunk))

    def _take_lines(self, lines) -> None:
        for line in lines:
            self.line_count += 1
            if text := line.text.decode("utf-8", "replace").strip():
                self.tail.append(text[:500])

    def _take_points(self, found, seconds_at: Callable[[int], float] | None = None) -> None:
        now = self.seconds
        for point in found:
            seconds = seconds_at(point.line) if seconds_at else now
            step = float(self.point_count + 1) if point.step is None else point.step
            self.steps.append(step)
            self.values.append(point.value)
            self._batch.append(
                (step, point.value, seconds, self._base[0] + point.line, self._base[1] + point.offset)
            )
            self.objectives.add(point.value)
