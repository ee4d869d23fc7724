"""Databases of searches for benchmarks/pages.py: ours through Django's models, Optuna's through its own storage."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from benchmarks import cache_directory

RANGES = {"learning_rate": (1e-5, 1.0), "weight_decay": (1e-7, 0.1), "momentum": (0.0, 0.99)}
BATCH = 500


@dataclass(frozen=True)
class Size:
    """A search to build: its trials, the points of each, and whether it still runs."""

    name: str
    trials: int
    points: int
    running: bool = False


def sizes(quick: bool) -> list[Size]:
    """The searches that are measured; with `quick` two of them, the running one with a tenth of its trials."""
    part = 10 if quick else 1
    every = [
        Size("many-trials", 10_000, 20),
        Size("many-points", 1_000, 1_000),
        Size("middle", 6_000, 100),
        Size("study", 1_000, 50),
        Size("running", 10_000 // part, 20, running=True),
    ]
    return every[-2:] if quick else every


def curves(size: Size) -> np.ndarray:
    """Falling curves with noise, one row a trial."""
    chance = np.random.default_rng(1)
    steps = np.arange(1, size.points + 1)
    floor = chance.gamma(2.0, 0.2, (size.trials, 1))
    return floor + 1 / np.sqrt(steps) + chance.normal(0, 0.01, (size.trials, size.points))


def parameters(size: Size) -> list[dict[str, float]]:
    """Hyperparameters of every trial."""
    units = np.random.default_rng(2).random((size.trials, len(RANGES)))
    return [
        {
            name: low + float(u) * (high - low)
            for (name, (low, high)), u in zip(RANGES.items(), row, strict=True)
        }
        for row in units
    ]


def build(size: Size, owner):
    """Add the search with its trials and points; returns the job."""
    from django.utils import timezone

    from algorithms.specification import AlgorithmSpecification
    from jobs.models import PointBatch, ResourcePool, Sketch, TrainingJob, Trial
    from jobs.results import points, thinning
    from search import Float, SearchSpace

    space = SearchSpace({name: Float(low, high) for name, (low, high) in RANGES.items()})
    now = timezone.now()
    job = TrainingJob.objects.create(
        name=size.name,
        owner=owner,
        pool=ResourcePool.objects.get(name="default"),
        specification_data=AlgorithmSpecification("train.py", "obs://code/train/").to_json(),
        search_space=space.to_json(),
        search_algorithm="bayes_opt_search",
        search_parameters={"seed": 1},
        indicator_name="loss",
        direction="min",
        pattern=r"loss=(\S+)",
        num_samples=size.trials + 100 if size.running else size.trials,
        paused=size.running,
        status="Running" if size.running else "Completed",
        started=now - timedelta(hours=2),
        ended=None if size.running else now,
        created_trials=size.trials,
        completed_trials=size.trials,
    )
    values, settings = curves(size), parameters(size)
    best = values.min(axis=1)
    for begin in range(0, size.trials, BATCH):
        rows = Trial.objects.bulk_create(
            Trial(
                job=job,
                number=index + 1,
                parameters=settings[index],
                status="Completed",
                value=float(best[index]),
                point_count=size.points,
                attempt=1,
                started=now - timedelta(seconds=0.7 * (size.trials - index) + 60),
                ended=now - timedelta(seconds=0.7 * (size.trials - index)),
                worker=f"host:{index % 8}",
            )
            for index in range(begin, min(begin + BATCH, size.trials))
        )
        packed = {row.pk: points.pack(_rows(values[row.number - 1])) for row in rows}
        PointBatch.objects.bulk_create(
            PointBatch(trial=row, first=0, count=size.points, data=packed[row.pk]) for row in rows
        )
        if size.points > thinning.SKETCH_POINTS:
            wholes = {pk: thinning.sketch_of(points.unpack(data)) for pk, data in packed.items()}
            Sketch.objects.bulk_create(
                Sketch(
                    trial_id=pk,
                    count=size.points,
                    data=thinning.coarser(whole, thinning.SKETCH_POINTS).tobytes(),
                )
                for pk, whole in wholes.items()
            )
    winner = job.trials.get(number=int(best.argmin()) + 1)
    TrainingJob.objects.filter(pk=job.pk).update(best_trial=winner, best_value=winner.value)
    return job


def _rows(values: np.ndarray) -> list[tuple[float, float, float, int, int]]:
    return [(step, value, step * 0.1, step, step * 24) for step, value in enumerate(values.tolist(), start=1)]


def build_study(size: Size, url: str) -> None:
    """Add the same search to an Optuna storage."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(storage=url, study_name=size.name, direction="minimize")
    distributions = {name: optuna.distributions.FloatDistribution(*bounds) for name, bounds in RANGES.items()}
    values, settings = curves(size), parameters(size)
    study.add_trials(
        [
            optuna.trial.create_trial(
                params=settings[index],
                distributions=distributions,
                value=float(values[index].min()),
                intermediate_values={
                    step: value
                    for step, value in enumerate(values[index].tolist(), start=1)
                    if math.isfinite(value)
                },
            )
            for index in range(size.trials)
        ]
    )


def kept_study(size: Size) -> str:
    """The address of an Optuna storage with the search: built once for each version, for Optuna takes long."""
    import optuna

    name = f"optuna-{optuna.__version__}-{size.trials}x{size.points}.sqlite3"
    file = cache_directory() / name
    if not file.exists():
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            part = Path(folder) / name
            build_study(size, f"sqlite:///{part}")
            part.replace(file)
    return f"sqlite:///{file}"


if __name__ == "__main__":  # in the peers' own environment: python -m benchmarks.pages_data TRIALS POINTS
    import sys

    print(kept_study(Size("study", int(sys.argv[1]), int(sys.argv[2]))))
