"""What the queue runs, by string path."""

from jobs.execution import rereading
from jobs.execution.slots import Slot, interrupted_by_sigterm
from runtime.launch import become_subreaper


def work(pool_name: str) -> int:
    """Be a worker slot of the resource pool; returns how many trials it ran."""
    become_subreaper()
    slot = Slot(pool_name)
    with interrupted_by_sigterm(slot):
        return slot.work()


def read_anew(pk: int) -> None:
    """Carry out a reading of a job's indicator."""
    rereading.carry_out(pk)
