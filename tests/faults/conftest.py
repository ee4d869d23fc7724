"""Faults are tried on real jobs."""

from tests.jobs.conftest import ana, data_dir, make_job, make_snapshot

__all__ = ["ana", "data_dir", "make_job", "make_snapshot"]
