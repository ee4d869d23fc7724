"""A job's trials and points in formats for other programs, written piece by piece."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from django.db.models import QuerySet

from jobs.models import PointBatch, TrainingJob, Trial
from jobs.results import points, trial_table


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def trials_csv(job: TrainingJob, trials: QuerySet[Trial]) -> Iterator[str]:
    """The trials table."""
    writer = csv.writer(_Line())
    yield writer.writerow(trial_table.header(job))
    for row in trial_table.rows(job, trials):
        yield writer.writerow(row)


def job_json(job: TrainingJob, trials: QuerySet[Trial]) -> Iterator[str]:
    """The job's settings and its trials. Environment variables are left out: they may be confidential."""
    yield '{"job": ' + json.dumps(settings_of(job)) + ', "trials": ['
    names = trial_table.header(job)
    for index, row in enumerate(trial_table.rows(job, trials)):
        yield (", " if index else "") + "\n" + json.dumps(dict(zip(names, row, strict=True)))
    yield "\n]}\n"


def settings_of(job: TrainingJob) -> dict[str, Any]:
    """What the job was given, as plain values."""
    fields = (
        "name", "description", "algorithm_name", "status", "reason", "hyperparameters", "search_space",
        "indicator_name", "direction", "pattern", "objective", "search_algorithm", "search_parameters",
        "num_samples", "max_concurrent", "inputs", "outputs", "best_value", "completed_trials",
        "failed_trials", "stopped_trials",
    )  # fmt: skip
    times = {key: getattr(job, key) for key in ("created", "started", "ended")}
    return {
        "id": job.pk,
        **{field: getattr(job, field) for field in fields},
        "best_trial": job.best_trial.number if job.best_trial else None,
        "owner": job.owner.username,
        "code": job.snapshot.content_hash if job.snapshot else None,
        "boot_file": job.specification.boot_file,
        "image": job.specification.image,
        "boot_command": job.specification.boot_command,
        "engine": job.specification.engine_name,
        **{key: moment.isoformat() if moment else None for key, moment in times.items()},
    }


def points_csv(job: TrainingJob) -> Iterator[str]:
    """Every point: trial, step, value, seconds since the attempt started."""
    yield "trial,step,value,seconds\r\n"
    for number, rows in _batches(job):
        columns = zip(*(rows[name].tolist() for name in ("step", "value", "seconds")), strict=True)
        yield "".join(f"{number},{step!r},{value!r},{seconds:.3f}\r\n" for step, value, seconds in columns)


def points_json(job: TrainingJob) -> Iterator[str]:
    """One line per stored batch: trial and the lists step, value (null where not finite) and seconds."""
    for number, rows in _batches(job):
        value = [v if np.isfinite(v) else None for v in rows["value"].tolist()]
        lists = {"step": rows["step"].tolist(), "value": value, "seconds": rows["seconds"].tolist()}
        yield json.dumps({"trial": number, **lists}) + "\n"


def _batches(job: TrainingJob) -> Iterator[tuple[int, np.ndarray]]:
    batches = PointBatch.objects.filter(trial__job=job).order_by("trial__number", "first")
    for number, data in batches.values_list("trial__number", "data").iterator(chunk_size=50):
        yield number, points.unpack(bytes(data))
