"""One attempt of a trial: prepare, run the script, read what it says, tell how it ended."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import DatabaseError

from jobs.execution import claims
from jobs.execution.claims import Claim, ClaimLost, IndicatorChanged, Outcome, Wishes
from jobs.execution.masking import Mask
from jobs.execution.outputs import Collector, keep_best, keep_log
from jobs.execution.preparation import (
    PreparationError,
    PreparationStopped,
    Prepared,
    limits_of,
    prepare,
)
from jobs.execution.pruning import Pruner
from jobs.execution.recorder import Recorder
from jobs.execution.states import JobStatus, TrialStatus
from jobs.execution.watch import Watch
from jobs.models import StopRequest, TrainingJob
from jobs.results.objectives import without_objective
from runtime.exits import describe_exit
from runtime.launch import LaunchError
from runtime.log import LogWriter
from runtime.process import Process

log = logging.getLogger(__name__)

WISHES_SECONDS = 0.5
"""How often the database is asked whether the trial is to stop."""


@dataclass(frozen=True)
class Stop:
    """Why a running script is to be stopped. `keep`: its value counts."""

    reason: str
    status: TrialStatus = TrialStatus.STOPPED
    keep: bool = False
    release: bool = False
    """Give the trial back instead of ending it: this worker shuts down."""


def run(claim: Claim, interrupted: Callable[[], bool]) -> None:
    """Run the claimed trial to its end and store the outcome; nothing of it is left running afterwards.

    `interrupted` tells that the worker shuts down: the trial is then given back. A lost claim ends the script
    and stores nothing. Errors of the console itself fail the trial and are raised.
    """
    stop: Stop | None = None

    def keep_going() -> bool:
        nonlocal stop
        stop = _unwanted(_wishes(claim), interrupted)
        return stop is None

    try:
        with claims.held(claim):
            prepared = prepare(claim.trial, claim.devices, keep_going)
    except ClaimLost:
        log.warning("%s: the claim was lost while the trial was prepared", claim.trial)
        return
    except PreparationStopped:
        if stop.release:
            claims.release(claim, stop.reason)
        else:
            claims.finish_quietly(claim, Outcome(stop.status, stop.reason))
        return
    except PreparationError as error:
        words = Mask(claim.trial.job.secret_environment.values()).text(str(error))
        claims.finish_quietly(claim, Outcome(TrialStatus.FAILED, f"The trial could not be prepared: {words}"))
        return
    try:
        with LogWriter(claim.trial.log_path, settings.TRIAL_LOG_LIMIT_BYTES) as writer:
            attempt = Attempt(claim, prepared, Recorder(claim, writer), interrupted)
            try:
                attempt.run()
            finally:
                attempt.collector.stop()
    except ClaimLost:
        log.warning("%s: the claim is lost, its script has been ended", claim.trial)
    finally:
        prepared.directories.remove()
        if not TrainingJob.objects.filter(pk=claim.trial.job_id).exists():
            claims.remove_leftovers(claim.trial)


def _wishes(claim: Claim) -> Wishes | None:
    """What people want; None while the database does not answer: the lease decides how long that may last."""
    try:
        return claims.wishes(claim)
    except DatabaseError:
        return None


def _unwanted(wishes: Wishes | None, interrupted: Callable[[], bool]) -> Stop | None:
    """Why people or the worker do not want the trial to go on, if so."""
    if interrupted():
        return Stop("Given back: its worker was shut down.", release=True)
    if wishes is None:
        return None
    if wishes.stop_request != StopRequest.NONE:
        return Stop(wishes.reason or "Stopped early.", keep=wishes.stop_request == StopRequest.KEEP)
    if wishes.job_status not in (JobStatus.PENDING, JobStatus.RUNNING):
        return Stop(wishes.job_reason or f"The job is {wishes.job_status.lower()}.")
    return None


class Attempt:
    """The script of one attempt while it runs."""

    def __init__(
        self, claim: Claim, prepared: Prepared, recorder: Recorder, interrupted: Callable[[], bool]
    ) -> None:
        self.claim = claim
        self.job = claim.trial.job
        self.prepared = prepared
        self.recorder = recorder
        self.interrupted = interrupted
        self.pruner = Pruner(claim.trial, recorder)
        self.collector = Collector(claim, prepared.directories)
        self._asked = 0.0
        self._revision = claim.trial.indicator_revision
        self._comparable = True

    def run(self) -> None:
        """Start the script, follow it to its end, store the outcome. Raises ClaimLost."""
        number, attempt = self.claim.trial.number, self.claim.trial.attempt
        devices = self.claim.devices
        opening = [f"Trial {number}, attempt {attempt}, in resource pool {self.job.pool.name}.", devices.note]
        self.recorder.begin([line for line in opening if line])
        process = Process(
            self.prepared.argv,
            self.prepared.cwd,
            self.prepared.env,
            limits=limits_of(self.claim.trial),
            token=f"{self.claim.trial.pk}-{self.claim.owner.hex}",
            keep_open=devices.held.files,
            sandboxed=self.prepared.sandboxed,
        )
        try:
            with process:
                self.collector.start()
                watch = Watch(self.claim, process, self.recorder)
                stop = self._follow(process, watch)
                watch.close()
                if stop:
                    report = process.stop(settings.TRIAL_STOP_GRACE_SECONDS, while_waiting=self._save)
                    self._drain(process)
                    self.recorder.system(f"{stop.reason} The script {report}.")
            self._tell_leftovers(process)
            self.recorder.end()
        except LaunchError as error:
            failed = Outcome(TrialStatus.FAILED, str(error))
            self._store(lambda: failed)
            return
        if stop and stop.release:
            self.recorder.save()
            with claims.held(self.claim):
                self.collector.stop()
            claims.release(self.claim, stop.reason)
            return
        self._store(lambda: self._outcome(stop, process.returncode))

    def _follow(self, process: Process, watch: Watch) -> Stop | None:
        """Read the script's output until it ends by itself (None) or is to be stopped."""
        while True:
            chunk = process.read(timeout=0.2)
            if chunk is None:
                return None
            if chunk:
                self.recorder.output(chunk)
            if stop := self._reason_to_stop(watch):
                return stop
            watch.look()
            self._save()

    def _tell_leftovers(self, process: Process) -> None:
        """Say in the log what the system refused and what the script left running."""
        for note in process.notes:
            self.recorder.system(note)
        if process.leftovers:
            self.recorder.system(f"Ended what the script left running: {', '.join(process.leftovers)}.")

    def _drain(self, process: Process) -> None:
        """Take what the script still said while it was being stopped."""
        while chunk := process.read(timeout=0):
            self.recorder.output(chunk)

    def _save(self) -> None:
        """Store progress; a database that cannot be reached is waited for as long as the lease holds."""
        try:
            self.recorder.save_if_due()
        except DatabaseError as error:
            if self.recorder.unsaved_seconds > settings.TRIAL_LEASE_SECONDS - 3:
                raise ClaimLost from error
            log.warning("%s: progress is stored later: %s", self.claim.trial, error)

    def _reason_to_stop(self, watch: Watch) -> Stop | None:
        limit = self.job.trial_time_limit_seconds
        if limit and self.recorder.seconds > limit:
            return Stop(f"Stopped after {limit} s, the time limit of a trial.", keep=True)
        if self._comparable and (hopeless := self.pruner.reason()):
            return Stop(f"Stopped early: {hopeless}", keep=True)
        if watch.hanging and self.job.stop_when_hanging:
            idle = f"no output and no processor time for {self.job.hang_minutes} min"
            return Stop(f"Stopped as it seemed to hang: {idle}.", keep=True)
        if time.monotonic() - self._asked < WISHES_SECONDS:
            return None
        self._asked = time.monotonic()
        wishes = _wishes(self.claim)
        if wishes is not None:
            self._follow_indicator(wishes)
        return _unwanted(wishes, self.interrupted)

    def _follow_indicator(self, wishes: Wishes) -> None:
        """Go over to another indicator where one is wanted; where the database is away, at the next look."""
        self._comparable = not wishes.reading_anew
        if wishes.indicator_revision == self._revision:
            return
        try:
            self._read_anew()
        except DatabaseError as error:
            log.warning("%s: its indicator is read anew later: %s", self.claim.trial, error)

    def _read_anew(self) -> None:
        """Go over to the job's indicator as it is now. Raises ClaimLost."""
        changed = ["indicator_name", "direction", "pattern", "indicator_revision"]
        self.job.refresh_from_db(fields=changed)
        self.recorder.read_anew(self.job)
        self.pruner = Pruner(self.claim.trial, self.recorder)
        self._revision = self.job.indicator_revision

    def _outcome(self, stop: Stop | None, returncode: int | None) -> Outcome:
        return self._stopped(stop, returncode) if stop else self._ended(returncode)

    def _stopped(self, stop: Stop, returncode: int | None) -> Outcome:
        return Outcome(
            stop.status, stop.reason, self.recorder.value, returncode, self.recorder.counts, stop.keep
        )

    def _ended(self, returncode: int | None) -> Outcome:
        """The outcome of a script that ended by itself."""
        recorder = self.recorder
        last = recorder.tail[-1] if recorder.tail else ""
        if returncode != 0:
            words = describe_exit(returncode)
            words = words[:1].upper() + words[1:]
            reason = f"{words}: {last}" if last else f"{words}. The script printed nothing."
            return Outcome(TrialStatus.FAILED, reason, recorder.value, returncode, recorder.counts)
        if self.job.pattern and not recorder.point_count:
            status = TrialStatus.FAILED if self.job.is_search else TrialStatus.COMPLETED
            return Outcome(status, self._no_match(), None, returncode, recorder.counts)
        return Outcome(TrialStatus.COMPLETED, self._remark(), recorder.value, returncode, recorder.counts)

    def _no_match(self) -> str:
        recorder = self.recorder
        count = recorder.line_count
        read = f"{count} line{'' if count == 1 else 's'} read" if count else "the script printed nothing"
        reason = f"No line matched the search indicator {self.job.indicator_name}, {read}."
        return "\n".join([reason, *(["Last lines:", *list(recorder.tail)[-3:]] if recorder.tail else [])])

    def _remark(self) -> str:
        """What a reader should know of a completed trial; mostly nothing."""
        recorder = self.recorder
        if remark := without_objective(recorder.objectives, recorder.point_count):
            return remark
        if recorder.log.failed:
            return f"Its log is incomplete: {recorder.log.failed}."
        return ""

    def _store(self, told: Callable[[], Outcome]) -> None:
        """Keep the outputs, store the outcome or start again under auto restart. Raises ClaimLost.

        The outcome is asked for again where another indicator is wanted by then.
        """
        trial, recorder = self.claim.trial, self.recorder
        outcome = self._masked(told())
        recorder.system(f"Trial {outcome.status.value.lower()}. {outcome.reason}".strip())
        recorder.save()
        with claims.held(self.claim):
            self.collector.finish()
            keep_log(trial)
        if outcome.status == TrialStatus.FAILED and trial.restarts < self.job.auto_restart:
            claims.restart(
                self.claim, f"{outcome.reason}\nAuto restart {trial.restarts + 1} of {self.job.auto_restart}."
            )
            return
        try:
            claims.finish(self.claim, outcome)
        except IndicatorChanged:
            self._read_anew()
            self._store(told)
            return
        keep_best(self.job.pk)

    def _masked(self, outcome: Outcome) -> Outcome:
        return replace(outcome, reason=self.recorder.mask.text(outcome.reason))
