"""How an algorithm comes to be: Creating, then Available or Failed. The queue is only a hint."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import django_rq
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from algorithms.images import take_image
from algorithms.models import Algorithm, AlgorithmStatus, CodeSnapshot
from algorithms.snapshots import CodeError, arrivals, check_boot_file, keep, read_code
from runtime.images.paths import ImageError
from storage.objects import StorageError, fetch_folder

logger = logging.getLogger(__name__)

LOST_AFTER = timedelta(seconds=30)
HEARTBEAT_SECONDS = 10
QUEUE_AWAY = (
    "The queue server cannot be reached. The algorithm is kept and will be created as soon as it is back."
)


def submit(algorithm: Algorithm) -> None:
    """Save the algorithm as Creating and, after the commit, ask a worker to take the snapshot of its code.

    If the queue server cannot be reached, `reason` says so and `requeue_lost` asks again later.
    """
    algorithm.status = AlgorithmStatus.CREATING
    algorithm.reason = ""
    algorithm.revision += 1
    algorithm.queued = timezone.now()
    algorithm.save()
    transaction.on_commit(lambda: _enqueue(algorithm))


def requeue_lost() -> int:
    """Ask again for algorithms that have been Creating for 30 s without a sign of life; return how many."""
    now = timezone.now()
    lost = Algorithm.objects.filter(status=AlgorithmStatus.CREATING, queued__lt=now - LOST_AFTER)
    count = 0
    for algorithm in lost.only("pk", "reason"):
        if lost.filter(pk=algorithm.pk).update(queued=now):
            transaction.on_commit(lambda algorithm=algorithm: _enqueue(algorithm))
            count += 1
    return count


def create_snapshot(pk: int) -> None:
    """Freeze the code directory of an algorithm that is Creating. Doing it twice changes nothing."""
    algorithm = (
        Algorithm.objects.filter(pk=pk, status=AlgorithmStatus.CREATING)
        .select_related("owner", "engine")
        .first()
    )
    if algorithm is None:
        return
    try:
        with _sign_of_life(algorithm):
            snapshot, image_digest = _take(algorithm)
    except (StorageError, CodeError, ImageError) as error:
        _finish(algorithm, status=AlgorithmStatus.FAILED, reason=str(error))
    except OSError as error:
        logger.exception("snapshot of algorithm %s", pk)
        _finish(
            algorithm,
            status=AlgorithmStatus.FAILED,
            reason=f"The code directory or the image could not be copied: {error}",
        )
    else:
        _finish(
            algorithm,
            status=AlgorithmStatus.AVAILABLE,
            reason="",
            snapshot=snapshot,
            image_digest=image_digest,
            snapshot_taken=timezone.now(),
        )


def _take(algorithm: Algorithm) -> tuple[CodeSnapshot, str]:
    """Freeze code and image, either of which may be missing; return the snapshot and the image's SHA-256."""
    digest = ""
    with arrivals() as folder:
        code_folder = folder / "code"
        code_folder.mkdir()
        if algorithm.code_directory:
            fetch_folder(algorithm.owner, algorithm.code_directory, code_folder)
        if algorithm.image:
            digest = take_image(algorithm.owner, algorithm.image, algorithm.boot_command)
        else:
            check_boot_file(code_folder, algorithm.boot_file, algorithm.engine.python)
        return keep(code_folder, read_code(code_folder)), digest


def _finish(algorithm: Algorithm, **values) -> None:
    """Write the outcome unless the algorithm was changed and submitted again in the meantime."""
    Algorithm.objects.filter(
        pk=algorithm.pk, status=AlgorithmStatus.CREATING, revision=algorithm.revision
    ).update(**values)


def _enqueue(algorithm: Algorithm) -> None:
    try:
        django_rq.get_queue(settings.SYSTEM_QUEUE).enqueue(
            "algorithms.tasks.create_snapshot", algorithm.pk, job_id=f"algorithm-{algorithm.pk}", result_ttl=0
        )
        reason = ""
    except (RedisError, OSError) as error:
        logger.warning("algorithm %s waits for the queue server: %s", algorithm.pk, error)
        reason = QUEUE_AWAY
    if reason != algorithm.reason:
        algorithm.reason = reason
        Algorithm.objects.filter(pk=algorithm.pk, status=AlgorithmStatus.CREATING).update(reason=reason)


@contextmanager
def _sign_of_life(algorithm: Algorithm) -> Iterator[None]:
    """Keep `requeue_lost` away while a large directory is being copied."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_SECONDS):
            Algorithm.objects.filter(pk=algorithm.pk).update(queued=timezone.now())
        connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
