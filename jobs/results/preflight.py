"""What a pre-flight check has found: did the script start, take its arguments, print its indicator, and how fast."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from jobs.execution.states import TrialStatus
from jobs.models import TrainingJob, Trial
from jobs.results import logs, points

MOST_VALUES = 8
LAST_LINES = 12
LAST_BYTES = 8 * 1024
ARGUMENT_ERROR = 2
"""The exit code of argparse, click and getopt-like programs for arguments they do not take."""
_REFUSALS = re.compile(
    r"(unrecognized arguments|the following arguments are required|invalid choice|argument \S+: "
    r"|[Nn]o such option|Missing (?:option|argument|parameter)|Got unexpected extra argument|^usage:)",
    re.MULTILINE,
)
_LENGTH = re.compile(r"(?i)(?:^|_)(epochs?|iterations|iters|rounds|max_steps|num_steps)$")


@dataclass(frozen=True)
class Report:
    """The check as it stands now."""

    waiting: str = ""
    """What is waited for, as long as the script has not started."""
    ended: bool = False
    started: bool = False
    arguments: str = ""
    """accepted, refused, or empty where that cannot be told."""
    count: int = 0
    first: list[float] = field(default_factory=list)
    """The first values of the indicator."""
    latest: list[float] = field(default_factory=list)
    """The latest ones, where some in between are left out."""
    seconds_per_line: float | None = None
    estimate: timedelta | None = None
    at_least: bool = False
    """The script had not ended by itself, so that a whole run takes longer than the estimate."""
    at_once: int = 1
    """How many trials the estimate counts with at the same time."""
    assumption: str = ""
    problem: str = ""
    last_lines: list[str] = field(default_factory=list)


def report(job: TrainingJob, workers: int | None) -> Report:
    """What the check has found so far; `workers` are those of its pool, None where that is not known."""
    trial = job.trials.order_by("number").first()
    if trial is None or trial.attempt == 0:
        if job.is_active:
            return Report(waiting=f"Waiting for a free worker of resource pool {job.pool.name}.")
        return Report(ended=True, problem=job.reason)
    if not trial.log_path.exists() and not trial.is_ended:
        return Report(waiting="Preparing: code, inputs and packages are being fetched.")
    rows = points.read(trial)
    last_lines = logs.newest(trial.log_path, LAST_BYTES, system=False, ended=trial.is_ended).lines[
        -LAST_LINES:
    ]
    pace = _pace(rows["seconds"])
    at_once = max(1, min(job.preflight["max_concurrent"], workers or job.preflight["max_concurrent"]))
    estimate, at_least, assumption = (
        _estimate(job, trial, len(rows), pace, at_once) if trial.is_ended else (None, False, "")
    )
    first, latest = _some(rows["value"].tolist())
    return Report(
        ended=trial.is_ended,
        started=trial.exit_code is not None or not trial.is_ended,
        arguments=_arguments(trial, len(rows), "\n".join(last_lines)),
        count=len(rows),
        first=first,
        latest=latest,
        seconds_per_line=pace,
        estimate=estimate,
        at_least=at_least,
        at_once=at_once,
        assumption=assumption,
        problem=_problem(job, trial, len(rows)),
        last_lines=last_lines,
    )


def _some(values: list[float]) -> tuple[list[float], list[float]]:
    half = MOST_VALUES // 2
    return (values, []) if len(values) <= MOST_VALUES else (values[:half], values[-half:])


def _pace(seconds) -> float | None:
    """Seconds from one indicator line to the next; of a single one, since the start."""
    if len(seconds) == 0:
        return None
    if len(seconds) == 1:
        return float(seconds[0])
    return float(seconds[-1] - seconds[0]) / (len(seconds) - 1)


def _arguments(trial: Trial, count: int, text: str) -> str:
    if trial.exit_code == ARGUMENT_ERROR and _REFUSALS.search(text):
        return "refused"
    if count or trial.exit_code == 0 or trial.status == TrialStatus.STOPPED:
        return "accepted"
    return ""


def _problem(job: TrainingJob, trial: Trial, count: int) -> str:
    if trial.status == TrialStatus.FAILED:
        return trial.reason.partition("\n")[0]
    if trial.is_ended and job.preflight["is_search"] and not count:
        read = f"{trial.line_count} line{'' if trial.line_count == 1 else 's'} read"
        stopped = trial.status == TrialStatus.STOPPED
        within = f" within {job.trial_time_limit_seconds} s" if stopped else ""
        return f"No line matched the search indicator {job.indicator_name}{within}, {read}."
    return ""


def _estimate(
    job: TrainingJob, trial: Trial, count: int, pace: float | None, at_once: int
) -> tuple[timedelta | None, bool, str]:
    """How long the whole job takes, whether that is only the least, and what was assumed."""
    if trial.status == TrialStatus.FAILED or trial.started is None:
        return None, False, ""
    took = ((trial.ended or timezone.now()) - trial.started).total_seconds()
    at_least, assumption = trial.status == TrialStatus.STOPPED, ""
    length = _length(job.hyperparameters)
    if at_least and pace and length and length[1] > count:
        took += pace * (length[1] - count)
        at_least, assumption = False, f"if each of {length[1]} {length[0]} prints one indicator line"
    limit = job.preflight["time_limit"]
    if limit and took > limit:
        took, at_least = limit, False
    rounds = math.ceil(job.preflight["num_samples"] / at_once)
    return timedelta(seconds=took * rounds), at_least, assumption


def _length(values: dict[str, object]) -> tuple[str, int] | None:
    """The hyperparameter that says how long the script trains, by its usual names."""
    for name, value in values.items():
        if _LENGTH.search(name) and isinstance(value, int) and value > 0:
            return name, value
    return None
