"""How well and how fast the samplers search, against others: `python -m benchmarks.search_quality [--quick]`.

Score of a sampler on a problem: (median over seeds of the best value found - optimum) / (median best of 20
random trials - optimum); 1 is what 20 random trials reach, 0 is perfect. The table shows the mean over the
`report` problems with the deviation of a bootstrap over seeds. The `tune` problems, on which our defaults
were chosen, are shown apart and decide no target. Every search is kept in the user's cache directory, so a
run that was stopped goes on where it was. Exit code 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import cache_directory
from benchmarks.search_peers import CONTENDERS, OURS, SLOW, Contender, silence
from benchmarks.search_problems import FUNCTIONS, Problem, mixed_problem, placed_function, seed_of
from benchmarks.search_tables import TASKS, tabulated
from search import Float, Observation, SearchSpace, make_sampler

PACKAGES = (
    "numpy", "scipy", "scikit-learn", "scikit-optimize", "hyperopt", "optuna", "torch",
    "bayesian-optimization",
)  # fmt: skip
QUICK_PROBLEMS = ("camel-2", "cliff-3", "hartmann-3", "rosenbrock-4", "mixed-b", "elastic-diabetes")
QUICK_SEEDS = 10
PENDING = 4


@dataclass(frozen=True)
class Setting:
    """One column of the table: searches of `trials` trials with `pending` others running at every ask."""

    trials: int
    pending: int

    def __str__(self) -> str:
        return f"{self.trials} trials" + (f", {self.pending} pending" if self.pending else "")


MAIN, PARALLEL = Setting(20, 0), Setting(20, PENDING)
SETTINGS = (MAIN, PARALLEL, Setting(10, 0), Setting(60, 0), Setting(60, PENDING))


def problems(quick: bool) -> list[Problem]:
    """All problems, or for the quick run six of the report group."""
    makers: dict[str, Callable[[], Problem]] = {name: partial(placed_function, name) for name in FUNCTIONS}
    makers["mixed-a"] = partial(mixed_problem, "mixed-a", "tune")
    makers["mixed-b"] = partial(mixed_problem, "mixed-b", "report")
    makers |= {name: partial(tabulated, name) for name in TASKS}
    return [make() for name, make in makers.items() if not quick or name in QUICK_PROBLEMS]


def random_reference(problem: Problem) -> float:
    """The median over 400 searches of the best of 20 random trials."""
    rng = np.random.default_rng(seed_of("random", problem.name))
    space = problem.space
    values = [problem.function(space.from_unit(rng.random(len(space)))) for _ in range(400 * 20)]
    return float(np.median(np.array(values).reshape(400, 20).min(axis=1)))


def search(contender: Contender, problem: Problem, trials: int, allowed: Callable[[int], int]) -> list[float]:
    """The values of one search in the order of finishing; the oldest pending trial finishes first.

    `allowed` tells how many others may run beside the next trial, given how many have been started.
    """
    values: list[float] = []
    waiting = []
    while len(values) < trials:
        while (started := len(values) + len(waiting)) < trials and len(waiting) <= allowed(started):
            waiting.append(contender.suggest())
        params = waiting.pop(0)
        values.append(problem.function(params))
        contender.tell(params, values[-1])
    return values


def own_version() -> str:
    """A digest of our samplers' source, so that kept results of ours belong to the code that is measured."""
    source = Path(__file__).resolve().parent.parent / "search"
    names = (
        "space",
        "sampler",
        "design",
        "baselines",
        "bayes",
        "gaussian_process",
        "tpe",
        "anneal",
        "neighbours",
    )
    text = b"".join((source / f"{name}.py").read_bytes() for name in names)
    return hashlib.blake2b(text, digest_size=6).hexdigest()


class Results:
    """Best values per search, kept in one JSON-lines file."""

    def __init__(self) -> None:
        self.path = cache_directory() / "searches.jsonl"
        self.known: dict[str, float] = {}
        if self.path.exists():
            for line in self.path.read_text().splitlines():
                key, value = json.loads(line)
                self.known[key] = value

    def best(self, name: str, problem: Problem, setting: Setting, seed: int) -> float:
        """The best value of a search, from the file or by running it."""
        version = own_version() if isinstance(CONTENDERS[name], type) and name.endswith("_search") else "peer"
        shape = seed_of(problem.space.to_json(), problem.optimum)
        key = f"{name}|{version}|{problem.name}|{shape:x}|{setting}|{seed}"
        if key not in self.known:
            contender = CONTENDERS[name](problem.space, setting.trials, seed)
            self.known[key] = min(search(contender, problem, setting.trials, lambda _: setting.pending))
            with self.path.open("a") as file:
                file.write(json.dumps([key, self.known[key]]) + "\n")
        return self.known[key]


