"""Tuning tasks on scikit-learn's own data, evaluated once on a grid and interpolated between its nodes.

A table takes seconds to a minute to compute; it is kept in the user's cache directory, under a name that
depends on what it holds, so a changed task is computed again.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks import cache_directory
from benchmarks.search_problems import Problem, seed_of
from search import Categorical, Float, Integer, SearchSpace


@dataclass(frozen=True)
class Task:
    """A model on a data set: `make` builds it from the hyperparameters, the loss is cross-validated."""

    group: str
    data: str
    scoring: str
    space: SearchSpace
    nodes: tuple[int, ...]
    make: Callable[[dict[str, Any]], Any]
    rows: int = 600


def _svm(p: dict[str, Any]) -> Any:
    from sklearn.svm import SVC

    return SVC(C=p["C"], gamma=p["gamma"])


def _boosting(p: dict[str, Any]) -> Any:
    from sklearn.ensemble import GradientBoostingRegressor

    return GradientBoostingRegressor(
        n_estimators=40,
        learning_rate=p["learning_rate"],
        max_depth=p["max_depth"],
        subsample=p["subsample"],
        min_samples_leaf=p["leaf"],
        random_state=0,
    )


def _elastic(p: dict[str, Any]) -> Any:
    from sklearn.linear_model import ElasticNet
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    return make_pipeline(
        PolynomialFeatures(2),
        StandardScaler(),
        ElasticNet(alpha=p["alpha"], l1_ratio=p["l1_ratio"], max_iter=300),
    )


def _sgd(p: dict[str, Any]) -> Any:
    from sklearn.linear_model import SGDClassifier

    return SGDClassifier(
        alpha=p["alpha"],
        eta0=p["eta0"],
        power_t=p["power_t"],
        learning_rate="invscaling",
        max_iter=8,
        tol=None,
        random_state=0,
    )


def _network(p: dict[str, Any]) -> Any:
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        (24,),
        solver="sgd",
        learning_rate_init=p["learning_rate"],
        momentum=p["momentum"],
        alpha=p["alpha"],
        batch_size=32,
        max_iter=8,
        random_state=0,
    )


def _kernel_ridge(p: dict[str, Any]) -> Any:
    from sklearn.kernel_ridge import KernelRidge

    return KernelRidge(alpha=p["alpha"], gamma=p["gamma"], kernel=p["kernel"])


def _neighbours(p: dict[str, Any]) -> Any:
    from sklearn.decomposition import PCA
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        PCA(p["components"], random_state=0), KNeighborsClassifier(p["k"], weights=p["weights"], p=p["p"])
    )


def _forest(p: dict[str, Any]) -> Any:
    from sklearn.ensemble import ExtraTreesClassifier

    return ExtraTreesClassifier(
        25,
        max_features=p["max_features"],
        min_samples_leaf=p["leaf"],
        max_depth=p["depth"],
        random_state=0,
    )


TASKS: dict[str, Task] = {
    "svm-cancer": Task(
        "tune",
        "breast_cancer",
        "neg_log_accuracy",
        SearchSpace({"C": Float(1e-2, 1e4, log=True), "gamma": Float(1e-6, 1e1, log=True)}),
        (20, 20),
        _svm,
    ),
    "kernel-diabetes": Task(
        "tune",
        "diabetes",
        "r2",
        SearchSpace(
            {
                "kernel": Categorical(["rbf", "laplacian", "sigmoid"]),
                "alpha": Float(1e-4, 1e2, log=True),
                "gamma": Float(1e-4, 1e1, log=True),
            }
        ),
        (3, 14, 14),
        _kernel_ridge,
    ),
    "sgd-wine": Task(
        "tune",
        "wine",
        "neg_log_accuracy",
        SearchSpace(
            {
                "alpha": Float(1e-6, 1e1, log=True),
                "eta0": Float(1e-5, 1e1, log=True),
                "power_t": Float(0.05, 0.9),
            }
        ),
        (12, 14, 6),
        _sgd,
    ),
    "svm-digits": Task(
        "report",
        "digits",
        "neg_log_accuracy",
        SearchSpace({"C": Float(1e-3, 1e3, log=True), "gamma": Float(1e-6, 1e0, log=True)}),
        (18, 18),
        _svm,
        400,
    ),
    "boosting-diabetes": Task(
        "report",
        "diabetes",
        "r2",
        SearchSpace(
            {
                "learning_rate": Float(1e-3, 1.0, log=True),
                "max_depth": Integer(1, 7),
                "subsample": Float(0.3, 1.0),
                "leaf": Integer(1, 60, log=True),
            }
        ),
        (9, 4, 4, 6),
        _boosting,
    ),
    "elastic-diabetes": Task(
        "report",
        "diabetes",
        "r2",
        SearchSpace({"alpha": Float(1e-4, 1e2, log=True), "l1_ratio": Float(0.0, 1.0)}),
        (24, 11),
        _elastic,
    ),
    "sgd-digits": Task(
        "report",
        "digits",
        "neg_log_accuracy",
        SearchSpace(
            {
                "alpha": Float(1e-6, 1e0, log=True),
                "eta0": Float(1e-6, 1e0, log=True),
                "power_t": Float(0.05, 0.9),
            }
        ),
        (10, 14, 5),
        _sgd,
        400,
    ),
    "network-digits": Task(
        "report",
        "digits",
        "neg_log_accuracy",
        SearchSpace(
            {
                "learning_rate": Float(1e-4, 1.0, log=True),
                "momentum": Float(0.0, 0.99),
                "alpha": Float(1e-5, 1e1, log=True),
            }
        ),
        (13, 6, 6),
        _network,
        400,
    ),
    "neighbours-digits": Task(
        "report",
        "digits",
        "neg_log_accuracy",
        SearchSpace(
            {
                "components": Integer(2, 40),
                "k": Integer(1, 40, log=True),
                "weights": Categorical(["uniform", "distance"]),
                "p": Float(1.0, 4.0),
            }
        ),
        (8, 8, 2, 3),
        _neighbours,
        300,
    ),
    "forest-cancer": Task(
        "report",
        "breast_cancer",
        "neg_log_accuracy",
        SearchSpace(
            {
                "max_features": Float(0.03, 1.0),
                "leaf": Integer(1, 100, log=True),
                "depth": Integer(1, 12),
            }
        ),
        (6, 8, 6),
        _forest,
    ),
}


def _data(task: Task) -> tuple[np.ndarray, np.ndarray]:
    from sklearn import datasets
    from sklearn.preprocessing import StandardScaler

    x, y = getattr(datasets, f"load_{task.data}")(return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(x))[: task.rows]
    return StandardScaler().fit_transform(x[rows]), y[rows]


def _loss(task: Task, x: np.ndarray, y: np.ndarray, params: dict[str, Any]) -> float:
    """Three-fold cross-validated loss: -R2, or log of the error rate (with half an error added)."""
    from sklearn.model_selection import cross_val_score

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if task.scoring == "r2":
            target = (y - y.mean()) / y.std()
            score = cross_val_score(
                task.make(params), x, target, cv=3, scoring="r2", error_score=-10.0
            ).mean()
            return -max(float(np.nan_to_num(score, nan=-10.0)), -10.0)
        accuracy = cross_val_score(task.make(params), x, y, cv=3, scoring="accuracy", error_score=0.0).mean()
    return float(np.log(1.0 - accuracy + 0.5 / len(y)))


def _axes(task: Task) -> list[np.ndarray]:
    """The coordinates of the nodes per hyperparameter; whole numbers are placed where they belong."""
    axes = []
    for dimension, count in zip(task.space.dimensions.values(), task.nodes, strict=True):
        if isinstance(dimension, Float):
            axes.append(np.linspace(0.0, 1.0, count))
        elif isinstance(dimension, Integer):
            values = sorted({dimension.from_unit(u) for u in np.linspace(0.0, 1.0, count)})
            axes.append(dimension.to_unit(values))
        else:
            axes.append(dimension.to_unit(dimension.choices))
    return axes


def _table(name: str, task: Task, axes: list[np.ndarray]) -> np.ndarray:
    key = seed_of(name, task.data, task.scoring, task.space.to_json(), task.nodes, task.rows)
    path = cache_directory() / f"table-{name}-{key:x}.npy"
    if path.exists():
        return np.load(path)
    x, y = _data(task)
    shape = tuple(len(axis) for axis in axes)
    losses = [_loss(task, x, y, task.space.from_unit(unit)) for unit in itertools.product(*axes)]
    table = np.array(losses).reshape(shape)
    np.save(path, table)
    return table


def tabulated(name: str) -> Problem:
    """A tuning task as a problem; computes its table when the cache does not have it."""
    from scipy.interpolate import RegularGridInterpolator

    task = TASKS[name]
    axes = _axes(task)
    table = _table(name, task, axes)
    interpolate = RegularGridInterpolator(axes, table)
    low, high = [axis[0] for axis in axes], [axis[-1] for axis in axes]

    def evaluate(params: dict[str, Any]) -> float:
        return float(interpolate(np.clip(task.space.to_unit(params), low, high))[0])

    return Problem(name, task.group, task.space, evaluate, float(table.min()))
