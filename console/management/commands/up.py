import os
import sys

from django.core.management.base import BaseCommand, CommandError

from console.stack import demo as demo_data
from console.stack.embedded import CannotRun, Wishes, run
from console.stack.terminal import Terminal


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
        if demo and not os.environ.get(demo_data.VARIABLE):
            raise CommandError("A demo is started by manage.py itself, which gives it data of its own.")
        terminal = Terminal()
        done = False
        try:
            done = run(Wishes(example=not no_example, demo=demo), terminal)
        except CannotRun as error:
            raise CommandError(str(error)) from error
        finally:
            if demo:
                demo_data.end(done, terminal.say)
        if not done:
            sys.exit(1)
