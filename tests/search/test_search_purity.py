"""`search` knows nothing of the console, loads quickly, and answers the same in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(code: str, **variables: str) -> str:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd="/", capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_no_module_of_the_package_loads_the_console_or_its_servers():
    code = """
import pkgutil, importlib, sys, search
for module in pkgutil.walk_packages(search.__path__, "search."):
    importlib.import_module(module.name)
from search import *
space = SearchSpace({"x": Float(0, 1)})
for name in SAMPLERS:
    make_sampler(name, space).ask([Observation({"x": i / 9}, i) for i in range(9)], [])
from search.importance import analyse
analyse(space, [Observation({"x": i / 9}, i) for i in range(9)])
loaded = {name.partition(".")[0] for name in sys.modules}
print(sorted(loaded & {"django", "rq", "django_rq", "redis", "console", "jobs", "algorithms", "storage",
                       "runtime", "hyperopt", "optuna", "plotly"}))
"""
    assert run(code).strip() == "[]"


def test_importing_it_loads_neither_scikit_learn_nor_scipy():
    code = "import search, sys; print(sorted({'sklearn', 'skopt', 'scipy'} & set(sys.modules)))"
    assert run(code).strip() == "[]"


def test_the_cheap_samplers_never_load_scikit_learn():
    code = """
import sys
from search import *
space = SearchSpace({"x": Float(0, 1)})
for name in SAMPLERS:
    if name != "bayes_opt_search":
        make_sampler(name, space).ask([Observation({"x": i / 30}, i) for i in range(30)], [])
print(sorted({'sklearn', 'skopt'} & set(sys.modules)))
"""
    assert run(code).strip() == "[]"


def test_answers_do_not_depend_on_the_process_or_its_hash_seed():
    code = """
from search import *
space = SearchSpace({"x": Float(1e-4, 1, log=True), "n": Integer(1, 9), "c": Categorical(["a", "b", "c"])})
for name in SAMPLERS:
    sampler, history = make_sampler(name, space, num_samples=15), []
    for _ in range(12):
        params = sampler.ask(history, [{"x": 0.1, "n": 2, "c": "b"}])
        history.append(Observation(params, params["x"] * params["n"]))
    print(name, [o.params for o in history])
"""
    first, second = run(code, PYTHONHASHSEED="1"), run(code, PYTHONHASHSEED="2")
    assert first == second
    assert first.count("\n") == 5


def test_asking_leaves_the_global_random_numbers_alone():
    code = """
import random, numpy, skopt.acquisition  # loading it draws from `random`
from search import *
before = random.getstate(), numpy.random.get_state()[1].tolist()
space = SearchSpace({"x": Float(0, 1)})
for name in SAMPLERS:
    make_sampler(name, space).ask([Observation({"x": i / 9}, i) for i in range(9)], [])
print(before == (random.getstate(), numpy.random.get_state()[1].tolist()))
"""
    assert run(code).strip() == "True"
