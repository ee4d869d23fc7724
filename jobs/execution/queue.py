"""Wake-ups: the queue only tells workers to look at the database."""

import logging
import uuid

import django_rq
from django.db import transaction
from redis.exceptions import RedisError
from rq import Queue, Worker

log = logging.getLogger(__name__)

MOST_WAITING = 64
"""Wake-ups that may wait in one pool's queue."""


def pool_queue(pool_name: str) -> Queue:
    """The RQ queue that the workers of a resource pool serve."""
    return Queue(pool_name, connection=django_rq.get_connection("default"))


def capacity(pool_name: str) -> int | None:
    """How many trials the pool's workers run at once: one each. None where the queue server is away."""
    try:
        return Worker.count(queue=pool_queue(pool_name))
    except RedisError:
        return None


def wake(pool_name: str, slots: int) -> None:
    """Ask up to that many worker slots of the pool to look for work, once the open transaction has committed.

    A queue that cannot be reached is logged only: the reconciler asks again.
    """
    transaction.on_commit(lambda: _enqueue(pool_name, slots))


def _enqueue(pool_name: str, slots: int) -> None:
    try:
        queue = pool_queue(pool_name)
        for _ in range(min(slots, MOST_WAITING) - queue.count):
            queue.enqueue_call(
                "jobs.execution.tasks.work",
                args=(pool_name,),
                job_id=f"work-{pool_name}-{uuid.uuid4().hex}",
                timeout=-1,
                result_ttl=0,
                failure_ttl=3600,
            )
    except RedisError as error:
        log.warning(
            "The queue of pool %s cannot be reached, its workers are woken later: %s", pool_name, error
        )
