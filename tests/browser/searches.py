"""Searches that have run, put into the database of the running console."""

import hashlib
from datetime import timedelta

import numpy as np
from django.utils import timezone

from algorithms.models import CodeSnapshot
from algorithms.specification import AlgorithmSpecification, Hyperparameter
from jobs.models import ResourcePool, TrainingJob, Trial
from jobs.results import points
from search import Categorical, Float, Integer, SearchSpace


def finished_search(user) -> TrainingJob:
    """A search of 40 trials over four hyperparameters, every tenth of them failed."""
    space = SearchSpace(
        {
            "learning_rate": Float(1e-4, 1.0, log=True),
            "layers": Integer(1, 6),
            "kind": Categorical(["adam", "sgd"]),
            "dropout": Float(0.0, 0.5),
        }
    )
    job = TrainingJob.objects.create(
        name="finished",
        owner=user,
        specification_data=AlgorithmSpecification(
            "train.py",
            "obs://code/x/",
            hyperparameters=(
                Hyperparameter("learning_rate", "Float", 0.1),
                Hyperparameter("layers", "Integer", 2),
                Hyperparameter("kind", "String", "adam"),
                Hyperparameter("dropout", "Float", 0.1),
            ),
        ).to_json(),
        search_space=space.to_json(),
        search_algorithm="bayes_opt_search",
        search_parameters={"seed": 1},
        indicator_name="loss",
        direction="min",
        pattern=r"loss=(\S+)",
        num_samples=40,
        pool=ResourcePool.objects.get(name="default"),
        status="Completed",
        created_trials=40,
        completed_trials=36,
        failed_trials=4,
    )
    rng, start = np.random.default_rng(1), timezone.now() - timedelta(hours=1)
    for number in range(1, 41):
        parameters = space.from_unit(rng.random(4))
        failed = number % 10 == 0
        value = (np.log10(parameters["learning_rate"]) + 2) ** 2 + parameters["layers"] / 3
        trial = Trial.objects.create(
            job=job,
            number=number,
            parameters=parameters,
            status="Failed" if failed else "Completed",
            reason="The script ended with exit code 1." if failed else "",
            value=None if failed else float(value),
            worker=f"worker-{number % 2}",
            started=start + timedelta(seconds=30 * number),
            ended=start + timedelta(seconds=30 * number + 55),
            point_count=20,
        )
        rows = [(float(step), float(value + 3 / step), step, step, 0) for step in range(1, 21)]
        points.append(trial, 0, rows)
    job.best_trial = job.trials.scored().order_by("value").first()
    job.best_value = job.best_trial.value
    job.save()
    return job


def submitted(user, script: str, *, specification=None, **columns) -> TrainingJob:
    """A search for the least loss by that script, pending; the reconciler wakes the workers for it."""
    digest = hashlib.sha256(script.encode()).hexdigest()
    measures = {"file_count": 1, "size": len(script)}
    snapshot, _ = CodeSnapshot.objects.get_or_create(content_hash=digest, defaults=measures)
    snapshot.path.mkdir(parents=True, exist_ok=True)
    (snapshot.path / "train.py").write_text(script)
    given = AlgorithmSpecification("train.py", "obs://code/own/", **(specification or {}))
    usual = {
        "search_space": SearchSpace({"rate": Float(0, 1)}).to_json(),
        "search_algorithm": "random_search",
        "indicator_name": "loss",
        "direction": "min",
        "pattern": r"loss=(\S+)",
        "num_samples": 1,
        "max_concurrent": 1,
        "pool": ResourcePool.objects.get(name="default"),
        "status": "Pending",
    }
    return TrainingJob.objects.create(
        owner=user, snapshot=snapshot, specification_data=given.to_json(), **{**usual, **columns}
    )