def seeds_for(name: str, setting: Setting, seeds: int) -> int:
    """Slow peers get 3 seeds in searches of 60 trials (an hour otherwise), everything else all of them."""
    return min(seeds, 3) if name in SLOW and setting.trials > 20 else seeds


@dataclass(frozen=True)
class Scores:
    """Scaled best values per problem: `values[problem]` has one number per seed, 1 being 20 random trials."""

    values: dict[str, np.ndarray]

    @property
    def score(self) -> float:
        return float(np.mean([np.median(v) for v in self.values.values()]))

    def error(self) -> float:
        """The deviation of the score when seeds are drawn anew 500 times."""
        rng = np.random.default_rng(0)
        rounds = [
            np.mean([np.median(rng.choice(v, len(v))) for v in self.values.values()]) for _ in range(500)
        ]
        return float(np.std(rounds))

    def wins_over(self, other: Scores) -> float:
        """How often this one is better on the same problem and seed; ties count half."""
        outcomes = []
        for name, mine in self.values.items():
            theirs = other.values[name]
            shared = min(len(mine), len(theirs))
            outcomes.append(
                np.mean((mine[:shared] < theirs[:shared]) + 0.5 * (mine[:shared] == theirs[:shared]))
            )
        return float(np.mean(outcomes))


def measure(
    results: Results, name: str, tasks: list[tuple[Problem, float]], setting: Setting, seeds: int
) -> Scores:
    """Run (or recall) all searches of one sampler in one setting."""
    values = {}
    for problem, reference in tasks:
        best = [
            results.best(name, problem, setting, seed)
            for seed in range(1, seeds_for(name, setting, seeds) + 1)
        ]
        values[problem.name] = (np.array(best) - problem.optimum) / (reference - problem.optimum)
    return Scores(values)


def ask_cost(name: str, observations: int, asks: int = 5) -> float:
    """CPU seconds of one ask in 4 dimensions, the least of a few (the machine has other work to do)."""
    space = SearchSpace({f"x{j}": Float(0.0, 1.0) for j in range(4)})
    rng = np.random.default_rng(1)
    points = rng.random((observations, 4))
    noise = 0.01 * rng.standard_normal(observations)
    losses = ((points - 0.3) ** 2).sum(axis=1) + noise
    history = [
        Observation(dict(zip(space.names, map(float, x), strict=True)), float(y))
        for x, y in zip(points, losses, strict=True)
    ]
    times = []
    for seed in range(asks):
        sampler = make_sampler(name, space, num_samples=observations + 10, seed=seed)
        start = time.process_time()
        sampler.ask(history)
        times.append(time.process_time() - start)
    return min(times)


def import_cost() -> tuple[float, bool]:
    """CPU seconds of importing `search` beyond starting Python, and whether scikit-learn was loaded by it."""
    code = (
        "import time, sys; start = time.process_time(); import search;"
        "print(time.process_time() - start, 'sklearn' in sys.modules)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in "abc"
    ]
    parts = [run.stdout.split() for run in runs]
    return min(float(seconds) for seconds, _ in parts), parts[0][1] == "True"


Target = tuple[str, float, float]


def quality_targets(table: dict[tuple[str, Setting], Scores]) -> Iterator[Target]:
    """(what, figure, bound) for every ratio that is asked for."""
    bounds = (
        ("bayes_opt_search", "optuna GPSampler", 0.75),
        ("bayes_opt_search", "bayesian-optimization", 0.60),
        ("bayes_opt_search", "scikit-optimize", 0.55),
        ("tpe_search", "optuna TPE", 0.90),
        ("tpe_search", "hyperopt tpe (5 first)", 0.70),
        ("anneal_search", "hyperopt anneal", 1.0),
    )
    for ours, theirs, bound in bounds:
        if (theirs, MAIN) in table:
            yield f"{ours} / {theirs}", table[ours, MAIN].score / table[theirs, MAIN].score, bound
    for ours in OURS:
        if (ours, PARALLEL) in table:
            ratio = table[ours, PARALLEL].score / table[ours, MAIN].score
            yield f"{ours} with {PENDING} pending / alone", ratio, 1.35


