"""Engines built from a requirements text: a virtual environment made by a task, with its log to be read."""

import logging
import tempfile
from pathlib import Path

import django_rq
from django.conf import settings
from django.db import transaction
from redis.exceptions import RedisError

from algorithms.environments import InstallError, build
from algorithms.models import BuildStatus, Engine

logger = logging.getLogger(__name__)


def submit(engine: Engine) -> None:
    """Mark the engine as Building and, after the commit, ask a worker to build it.

    If the queue server cannot be reached, the build fails with that as its log, to be started again.
    """
    Engine.objects.filter(pk=engine.pk).update(build_status=BuildStatus.BUILDING)
    transaction.on_commit(lambda: _enqueue(engine))


def _enqueue(engine: Engine) -> None:
    try:
        django_rq.get_queue(settings.SYSTEM_QUEUE).enqueue(
            "algorithms.tasks.build_engine", engine.pk, job_id=f"engine-{engine.pk}", result_ttl=0
        )
    except (RedisError, OSError) as error:
        logger.warning("engine %s waits for the queue server: %s", engine, error)
        _fail(engine, f"The queue server cannot be reached: {error}. Build it again when it is back.")


def build_engine(pk: int) -> None:
    """Build the virtual environment of an engine that is Building. Doing it twice changes nothing."""
    engine = Engine.objects.filter(pk=pk, build_status=BuildStatus.BUILDING).first()
    if engine is None or not engine.requirements:
        return
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text(engine.requirements.replace("\r\n", "\n"))
        try:
            build(engine.base_python, requirements, engine.directory, engine.build_log)
        except InstallError as error:
            _fail(engine, error.message)  # what pip said is in the log already
            return
        except OSError as error:
            _fail(engine, str(error))
            return
    Engine.objects.filter(pk=pk, build_status=BuildStatus.BUILDING).update(build_status=BuildStatus.READY)


def _fail(engine: Engine, reason: str) -> None:
    engine.build_log.parent.mkdir(parents=True, exist_ok=True)
    with engine.build_log.open("a") as log:
        log.write(f"\n{reason}\n")
    Engine.objects.filter(pk=engine.pk).update(build_status=BuildStatus.FAILED)
