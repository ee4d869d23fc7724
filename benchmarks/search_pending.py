"""Where a search loses that runs five trials at once: `python -m benchmarks.search_pending [NAME]`.

The `report` problems of search_quality and its score, 20 trials. Between a search that runs alone and one with four
trials pending at every ask, some run alone for a part of their trials only: what those lose cannot be won back by
choosing better in the other part.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import numpy as np

from benchmarks.search_peers import CONTENDERS, OURS, silence
from benchmarks.search_problems import Problem
from benchmarks.search_quality import PENDING, Scores, on_one_core, problems, random_reference, search

TRIALS = 20
# how many others may run beside the next trial, given how many have been started
SCHEDULES: dict[str, Callable[[int], int]] = {
    "alone": lambda started: 0,
    f"{PENDING} pending": lambda started: PENDING,
    "first 5 at once, then alone": lambda started: PENDING if started < 5 else 0,
    f"{PENDING} pending up to 15, then alone": lambda started: PENDING if started < 15 else 0,
    f"alone up to 12, then {PENDING} pending": lambda started: 0 if started < 12 else PENDING,
    "alone up to 15, last 5 at once": lambda started: 0 if started < 16 else PENDING,
}
EARLIER = (14, 15, 16, 18)  # after how many trials the search that runs alone is shown, too


def best_so_far(name: str, problem: Problem, allowed: Callable[[int], int], seed: int) -> np.ndarray:
    """The best value after each trial of a search, shape (TRIALS,)."""
    contender = CONTENDERS[name](problem.space, TRIALS, seed)
    return np.minimum.accumulate(search(contender, problem, TRIALS, allowed))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", nargs="?", default="bayes_opt_search", choices=list(OURS))
    parser.add_argument("--seeds", type=int, default=10, help="searches per problem (10)")
    options = parser.parse_args()
    on_one_core("search_pending")
    silence()
    tasks = [(p, random_reference(p)) for p in problems(quick=False) if p.group == "report"]
    print(f"{options.name}, {options.seeds} seeds\n\n| 20 trials | score | / alone |\n|---|---|---|")
    alone = 0.0
    for label, allowed in SCHEDULES.items():
        runs = {}
        for problem, reference in tasks:
            best = [best_so_far(options.name, problem, allowed, seed) for seed in range(1, options.seeds + 1)]
            runs[problem.name] = (np.array(best) - problem.optimum) / (reference - problem.optimum)
        scores = Scores({name: curves[:, -1] for name, curves in runs.items()})
        if not alone:
            alone = scores.score
            for count in EARLIER:
                early = Scores({name: curves[:, count - 1] for name, curves in runs.items()}).score
                print(f"| {label}, after {count} | {early:.2f} | {early / alone:.2f} |")
        print(
            f"| {label} | {scores.score:.2f} ± {scores.error():.2f} | {scores.score / alone:.2f} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