def cost_targets() -> Iterator[Target]:
    """(what, seconds, bound) for every bound on time."""
    for observations, bound in ((20, 0.05), (100, 0.15), (300, 0.5), (1000, 0.5), (10_000, 0.5)):
        yield (
            f"bayes_opt_search CPU s per ask at {observations}",
            ask_cost("bayes_opt_search", observations),
            bound,
        )
    for name in ("tpe_search", "anneal_search"):
        for observations in (20, 100, 300, 1000):
            yield f"{name} CPU s per ask at {observations}", ask_cost(name, observations), 0.01
    seconds, loaded = import_cost()
    yield "import search CPU s", seconds, 0.3
    yield "scikit-learn loaded by the import", float(loaded), 0.0


def report(targets: Iterator[Target]) -> bool:
    """Print one line per target; returns whether all are met."""
    met = True
    for what, figure, bound in targets:
        ok = figure <= bound
        met = met and ok
        print(f"{what}: {figure:.3g} ({bound:g}) {'ok' if ok else 'short'}", flush=True)
    return met


def print_table(table: dict[tuple[str, Setting], Scores], settings: list[Setting], names: list[str]) -> None:
    """Print the scores as a Markdown table."""
    print("| sampler | " + " | ".join(map(str, settings)) + " |")
    print("|---" * (len(settings) + 1) + "|")
    for name in names:
        cells = [
            f"{table[name, s].score:.2f} ± {table[name, s].error():.2f}" if (name, s) in table else ""
            for s in settings
        ]
        print(f"| {name} | " + " | ".join(cells) + " |")


def print_wins(table: dict[tuple[str, Setting], Scores], names: list[str]) -> None:
    """Print how often each of ours beats each of the others at 20 trials."""
    print("| better than, share of searches | " + " | ".join(OURS) + " |\n" + "|---" * (len(OURS) + 1) + "|")
    for name in names:
        if (name, MAIN) in table:
            wins = [table[ours, MAIN].wins_over(table[name, MAIN]) if ours != name else None for ours in OURS]
            print(f"| {name} | " + " | ".join("" if w is None else f"{w:.2f}" for w in wins) + " |")


def versions() -> str:
    """Python and the packages measured, with their versions."""
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{package} not installed")
    return ", ".join(found)


def on_one_core(module: str) -> None:
    """Start a module of benchmarks again with linear algebra on one core, if it is not: figures are for one."""
    wanted = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        sys.stdout.flush()
        command = [sys.executable, "-m", f"benchmarks.{module}", *sys.argv[1:]]
        os.execve(sys.executable, command, {**os.environ, **wanted})  # noqa: S606


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="six problems, fast peers, 20 trials: under a minute"
    )
    parser.add_argument("--seeds", type=int, default=10, help="searches per problem (10)")
    parser.add_argument("--main-only", action="store_true", help="20 trials only, alone and with 4 pending")
    parser.add_argument(
        "--slow",
        action="store_true",
        help="the slow peers in every setting, not at 20 trials alone only (hours)",
    )
    options = parser.parse_args()
    on_one_core("search_quality")
    silence()
    results = Results()
    tasks = [(problem, random_reference(problem)) for problem in problems(options.quick)]
    reported = [(p, r) for p, r in tasks if p.group == "report"]
    tuned = [(p, r) for p, r in tasks if p.group == "tune"]
    names = [name for name in CONTENDERS if not (options.quick and name in SLOW)]
    settings = [MAIN, PARALLEL] if options.quick or options.main_only else list(SETTINGS)
    seeds = QUICK_SEEDS if options.quick else options.seeds
    table: dict[tuple[str, Setting], Scores] = {}
    for setting in settings:
        for name in names:
            if options.quick and setting != MAIN and name not in OURS:
                continue
            if name in SLOW and setting != MAIN and not options.slow:
                continue
            table[name, setting] = measure(results, name, reported, setting, seeds)
            done = table[name, setting]
            print(f"  {name}, {setting}: {done.score:.2f}", file=sys.stderr, flush=True)
    print(versions())
    print(f"\nScore on the report problems ({', '.join(p.name for p, _ in reported)}), {seeds} seeds:\n")
    print_table(table, settings, names)
    print()
    print_wins(table, names)
    if tuned:
        fast = [name for name in names if name not in SLOW]
        chosen = {(name, MAIN): measure(results, name, tuned, MAIN, seeds) for name in fast}
        print(f"\nScore on the tune problems ({', '.join(p.name for p, _ in tuned)}):\n")
        print_table(chosen, [MAIN], fast)
    print("\nTargets, as figure (bound):\n")
    met = [report(quality_targets(table)), report(cost_targets())]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
