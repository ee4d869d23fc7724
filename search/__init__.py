"""Hyperparameter search: the search space, the samplers, importance analysis and early stopping.

Pure mathematics without any knowledge of the console. The face that everything else builds on:

    from search import Float, Integer, Categorical, Observation, SearchSpace, make_sampler, SAMPLERS

    space = SearchSpace({"lr": Float(1e-5, 1e-1, log=True), "momentum": Float(0.0, 0.99)})
    sampler = make_sampler("bayes_opt_search", space, direction="min", num_samples=20, seed=1, kappa=2.5)
    params = sampler.ask(history=[Observation({"lr": 0.01, "momentum": 0.9}, 0.31)],
                         pending=[{"lr": 0.02, "momentum": 0.5}])

- `Float(lower, upper, log=False, points=None)`, `Integer(lower, upper, log=False)`, `Categorical(choices)`.
- `SearchSpace(mapping)`: `validate(params)`, `to_unit(params)`, `from_unit(point)`, `to_json()` (plain dicts)
  and `SearchSpace.from_json(plain)`, `names`, `size` (None when continuous).
- `Observation(params, value)`: a finished trial; value None (or NaN, or infinite) when it failed.
- `SAMPLERS[name]`: the class, with `name`, `title`, `summary` and `parameters`, a tuple of
  `Parameter(name, type, default, help, choices, minimum, maximum, open_bounds, advanced)`, from which forms
  are built; `COMMON_PARAMETERS` are `num_samples` and `seed`, which every sampler takes. A default of None
  means "chosen automatically": an empty field. `Parameter.check(value)` returns the value in its type.
- `make_sampler(name, space, *, direction, num_samples, seed, **settings)` -> `Sampler`;
  `sampler.ask(history, pending)` -> dict of plain Python values; `sampler.capacity` is how many different
  trials the sampler can propose (None: no end), `sampler.settings` the settings with defaults filled in.

Everything wrong with an argument raises ValueError naming it and the remedy. `ask` is a pure function: the
same settings, history and pending trials give the same answer in any process. Two workers that ask at the
same time should pass each other's trials as pending.

Further modules, imported when needed: `search.importance` (which hyperparameters matter),
`search.early_stopping` (which trials to stop), `search.explanation` (what the Gaussian process believes).
"""

from search.anneal import AnnealSearch
from search.baselines import GridSearch, RandomSearch
from search.bayes import BayesOptSearch
from search.parameters import COMMON_PARAMETERS, Parameter
from search.sampler import DIRECTIONS, SAMPLERS, Evidence, Observation, Sampler, make_sampler
from search.space import Categorical, Dimension, Float, Integer, Params, SearchSpace
from search.tpe import TPESearch

# The documented algorithms come first wherever they are listed.
for _name in ("bayes_opt_search", "tpe_search", "anneal_search", "random_search", "grid_search"):
    SAMPLERS[_name] = SAMPLERS.pop(_name)

__all__ = [
    "COMMON_PARAMETERS",
    "DIRECTIONS",
    "SAMPLERS",
    "AnnealSearch",
    "BayesOptSearch",
    "Categorical",
    "Dimension",
    "Evidence",
    "Float",
    "GridSearch",
    "Integer",
    "Observation",
    "Parameter",
    "Params",
    "RandomSearch",
    "Sampler",
    "SearchSpace",
    "TPESearch",
    "make_sampler",
]
