import logging
import signal

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from jobs.execution import reconciler
from runtime.wake import WakeUp

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Runs the reconciler until SIGTERM or Ctrl-C."""

    help = "Repair what crashes leave behind: lost trials, lost wake-ups, jobs past their auto stop. Run one."

    def add_arguments(self, parser):
        parser.add_argument("--interval", type=float, default=1.0, help="Seconds between two looks (1).")
        parser.add_argument("--once", action="store_true", help="Look once and end.")

    def handle(self, *args, interval, once, **options):
        ending = WakeUp()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ending.set())
        while True:
            try:
                reconciler.tick()
            except DatabaseError:
                log.exception("The database did not answer; the next look comes in %g s", interval)
                close_old_connections()
            if once or ending.wait(interval):
                return
