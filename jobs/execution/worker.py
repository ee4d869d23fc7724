"""The RQ worker of resource pools: it takes its work-horse, and what that started, along when it ends."""

import contextlib
import os
import signal

from rq import Worker

from runtime.launch import die_with_parent


class TrialWorker(Worker):
    """An RQ worker that passes SIGTERM on, so that stopping a worker takes seconds and costs no trial."""

    def fork_work_horse(self, job, queue):
        self._parent_pid = os.getpid()
        super().fork_work_horse(job, queue)

    def main_work_horse(self, job, queue):
        die_with_parent(self._parent_pid)
        super().main_work_horse(job, queue)

    def setup_work_horse_signals(self):
        """Ctrl-C in a terminal reaches the whole group: only the worker listens to it."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def handle_warm_shutdown_request(self):
        super().handle_warm_shutdown_request()
        if self.horse_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGTERM)
