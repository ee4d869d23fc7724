"""The embedded stack as a whole: bring every part up, greet, load the example, and keep watch."""

import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection
from django.urls import reverse

from console.environment import queue_socket
from console.stack.example import Example, ExampleFailed
from console.stack.first_start import create_administrator
from console.stack.lock import AlreadyRunning, DataLock
from console.stack.preparation import collect_static, migrate
from console.stack.progress import JobProgress, succeeded
from console.stack.queue import NoQueueServer, QueueWatch, queue_part
from console.stack.supervisor import GaveUp, Supervisor
from console.stack.terminal import Terminal
from console.stack.web import NoPort, address_of, listen, serves, web_part
from console.stack.workers import cores, worker_parts
from jobs.models import TrainingJob

MANAGE = settings.BASE_DIR / "manage.py"
START_SECONDS = 120
STUCK_SECONDS = 300


class CannotRun(Exception):
    """The stack cannot start or cannot go on; the text says why and names the remedy."""


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line."""

    example: bool = True
    """Load the example on the first start."""
    demo: bool = False
    """End when the example's search has ended."""


def run(wishes: Wishes, terminal: Terminal) -> bool:
    """Run the stack until a request to stop or, for a demo, until the example's search has ended.

    Returns whether what was asked for was done: a demo's search must have succeeded. Raises CannotRun.
    """
    try:
        lock = DataLock(settings.DATA_DIR)
        try:
            with Supervisor(settings.DATA_DIR / "logs", terminal.say) as supervisor:
                done = Stack(wishes, terminal, supervisor, lock).run()
                terminal.status("")
                terminal.say("Stopping.")
        finally:
            terminal.status("")
            _tidy_up()
            lock.release()
    except (GaveUp, AlreadyRunning, NoPort, NoQueueServer, ExampleFailed) as error:
        raise CannotRun(str(error)) from error
    return done


def _tidy_up() -> None:
    """Remove the folder of the queue's socket where that could not be in DATA_DIR."""
    folder = queue_socket(settings.DATA_DIR).parent
    if settings.EMBEDDED_QUEUE and not folder.is_relative_to(settings.DATA_DIR):
        shutil.rmtree(folder, ignore_errors=True)


class Stack:
    """One run of the stack under a supervisor."""

    def __init__(self, wishes: Wishes, terminal: Terminal, supervisor: Supervisor, lock: DataLock) -> None:
        self._wishes = wishes
        self._say = terminal.say
        self._terminal = terminal
        self._supervisor = supervisor
        self._lock = lock
        self._address = ""
        self._progress: JobProgress | None = None

    def run(self) -> bool:
        """Bring everything up and keep watch; see `embedded.run`."""
        for step in (self._start_queue, self._prepare, self._start_web_and_workers, self._greet):
            step()
            if self._supervisor.stopping:
                break
        return self._keep_watch()

    def _start_queue(self) -> None:
        self._queue = QueueWatch(settings.REDIS_URL, self._say)
        if settings.EMBEDDED_QUEUE:
            self._supervisor.start(queue_part(settings.DATA_DIR / "queue", queue_socket(settings.DATA_DIR)))
            self._supervisor.wait_for(self._queue.answers, START_SECONDS, "The queue server did not answer")

    def _prepare(self) -> None:
        self._say(f"Preparing the database and the static files in {_short(settings.DATA_DIR)}.")
        try:
            migrate()
        except OperationalError as error:
            raise CannotRun(f"The database cannot be used: {error}. Check DATABASE_URL.") from error
        collect_static()

    def _start_web_and_workers(self) -> None:
        # Kept open as long as this process lives, so that a web server started again finds it.
        self._server = server = listen(settings.HOST, settings.PORT)
        self._address = address_of(server, settings.HOST)
        if settings.PORT not in (0, server.getsockname()[1]):
            self._say(f"Port {settings.PORT} is taken; port {server.getsockname()[1]} is used instead.")
        self._supervisor.start(web_part(server))
        for part in worker_parts(MANAGE, settings.SYSTEM_QUEUE, settings.WORKERS or cores(), self._queue):
            self._supervisor.start(part)
        self._supervisor.wait_for(lambda: serves(server), START_SECONDS, "The web server did not answer")

    def _greet(self) -> None:
        administrator = create_administrator()
        self._lock.announce(self._address)
        self._say(f"\nArgmax serves {self._address} (Ctrl-C stops it).")
        if administrator:
            name, password = administrator
            self._say(
                f"\n    Sign in as  {name}\n    Password    {password}\n\n"
                f"The password is shown only this once. To set another: {_command('changepassword', name)}\n"
            )
            if self._wishes.example:
                self._load_example(name)
        elif active := list(TrainingJob.objects.active().order_by("created")):
            self._say(f"Going on with {_counted(active)}.")

    def _load_example(self, owner: str) -> None:
        example = Example(owner)
        try:
            example.create_algorithm()
            self._supervisor.wait_for(
                example.is_available, START_SECONDS, "The example's algorithm was not available"
            )
            if self._supervisor.stopping:
                return
            job = example.submit_job()
        except ExampleFailed as error:
            if self._wishes.demo:
                raise
            self._say(f"{error} The console goes on without it.")
            return
        self._say(f"Searching the example's hyperparameters: {self._address_of(job)}")
        self._progress = JobProgress(job, self._terminal)

    def _keep_watch(self) -> bool:
        while not self._supervisor.stopping:
            self._supervisor.step()
            if self._progress:
                self._progress.look()
                if self._progress.ended:
                    job, self._progress = self._progress.job, None
                    self._say(f"Details: {self._address_of(job)}")
                    if self._wishes.demo:
                        return succeeded(job)
                elif self._wishes.demo and self._progress.idle_seconds() > STUCK_SECONDS:
                    raise GaveUp(
                        f"The example's search has not moved for {STUCK_SECONDS} s."
                        f" The parts' logs are in {settings.DATA_DIR / 'logs'}."
                    )
            connection.close_if_unusable_or_obsolete()
        return not self._wishes.demo

    def _address_of(self, job: TrainingJob) -> str:
        return self._address.rstrip("/") + reverse("jobs:detail", args=[job.pk])


def _counted(jobs: list[TrainingJob]) -> str:
    names = ", ".join(f"{job.name} ({job.ended_trials} of {job.num_samples} trials)" for job in jobs[:3])
    more = ", …" if len(jobs) > 3 else ""
    return f"{len(jobs)} training job{'s' if len(jobs) > 1 else ''}: {names}{more}"


def _command(*words: str) -> str:
    """A command of manage.py as one would type it, with the DATA_DIR of this process."""
    given = os.environ.get("DATA_DIR", "").strip()
    setting = f"DATA_DIR={shlex.quote(given)} " if given else ""
    return setting + shlex.join([str(_short(Path(sys.executable))), str(_short(MANAGE)), *words])


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
