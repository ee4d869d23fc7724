"""gunicorn's settings (https://docs.gunicorn.org/en/stable/settings.html): few processes, some threads."""

import sys

from runtime.launch import die_with_parent

worker_class = "gthread"
workers = 2
threads = 4
timeout = 120
graceful_timeout = 5
keepalive = 15
control_socket_disable = True
proc_name = "argmax-web"


def post_fork(server, worker):
    """A worker process must not outlive a killed gunicorn."""
    if sys.platform.startswith("linux"):
        die_with_parent(server.pid)
