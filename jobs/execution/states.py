"""The states of jobs and trials, declared once, and the only way to move between them."""

from django.db import models


class JobStatus(models.TextChoices):
    CREATING = "Creating"
    PENDING = "Pending"
    RUNNING = "Running"
    COMPLETED = "Completed"
    FAILED = "Failed"
    TERMINATING = "Terminating"
    TERMINATED = "Terminated"
    ABNORMAL = "Abnormal"


class TrialStatus(models.TextChoices):
    PENDING = "Pending"
    RUNNING = "Running"
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPED = "Stopped"


JOB_MOVES: dict[JobStatus, frozenset[JobStatus]] = {
    JobStatus.CREATING: frozenset(
        {JobStatus.PENDING, JobStatus.FAILED, JobStatus.ABNORMAL, JobStatus.TERMINATING}
    ),
    JobStatus.PENDING: frozenset(
        {JobStatus.RUNNING, JobStatus.FAILED, JobStatus.ABNORMAL, JobStatus.TERMINATING}
    ),
    JobStatus.RUNNING: frozenset(
        {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.ABNORMAL, JobStatus.TERMINATING}
    ),
    JobStatus.TERMINATING: frozenset({JobStatus.TERMINATED}),
    JobStatus.COMPLETED: frozenset(),
    JobStatus.FAILED: frozenset(),
    JobStatus.TERMINATED: frozenset(),
    JobStatus.ABNORMAL: frozenset(),
}

TRIAL_MOVES: dict[TrialStatus, frozenset[TrialStatus]] = {
    # Completed without running: an earlier trial with the same configuration has its result.
    TrialStatus.PENDING: frozenset({TrialStatus.RUNNING, TrialStatus.STOPPED, TrialStatus.COMPLETED}),
    TrialStatus.RUNNING: frozenset(
        {TrialStatus.COMPLETED, TrialStatus.FAILED, TrialStatus.STOPPED, TrialStatus.PENDING}
    ),
    TrialStatus.COMPLETED: frozenset(),
    TrialStatus.FAILED: frozenset(),
    TrialStatus.STOPPED: frozenset(),
}

JOB_ENDED = frozenset(status for status, moves in JOB_MOVES.items() if not moves)
JOB_ACTIVE = frozenset(JobStatus) - JOB_ENDED
JOB_STOPPABLE = frozenset(status for status, moves in JOB_MOVES.items() if JobStatus.TERMINATING in moves)
TRIAL_ENDED = frozenset(status for status, moves in TRIAL_MOVES.items() if not moves)
TRIAL_ACTIVE = frozenset(TrialStatus) - TRIAL_ENDED


def advance(rows: models.QuerySet, to: JobStatus | TrialStatus, **changes) -> int:
    """Move the rows that may go to that state, in one conditional UPDATE; returns how many moved.

    A caller that holds one row expects 1; 0 says that somebody else moved it first.
    """
    moves = JOB_MOVES if isinstance(to, JobStatus) else TRIAL_MOVES
    sources = [status for status, targets in moves.items() if to in targets]
    return rows.filter(status__in=sources).update(status=to, **changes)


def reopen(rows: models.QuerySet, to: JobStatus | TrialStatus, **changes) -> int:
    """Move rows that have ended back to Pending, which only a person's wish does; returns how many moved."""
    ended = JOB_ENDED if isinstance(to, JobStatus) else TRIAL_ENDED
    return rows.filter(status__in=ended).update(status=to, **changes)
