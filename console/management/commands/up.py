import os
import shutil
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

DEMO_VARIABLE = "ARGMAX_DEMO_DIR"
"""Set in the process that runs a demo: the temporary DATA_DIR that is its own to delete."""


class Command(BaseCommand):
    """Runs the embedded stack: queue server, pages, workers and reconciler as one process tree."""

    help = (
        "Start everything the console needs on this machine, in DATA_DIR, and watch over it until Ctrl-C. "
        "Environment: PORT, HOST, DATA_DIR, WORKERS, DATABASE_URL, REDIS_URL."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--no-example", action="store_true", help="Do not load the example on the first start."
        )
        parser.add_argument(
            "--demo",
            action="store_true",
            help="Run the example's search on a temporary DATA_DIR and a free port, then end.",
        )

    def handle(self, *args, no_example, demo, **options):
        if demo and not os.environ.get(DEMO_VARIABLE):
            _start_demo()
        # Not before a demo has its own settings: these modules read them.
        from console.stack.embedded import CannotRun, Wishes, run
        from console.stack.terminal import Terminal

        terminal = Terminal()
        done = False
        try:
            done = run(Wishes(example=not no_example, demo=demo), terminal)
        except CannotRun as error:
            raise CommandError(str(error)) from error
        finally:
            if demo:
                _end_demo(done, terminal)
        if not done:
            sys.exit(1)


def _start_demo() -> None:
    """Become a process with settings that have nothing to do with this installation's data."""
    folder = tempfile.mkdtemp(prefix="argmax-demo-")
    environment = {**os.environ, "DATA_DIR": folder, "PORT": "0", DEMO_VARIABLE: folder}
    for name in ("DATABASE_URL", "REDIS_URL", "HOST"):
        environment.pop(name, None)
    manage = str(settings.BASE_DIR / "manage.py")
    os.execve(sys.executable, [sys.executable, manage, "up", "--demo"], environment)  # noqa: S606


def _end_demo(done: bool, terminal) -> None:
    folder = Path(os.environ[DEMO_VARIABLE])
    if done:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        terminal.say(f"The demo failed. Its data and logs are kept in {folder}.")
