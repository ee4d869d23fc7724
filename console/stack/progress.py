"""The progress of a training job in the terminal: a bar where there is one, plain lines elsewhere."""

import time

from django.db import DatabaseError

from console.stack.terminal import Terminal
from jobs.execution.states import JOB_ENDED, JobStatus
from jobs.models import TrainingJob

LOOK_AGAIN_SECONDS = 0.5


class JobProgress:
    """Follows one job from row to row of the database; `ended` says when there is nothing more to come."""

    def __init__(self, job: TrainingJob, terminal: Terminal) -> None:
        self.job = job
        self.ended = False
        self._changed = time.monotonic()
        self._terminal = terminal
        self._began = time.monotonic()
        self._looked = 0.0
        self._shown: tuple | None = None

    def look(self) -> None:
        """Read the job's row, at most twice a second, and show what is new."""
        if self.ended or time.monotonic() - self._looked < LOOK_AGAIN_SECONDS:
            return
        self._looked = time.monotonic()
        try:
            self.job.refresh_from_db()
        except TrainingJob.DoesNotExist:
            self._finish(f"{self.job.name} was deleted.")
            return
        except DatabaseError:  # busy or away for a moment: the next look will tell
            return
        self._show()
        if self.job.status in JOB_ENDED:
            self._finish(_outcome(self.job))

    def idle_seconds(self) -> float:
        """For how long nothing has been seen to happen."""
        return time.monotonic() - self._changed

    def _show(self) -> None:
        news = (self.job.status, self.job.ended_trials, self.job.best_value)
        is_new, self._shown = news != self._shown, news
        if is_new:
            self._changed = time.monotonic()
        if self._terminal.interactive:
            self._terminal.status(self._bar())
        elif is_new and self.job.ended_trials:
            self._terminal.say(f"{self.job.name}: {self._count()}{_best(self.job)}")

    def _count(self) -> str:
        return f"trial {self.job.ended_trials} of {self.job.num_samples}"

    def _bar(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        before, after = f"{self.job.name} ", f" {self._count()}{_best(self.job)}  {minutes}:{seconds:02}"
        room = self._terminal.width - len(before) - len(after)
        share = self.job.ended_trials / self.job.num_samples
        return before + self._terminal.bar(share, max(8, min(30, room))) + after

    def _finish(self, text: str) -> None:
        self.ended = True
        self._terminal.status("")
        self._terminal.say(text)


def succeeded(job: TrainingJob) -> bool:
    """Whether the search ran to its end and found something."""
    return job.status == JobStatus.COMPLETED and job.best_trial_id is not None


def _best(job: TrainingJob) -> str:
    return "" if job.best_value is None else f", best {job.indicator_name} {job.best_value:.5g}"


def _outcome(job: TrainingJob) -> str:
    """How the job ended and, for a search that found something, the best trial with its hyperparameters."""
    done = f"{job.completed_trials} of {job.num_samples} trials completed"
    failed = f", {job.failed_trials} failed" if job.failed_trials else ""
    lines = [f"{job.name}: {job.status}, {done}{failed}."]
    if job.reason:
        lines.append(job.reason)
    if best := job.best_trial:
        lines.append(f"Best {job.indicator_name}: {job.best_value:.5g}, by trial {best.number} with")
        width = max(map(len, best.parameters), default=0)
        lines += [f"    {name:<{width}}  {_number(value)}" for name, value in best.parameters.items()]
    return "\n".join(lines)


def _number(value: object) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)
