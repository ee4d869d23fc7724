"""bayes_opt_search: Gaussian process regression and an acquisition function."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from search.design import initial_point
from search.parameters import Parameter
from search.sampler import Evidence, Sampler, register
from search.space import Array, Categorical, Float, SearchSpace

if TYPE_CHECKING:
    from search.gaussian_process import GaussianProcess

# Chosen on the `tune` problems of benchmarks/search_quality.py.
CFG = dict(final=0.12, n_init=5, rand=400, local=200, polish=4, clip=2.0, lie="mean", power=1.0)
MODEL_SIZE = 200


@register
class BayesOptSearch(Sampler):
    """Bayesian optimisation with a Gaussian process."""

    name = "bayes_opt_search"
    title = "Bayesian optimization"
    summary = "Models the indicator with a Gaussian process. The best choice for few, costly trials."
    parameters = (
        Parameter(
            "kind",
            str,
            "ucb",
            "Acquisition function that chooses the next trial: ucb (confidence bound), ei (expected "
            "improvement) or poi (probability of improvement).",
            choices=("ucb", "ei", "poi"),
        ),
        Parameter(
            "kappa",
            float,
            2.5,
            "Weight of the uncertainty in ucb at the start of the search: larger explores more. It falls "
            "over the number of trials, so that the last ones refine the best region.",
            minimum=0.0,
            maximum=100.0,
        ),
        Parameter(
            "xi",
            float,
            0.0,
            "Margin that ei and poi demand of an improvement: larger explores more.",
            minimum=0.0,
            maximum=100.0,
        ),
    )

    def propose(self, evidence: Evidence, rng: np.random.Generator) -> Array:
        if evidence.count < CFG["n_init"] or len(evidence.units) < 2:
            return initial_point(self, evidence, rng)
        belief = Belief.of(self, evidence)
        return belief.best_point(rng)

    def kappa_at(self, count: int) -> float:
        progress = min(1.0, max(0, count - CFG["n_init"]) / max(1, self.num_samples - CFG["n_init"]-1))
        return float(self.settings["kappa"] * CFG["final"] ** (progress ** CFG["power"]))


class Encoding:
    """Columns of the model: one per numeric hyperparameter, one per choice of a categorical one."""

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        groups: list[int] = []
        for position, dimension in enumerate(space.dimensions.values()):
            groups += [position] * (len(dimension.choices) if isinstance(dimension, Categorical) else 1)
        self.groups = np.array(groups)
        self.free = np.array([isinstance(d, Float) for d in space.dimensions.values()])

    def columns(self, units: Array) -> Array:
        """Columns of points of the unit cube (n, d), shape (n, c); two choices are one unit apart."""
        parts = []
        for position, dimension in enumerate(self.space.dimensions.values()):
            column = units[:, position]
            if isinstance(dimension, Categorical):
                chosen = np.minimum((column * dimension.size).astype(int), dimension.size - 1)
                parts.append(np.eye(dimension.size)[chosen] * math.sqrt(0.5))
            else:
                parts.append(column[:, None])
        return np.concatenate(parts, axis=1)


def clip_losses(losses):
    middle, best = np.median(losses), losses.min()
    limit = middle + CFG["clip"] * (middle - best)
    return np.minimum(losses, limit) if limit > best else losses


@dataclass
class Belief:
    encoding: Encoding
    model: Any
    best: Array
    acquisition: Callable

    @classmethod
    def of(cls, sampler: BayesOptSearch, evidence: Evidence) -> Belief:
        from search.gaussian_process import GaussianProcess
        from skopt.acquisition import gaussian_lcb, gaussian_ei, gaussian_pi
        encoding = Encoding(sampler.space)
        units, losses = evidence.units, evidence.losses
        if len(units) > MODEL_SIZE:
            order = np.argsort(losses, kind="stable")
            rest = np.sort(order[MODEL_SIZE//2:])
            keep = np.concatenate([order[:MODEL_SIZE//2], rest[np.linspace(0, len(rest)-1, MODEL_SIZE//2).astype(int)]])
            units, losses = units[keep], losses[keep]
        losses = clip_losses(losses)
        units = np.concatenate([units, evidence.failed[-50:]])
        losses = np.concatenate([losses, np.full(len(evidence.failed[-50:]), losses.max())])
        scale = losses.std() or 1.0
        target = (losses - losses.mean()) / scale
        model = GaussianProcess(encoding.groups).fit(encoding.columns(units), target)
        y_opt = float(model.predict(encoding.columns(units)).min())
        points = encoding.columns(units)
        if len(evidence.pending):
            waiting = encoding.columns(evidence.pending)
            mean, dev = model.predict(waiting, True)
            lie = {"mean": mean, "max": np.maximum(mean, target.max()), "up": mean+dev, "up5": mean+.5*dev,"med": np.maximum(mean, np.median(target)), "min": np.full(len(mean),target.min())}[CFG["lie"]]
            points = np.concatenate([points, waiting]); target = np.concatenate([target, lie])
            model.condition(points, target)
        s = sampler.settings
        if s["kind"] == "ucb":
            kappa = sampler.kappa_at(evidence.count)
            acq = lambda X, g: gaussian_lcb(X, model, kappa, g)
        else:
            fn = gaussian_ei if s["kind"] == "ei" else gaussian_pi
            def acq(X, g):
                r = fn(X, model, y_opt, s["xi"], g)
                return (-r[0], -r[1]) if g else -r
        order = np.argsort(losses, kind="stable")
        return cls(encoding, model, units[order[:3]], acq)

    def best_point(self, rng):
        from scipy.optimize import minimize
        d = len(self.encoding.space)
        cands = [rng.random((CFG["rand"], d))]
        for b in self.best:
            w = np.exp(rng.uniform(np.log(0.005), np.log(0.3), (CFG["local"], 1)))
            move = rng.random((CFG["local"], d)) < max(0.5, 2/d)
            cands.append(np.clip(b + w * rng.standard_normal((CFG["local"], d))*move, 0, 1))
        cands = self.encoding.space.snap(np.concatenate(cands))
        vals = self.acquisition(self.encoding.columns(cands), False)
        order = np.argsort(vals, kind="stable")
        picks = [order[0]]
        for i in order[1:]:
            if len(picks) >= CFG["polish"]: break
            if all(np.abs(cands[i]-cands[j]).max() > 0.05 for j in picks): picks.append(i)
        best, bv = cands[order[0]], vals[order[0]]
        free = self.encoding.free
        if not free.any(): return best
        cols = np.flatnonzero(free[self.encoding.groups])
        for i in picks:
            base = self.encoding.columns(cands[i:i+1])[0]
            def f(x):
                base[cols] = x
                v, g = self.acquisition(base[None], True)
                return float(v[0]), np.asarray(g)[cols]
            r = minimize(f, base[cols].copy(), jac=True, method="L-BFGS-B", bounds=[(0,1)]*len(cols), options={"maxiter": 20})
            if r.fun < bv:
                bv = r.fun; best = cands[i].copy(); best[free] = r.x
        return best
