"""The samplers that are compared, ours and others', behind one face: `suggest(history, pending) ->
params`."""

from __future__ import annotations

import contextlib
import logging
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from search import Categorical, Float, Integer, Observation, SearchSpace, make_sampler

Params = dict[str, Any]


class Contender(ABC):
    """One search by one sampler: trials are told as they finish, in the order in which they were
    suggested."""

    def __init__(self, space: SearchSpace, num_samples: int, seed: int) -> None:
        self.space, self.num_samples, self.seed = space, num_samples, seed

    @abstractmethod
    def suggest(self) -> Params:
        """The next setting, with everything not yet told being pending."""

    @abstractmethod
    def tell(self, params: Params, value: float) -> None:
        """Report the value of the oldest pending setting."""


class Ours(Contender):
    name = ""

    def __init__(self, space: SearchSpace, num_samples: int, seed: int) -> None:
        super().__init__(space, num_samples, seed)
        self.sampler = make_sampler(self.name, space, num_samples=num_samples, seed=seed)
        self.history: list[Observation] = []
        self.pending: list[Params] = []

    def suggest(self) -> Params:
        params = self.sampler.ask(self.history, self.pending)
        self.pending.append(params)
        return params

    def tell(self, params: Params, value: float) -> None:
        self.pending.remove(params)
        self.history.append(Observation(params, value))


class Hyperopt(Contender):
    """hyperopt through its own Trials and Domain, as `fmin` drives it; `algorithm` is its suggest
    function."""

    def __init__(self, space: SearchSpace, num_samples: int, seed: int) -> None:
        super().__init__(space, num_samples, seed)
        from hyperopt import JOB_STATE_NEW, Domain, Trials, hp

        expressions: dict[str, Any] = {}
        for name, d in space.dimensions.items():
            if isinstance(d, Categorical):
                expressions[name] = hp.choice(name, list(range(d.size)))
            elif isinstance(d, Integer) and not d.log:
                expressions[name] = hp.quniform(name, d.lower, d.upper, 1)
            elif isinstance(d, Integer):
                expressions[name] = hp.qloguniform(name, np.log(d.lower), np.log(d.upper), 1)
            elif d.log:
                expressions[name] = hp.loguniform(name, np.log(d.lower), np.log(d.upper))
            else:
                expressions[name] = hp.uniform(name, d.lower, d.upper)
        self.domain, self.trials = Domain(lambda _: 0.0, expressions), Trials()
        self.rng = np.random.default_rng(seed)
        self.waiting: list[dict[str, Any]] = []
        self.new_state = JOB_STATE_NEW

    def algorithm(self, ids: list[int], seed: int) -> list[dict[str, Any]]:
        raise NotImplementedError

    def suggest(self) -> Params:
        ids = self.trials.new_trial_ids(1)
        self.trials.refresh()
        self.trials.insert_trial_docs(self.algorithm(ids, int(self.rng.integers(2**31 - 1))))
        self.trials.refresh()
        document = self.trials._dynamic_trials[-1]
        self.waiting.append(document)
        raw = {name: values[0] for name, values in document["misc"]["vals"].items()}
        return {n: self._plain(d, raw[n]) for n, d in self.space.dimensions.items()}

    @staticmethod
    def _plain(dimension: Any, value: Any) -> Any:
        if isinstance(dimension, Categorical):
            return dimension.choices[int(value)]
        value = min(max(float(value), dimension.lower), dimension.upper)
        return round(value) if isinstance(dimension, Integer) else value

    def tell(self, params: Params, value: float) -> None:
        from hyperopt import JOB_STATE_DONE

        document = self.waiting.pop(0)
        document["state"] = JOB_STATE_DONE
        document["result"] = {"loss": value, "status": "ok"}
        self.trials.refresh()


class HyperoptTPE(Hyperopt):
    startup = 5

    def algorithm(self, ids: list[int], seed: int) -> list[dict[str, Any]]:
        from hyperopt import tpe

        return tpe.suggest(ids, self.domain, self.trials, seed, n_startup_jobs=self.startup, verbose=False)


class HyperoptTPE20(HyperoptTPE):
    startup = 20


class HyperoptAnneal(Hyperopt):
    def algorithm(self, ids: list[int], seed: int) -> list[dict[str, Any]]:
        from hyperopt import anneal

        return anneal.suggest(ids, self.domain, self.trials, seed)


class Optuna(Contender):
    """Optuna's ask and tell; trials that are asked and not told are running ones."""

    def __init__(self, space: SearchSpace, num_samples: int, seed: int) -> None:
        super().__init__(space, num_samples, seed)
        import optuna
        from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        kinds = {Float: FloatDistribution, Integer: IntDistribution}
        self.distributions = {
            name: CategoricalDistribution(d.choices)
            if isinstance(d, Categorical)
            else kinds[type(d)](d.lower, d.upper, log=d.log)
            for name, d in space.dimensions.items()
        }
        self.study = optuna.create_study(sampler=self.sampler(seed))
        self.waiting: list[Any] = []

    def sampler(self, seed: int) -> Any:
        from optuna.samplers import TPESampler

        return TPESampler(seed=seed)

    def suggest(self) -> Params:
        self.waiting.append(self.study.ask(self.distributions))
        return dict(self.waiting[-1].params)

    def tell(self, params: Params, value: float) -> None:
        self.study.tell(self.waiting.pop(0), value)


