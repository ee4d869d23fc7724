"""The RQ envelopes of Algorithm Management. Everything of substance is in `lifecycle` and `engines`."""

from algorithms import engines, lifecycle


def create_snapshot(pk: int) -> None:
    """Take the snapshot of an algorithm's code directory."""
    lifecycle.create_snapshot(pk)


def build_engine(pk: int) -> None:
    """Build an engine's virtual environment."""
    engines.build_engine(pk)
