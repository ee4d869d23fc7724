"""The RQ envelopes of Algorithm Management. Everything of substance is in `lifecycle` and `environments`."""

from algorithms import lifecycle


def create_snapshot(pk: int) -> None:
    """Take the snapshot of an algorithm's code directory."""
    lifecycle.create_snapshot(pk)