class OptunaGP(Optuna):
    def sampler(self, seed: int) -> Any:
        from optuna.samplers import GPSampler

        return GPSampler(seed=seed)


class ScikitOptimize(Contender):
    """scikit-optimize's Optimizer with the documented kappa 2.5, otherwise its defaults.

    The whole history is told at once before each ask (one fit); pending trials are told as its "constant
    liar" with the mean, which is what its own batch ask does.
    """

    def __init__(self, space: SearchSpace, num_samples: int, seed: int) -> None:
        super().__init__(space, num_samples, seed)
        self.done: list[tuple[list[Any], float]] = []
        self.waiting: list[list[Any]] = []

    def _dimensions(self) -> list[Any]:
        from skopt import space as s

        return [
            s.Categorical(list(d.choices))
            if isinstance(d, Categorical)
            else (s.Integer if isinstance(d, Integer) else s.Real)(
                d.lower, d.upper, prior="log-uniform" if d.log else "uniform"
            )
            for d in self.space.dimensions.values()
        ]

    def suggest(self) -> Params:
        from skopt import Optimizer

        told = len(self.done) + len(self.waiting)
        optimizer = Optimizer(
            self._dimensions(),
            acq_func="LCB",
            acq_func_kwargs={"kappa": 2.5},
            n_initial_points=10,
            random_state=np.random.RandomState(self.seed * 1000 + told),
        )
        lie = float(np.mean([y for _, y in self.done])) if self.done else 0.0
        observed = [*self.done, *((x, lie) for x in self.waiting)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if observed:
                optimizer.tell([x for x, _ in observed], [y for _, y in observed])
            point = optimizer.ask()
        self.waiting.append(point)
        plain = [v.item() if isinstance(v, np.generic) else v for v in point]
        return dict(zip(self.space.names, plain, strict=True))

    def tell(self, params: Params, value: float) -> None:
        self.done.append((self.waiting.pop(0), value))


class BayesianOptimization(Contender):
    """bayesian-optimization with UCB 2.5 as Ray Tune's BayesOptSearch drives it.

    Ten random suggestions first (Ray Tune's random_search_steps), results registered as they come, a point
    that is pending kept out only by chance. Logarithmic ranges are given in logarithms and whole numbers and
    choices as positions, as its user has to.
    """

    def __init__(self, space: SearchSpace, num_samples: int, seed: int) -> None:
        super().__init__(space, num_samples, seed)
        from bayes_opt import BayesianOptimization as Optimizer
        from bayes_opt.acquisition import UpperConfidenceBound

        self.optimizer = Optimizer(
            f=None,
            pbounds=dict.fromkeys(space.names, (0.0, 1.0)),
            acquisition_function=UpperConfidenceBound(kappa=2.5),
            random_state=seed,
            verbose=0,
            allow_duplicate_points=True,
        )
        self.rng = np.random.default_rng(seed)
        self.waiting: list[dict[str, float]] = []
        self.told = 0

    def suggest(self) -> Params:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if (self.told < 10 and self.told + len(self.waiting) < 10) or not self.told:
                unit = {name: float(self.rng.random()) for name in self.space.names}
            else:
                unit = {name: float(u) for name, u in self.optimizer.suggest().items()}
        self.waiting.append(unit)
        return self.space.from_unit([unit[name] for name in self.space.names])

    def tell(self, params: Params, value: float) -> None:
        with contextlib.redirect_stdout(None):  # it announces duplicate points whatever its verbosity
            self.optimizer.register(params=self.waiting.pop(0), target=-value)
        self.told += 1


def _ours(name: str) -> type[Contender]:
    return type(name, (Ours,), {"name": name})


CONTENDERS: dict[str, Callable[[SearchSpace, int, int], Contender]] = {
    "bayes_opt_search": _ours("bayes_opt_search"),
    "tpe_search": _ours("tpe_search"),
    "anneal_search": _ours("anneal_search"),
    "random_search": _ours("random_search"),
    "hyperopt tpe (5 first)": HyperoptTPE,
    "hyperopt tpe (20 first)": HyperoptTPE20,
    "hyperopt anneal": HyperoptAnneal,
    "optuna TPE": Optuna,
    "optuna GPSampler": OptunaGP,
    "bayesian-optimization": BayesianOptimization,
    "scikit-optimize": ScikitOptimize,
}
OURS = ("bayes_opt_search", "tpe_search", "anneal_search")
# Their asks take tenths of seconds: fewer seeds at 60 trials, and none at all in the quick benchmark.
SLOW = ("optuna GPSampler", "bayesian-optimization", "scikit-optimize")


def silence() -> None:
    """Keep the peers' own messages out of the table."""
    warnings.simplefilter("ignore")
    for name in ("hyperopt", "optuna", "bayes_opt"):
        logging.getLogger(name).setLevel(logging.ERROR)
