"""What a pattern would read from the stored logs of a job, before anything is changed."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from jobs.execution.states import TrialStatus
from jobs.models import StopRequest, TrainingJob, Trial
from jobs.results import stored_logs
from jobs.results.objectives import Objectives
from runtime.indicator import check_pattern

MOST_TRIALS = 50
MOST_BYTES = 2 << 20
"""Of each log."""
SECONDS = 1.5
"""After so long no further log is looked at: a reader waits."""
MOST_NAMED = 10


@dataclass(frozen=True)
class TrialReading:
    """What a pattern would read from one trial's log."""

    trial: Trial
    count: int
    first: float | None
    last: float | None
    value: float | None
    """The objective, finite or None."""
    whole: bool
    """Whether the whole log was read."""
    gone: bool
    """Whether there is no log."""

    @property
    def counts(self) -> bool:
        """Whether the value would count: how the trial has ended stays as it is."""
        trial = self.trial
        stopped_kept = trial.status == TrialStatus.STOPPED and trial.stop_request == StopRequest.KEEP
        ended_well = trial.exit_code == 0 and trial.status != TrialStatus.STOPPED
        return self.value is not None and (ended_well or stopped_kept)


@dataclass(frozen=True)
class Preview:
    """The logs that were looked at, of how many; the trial that would be best among them."""

    direction: str
    total: int
    rows: list[TrialReading] = field(default_factory=list)

    @property
    def matched(self) -> int:
        return sum(row.count > 0 for row in self.rows)

    @property
    def best(self) -> TrialReading | None:
        """The row with the best value that would count."""
        scored = [row for row in self.rows if row.counts]
        better = max if self.direction == "max" else min
        return better(scored, key=lambda row: row.value) if scored else None

    @property
    def losing(self) -> list[int]:
        """The numbers of the trials that have values now and would have none."""
        return [row.trial.number for row in self.rows if row.trial.point_count and not row.count]

    @property
    def question(self) -> str:
        """What to ask before it is applied; empty where nothing gets lost."""
        if self.rows and not self.matched:
            none = f"No line of {_logs(len(self.rows))} matches: no trial would have a value."
            return f"{none} Read it anew all the same?"
        if losing := self.losing:
            named = ", ".join(map(str, losing[:MOST_NAMED])) + (", …" if len(losing) > MOST_NAMED else "")
            would = f"{len(losing)} of {_logs(len(self.rows))} would lose their values (trial {named})"
            return f"{would}. Read it anew all the same?"
        return ""


def _logs(count: int) -> str:
    return f"the {count} logs looked at" if count > 1 else "the log looked at"


def preview(job: TrainingJob, pattern: str, direction: str) -> Preview:
    """What the pattern reads from the logs, of each the first part, of many trials some. Raises PatternError."""
    check_pattern(pattern)
    trials = _chosen(job)
    found = Preview(direction, job.trials.exclude(attempt=0).count())
    deadline = time.monotonic() + SECONDS
    for trial in trials:
        if found.rows and time.monotonic() > deadline:
            break
        trial.job = job
        found.rows.append(_reading(trial, pattern, direction))
    found.rows.sort(key=lambda row: row.trial.number)
    return found


def _chosen(job: TrainingJob) -> list[Trial]:
    """The best trial, and others spread evenly over the job."""
    numbers = list(job.trials.exclude(attempt=0).order_by("-number").values_list("number", flat=True))
    every = max(1, math.ceil(len(numbers) / MOST_TRIALS))
    wanted = numbers[::every]
    trials = {trial.number: trial for trial in job.trials.filter(number__in=wanted)}
    chosen = [trials[number] for number in wanted]
    if job.best_trial is not None and job.best_trial.number not in trials and job.best_trial.attempt:
        chosen.insert(0, job.best_trial)
    return chosen


def _reading(trial: Trial, pattern: str, direction: str) -> TrialReading:
    objectives, values = Objectives(direction, trial.job.objective), []
    try:
        for point in stored_logs.points_in(trial.log_path, pattern, MOST_BYTES):
            values.append(point.value)
            objectives.add(point.value)
        size = trial.log_path.stat().st_size
    except OSError:
        return TrialReading(trial, 0, None, None, None, whole=True, gone=True)
    ends = (values[0], values[-1]) if values else (None, None)
    return TrialReading(trial, len(values), *ends, objectives.value, whole=size <= MOST_BYTES, gone=False)
