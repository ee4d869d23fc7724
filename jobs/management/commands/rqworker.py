from django.conf import settings
from django_rq.management.commands import rqworker


class Command(rqworker.Command):
    """django-rq's command for any resource pool: `manage.py rqworker POOL [POOL …]`."""

    help = (
        "Run a worker that serves the named resource pools, best first. One worker runs one trial at a time; "
        "start as many as the machine can run. SIGTERM gives the running trial back and ends the worker."
    )

    def handle(self, *args, **options):
        for name in args:
            settings.RQ_QUEUES.setdefault(name, dict(settings.RQ_QUEUES["default"]))
        options["worker_class"] = options["worker_class"] or "jobs.execution.worker.TrialWorker"
        super().handle(*args, **options)
