"""What it costs to fit bayes_opt_search's model to some of the trials only: `python -m benchmarks.search_bounded`.

A search begins with 1,000 random trials (with `--observations N`, as many) and goes on for 20 more, with models
fitted to 60 to 500 of them. The figure is the distance to the optimum that is left, as a share of the distance at
which the random trials end: median over seeds, geometric mean over problems; 1 would be no gain at all.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from benchmarks.search_problems import Problem, placed_function, seed_of
from search import Observation, bayes, make_sampler

PROBLEMS = ("camel-2", "cliff-3", "hartmann-3", "rosenbrock-4", "valley-5", "hartmann-6")
SIZES = (60, 125, 250, 500)
FURTHER = 20
SMALLEST = 1e-6  # shares below it count as it: the geometric mean is not to be made by one exact hit


@contextmanager
def model_size(size: int) -> Iterator[None]:
    """Bound the model to size trials for a while."""
    usual, bayes.MODEL_SIZE = bayes.MODEL_SIZE, size
    try:
        yield
    finally:
        bayes.MODEL_SIZE = usual


def random_history(problem: Problem, count: int, seed: int) -> list[Observation]:
    """The first trials, the same for every model that goes on from them."""
    rng = np.random.default_rng([seed, seed_of("history", problem.name)])
    settings = [problem.space.from_unit(rng.random(len(problem.space))) for _ in range(count)]
    return [Observation(params, problem.function(params)) for params in settings]


def gain(name: str, problem: Problem, count: int, seed: int) -> tuple[float, float]:
    """The share of the distance to the optimum that is left after the further trials, and CPU s per ask."""
    history = random_history(problem, count, seed)
    before = min(o.value for o in history if o.value is not None) - problem.optimum
    sampler = make_sampler(name, problem.space, num_samples=count + FURTHER, seed=seed)
    seconds = 0.0
    for _ in range(FURTHER):
        start = time.process_time()
        params = sampler.ask(history)
        seconds += time.process_time() - start
        history.append(Observation(params, problem.function(params)))
    after = min(o.value for o in history if o.value is not None) - problem.optimum
    return max(after / before, SMALLEST), seconds / FURTHER


def row(label: str, name: str, problems: list[Problem], count: int, seeds: int) -> str:
    """One line of the table."""
    shares, costs = [], []
    for problem in problems:
        runs = [gain(name, problem, count, seed) for seed in range(1, seeds + 1)]
        shares.append(float(np.median([share for share, _ in runs])))
        costs += [cost for _, cost in runs]
    left = float(np.exp(np.mean(np.log(shares))))
    return f"| {label} | {left:.2g} | {' | '.join(f'{s:.2g}' for s in shares)} | {np.mean(costs):.3f} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="three problems, two seeds, models up to 250")
    parser.add_argument("--observations", type=int, default=1000, help="random trials before (1000)")
    parser.add_argument("--seeds", type=int, default=5, help="searches per problem (5)")
    options = parser.parse_args()
    seeds = 2 if options.quick else options.seeds
    problems = [placed_function(name) for name in PROBLEMS[: 3 if options.quick else None]]
    print(f"{options.observations} random trials, then {FURTHER} more; {seeds} seeds\n")
    print("| search | distance left | " + " | ".join(p.name for p in problems) + " | CPU s per ask |")
    print("|---" * (len(problems) + 3) + "|")
    for size in SIZES[: 3 if options.quick else None]:
        with model_size(size):
            line = row(
                f"bayes_opt_search, model of {size}",
                "bayes_opt_search",
                problems,
                options.observations,
                seeds,
            )
        print(line, flush=True)
    print(row("random_search", "random_search", problems, options.observations, seeds), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
