"""The problems on which samplers are compared: functions with known optima and tuning tasks on real data.

Each is either a `tune` problem, on which the defaults of our samplers were chosen, or a `report` problem,
which was looked at for measuring only. All are minimised.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from search import Categorical, Float, Integer, SearchSpace


@dataclass(frozen=True)
class Problem:
    """A function of hyperparameters to minimise; `optimum` is the smallest value it can take (best known)."""

    name: str
    group: str  # "tune" or "report"
    space: SearchSpace
    function: Callable[[dict[str, Any]], float]
    optimum: float


def seed_of(*words: object) -> int:
    """A number made of words, the same in every process."""
    return int.from_bytes(hashlib.blake2b(repr(words).encode(), digest_size=6).digest(), "big")


# --- functions: name -> (function of x (d,), one minimiser, its value, width of the usual box per dimension)


def _sphere(x: np.ndarray) -> float:
    return float((x**2 * np.geomspace(1.0, 20.0, len(x))).sum())


def _branin(x: np.ndarray) -> float:
    a, b = x
    curve = b - 5.1 * a**2 / (4 * math.pi**2) + 5 * a / math.pi - 6
    return float(curve**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(a) + 10)


def _rosenbrock(x: np.ndarray) -> float:
    return math.log1p(float((100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()))


def _ackley(x: np.ndarray) -> float:
    root = -20 * math.exp(-0.2 * math.sqrt(float((x**2).mean())))
    return root - math.exp(float(np.cos(2 * math.pi * x).mean())) + 20 + math.e


def _levy(x: np.ndarray) -> float:
    w = 1 + (x - 1) / 4
    first = math.sin(math.pi * w[0]) ** 2
    middle = ((w[:-1] - 1) ** 2 * (1 + 10 * np.sin(math.pi * w[:-1] + 1) ** 2)).sum()
    return float(first + middle + (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2))


def _styblinski(x: np.ndarray) -> float:
    return float((x**4 - 16 * x**2 + 5 * x).sum() / 2)


def _camel(x: np.ndarray) -> float:
    a, b = x
    return float((4 - 2.1 * a**2 + a**4 / 3) * a**2 + a * b + (4 * b**2 - 4) * b**2)


def _goldstein(x: np.ndarray) -> float:
    a, b = x
    one = 1 + (a + b + 1) ** 2 * (19 - 14 * a + 3 * a**2 - 14 * b + 6 * a * b + 3 * b**2)
    two = 30 + (2 * a - 3 * b) ** 2 * (18 - 32 * a + 12 * a**2 + 48 * b - 36 * a * b + 27 * b**2)
    return math.log(float(one * two))


_HARTMANN_ALPHA = np.array([1.0, 1.2, 3.0, 3.2])
_HARTMANN3_A = np.array([[3.0, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]])
_HARTMANN3_P = 1e-4 * np.array(
    [[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]]
)
_HARTMANN6_A = np.array(
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ]
)
_HARTMANN6_P = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)


def _hartmann3(x: np.ndarray) -> float:
    return float(-_HARTMANN_ALPHA @ np.exp(-(_HARTMANN3_A * (x - _HARTMANN3_P) ** 2).sum(axis=1)))


def _hartmann6(x: np.ndarray) -> float:
    return float(-_HARTMANN_ALPHA @ np.exp(-(_HARTMANN6_A * (x - _HARTMANN6_P) ** 2).sum(axis=1)))


def _rastrigin(x: np.ndarray) -> float:
    return float((x**2 - 3 * np.cos(2 * math.pi * x) + 3).sum())


def _cliff(x: np.ndarray) -> float:
    """A bowl with a wall: beyond a curved border the training diverges, as with too large learning rates."""
    bowl = float((x**2 * np.array([1.0, 0.4, 0.1])[: len(x)]).sum())
    return bowl if x[0] + 0.3 * x[1] < 0.6 else bowl + 30 * (x[0] + 0.3 * x[1] - 0.6 + 0.2)


def _valley(x: np.ndarray) -> float:
    """A bent valley in two of five dimensions, two that matter little, one that does not matter."""
    bend = (x[1] - 0.8 * np.sin(1.5 * x[0])) ** 2 * 6 + 0.4 * x[0] ** 2
    return float(bend + 0.1 * np.abs(x[2]) + 0.05 * x[3] ** 2)


_H3 = np.array([0.114614, 0.555649, 0.852547])
_H6 = np.array([0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573])
_ST = -2.903534

# name: (group, function, a minimiser, width of the box, which dimensions are logarithmic)
FUNCTIONS: dict[str, tuple[str, Callable[[np.ndarray], float], np.ndarray, float, tuple[bool, ...]]] = {
    "ellipsoid-3": ("tune", _sphere, np.zeros(3), 4.0, (True, False, True)),
    "branin-2": ("tune", _branin, np.array([math.pi, 2.275]), 15.0, (False, False)),
    "ackley-3": ("tune", _ackley, np.zeros(3), 20.0, (True, False, False)),
    "levy-4": ("tune", _levy, np.ones(4), 14.0, (True, True, False, False)),
    "styblinski-3": ("tune", _styblinski, np.full(3, _ST), 8.0, (False, False, True)),
    "camel-2": ("report", _camel, np.array([0.089842, -0.712656]), 3.5, (True, False)),
    "goldstein-2": ("report", _goldstein, np.array([0.0, -1.0]), 3.5, (False, False)),
    "cliff-3": ("report", _cliff, np.zeros(3), 4.0, (True, True, False)),
    "hartmann-3": ("report", _hartmann3, _H3, 1.0, (False, True, False)),
    "rastrigin-2": ("report", _rastrigin, np.zeros(2), 4.0, (True, False)),
    "rosenbrock-4": ("report", _rosenbrock, np.ones(4), 3.5, (False, False, True, False)),
    "valley-5": ("report", _valley, np.zeros(5), 5.0, (True, False, False, True, False)),
    "hartmann-6": ("report", _hartmann6, _H6, 1.0, (False, True, False, False, True, False)),
}


def placed_function(name: str) -> Problem:
    """A function in a box that is placed at random around its minimiser, never with it in the centre."""
    group, function, minimiser, width, logs = FUNCTIONS[name]
    rng = np.random.default_rng(seed_of("box", name))
    side = rng.choice([-1.0, 1.0], len(minimiser))
    place = 0.5 + side * rng.uniform(0.1, 0.4, len(minimiser))  # of the minimiser in the unit cube
    widths = width * rng.uniform(0.7, 1.0, len(minimiser))
    ranges = {
        f"x{j}": Float(10.0 ** -rng.integers(3, 6), 10.0 ** rng.integers(-1, 2), log=True)
        if log
        else Float(-1, 3)
        for j, log in enumerate(logs)
    }
    space = SearchSpace(ranges)

    def evaluate(params: dict[str, Any]) -> float:
        return function(minimiser + (space.to_unit(params) - place) * widths)

    return Problem(name, group, space, evaluate, function(minimiser))


def mixed_problem(name: str, group: str) -> Problem:
    """A small network to be tuned, as a formula: optimizer, layers, units and learning rate interact."""
    rng = np.random.default_rng(seed_of("mixed", name))
    shift = rng.uniform(-0.25, 0.25, 4)
    space = SearchSpace(
        {
            "optimizer": Categorical(["sgd", "adam", "rmsprop", "adagrad"]),
            "rate": Float(1e-5, 1.0, log=True),
            "layers": Integer(1, 6),
            "units": Integer(8, 512, log=True),
            "dropout": Float(0.0, 0.8),
        }
    )
    best_rate = {"sgd": 0.75, "adam": 0.45, "rmsprop": 0.4, "adagrad": 0.65}
    penalty = {"sgd": 0.03, "adam": 0.0, "rmsprop": 0.02, "adagrad": 0.08}

    def evaluate(params: dict[str, Any]) -> float:
        _, rate, layers, units, dropout = space.to_unit(params)
        kind = params["optimizer"]
        rate_error = (rate - best_rate[kind] - 0.3 * shift[0]) ** 2 * (2.0 + layers)
        size_error = (units - 0.6 - shift[1]) ** 2 * 0.5 + (layers - 0.5 - shift[2]) ** 2 * 0.4
        drop_error = (dropout - 0.4 * units - shift[3]) ** 2 * 0.3
        return float(penalty[kind] + rate_error + size_error + drop_error)

    best = _best_of_many(space, evaluate, seed_of("optimum", name))
    return Problem(name, group, space, evaluate, best)


def _best_of_many(space: SearchSpace, function: Callable[[dict[str, Any]], float], seed: int) -> float:
    """The smallest value found by 4,000 random points and a shrinking walk from the best five of them."""
    rng = np.random.default_rng(seed)
    points = rng.random((4000, len(space)))
    values = np.array([function(space.from_unit(point)) for point in points])
    best = math.inf
    for start in np.argsort(values)[:5]:
        point, value = points[start], values[start]
        for step in range(3000):
            moved = np.clip(point + rng.normal(0.0, 0.2 * 0.998**step, len(space)), 0, 1)
            moved = np.where(rng.random(len(space)) < 0.5, moved, point)
            new = function(space.from_unit(moved))
            if new <= value:
                point, value = moved, new
        best = min(best, float(value))
    return best
