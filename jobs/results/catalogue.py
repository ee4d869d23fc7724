"""The charts of a search: their names, what they offer to choose, and the order in which a person wants them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jobs.models import TrainingJob

PREFERENCE = "charts"
"""The name under which a person's arrangement is kept: {"order": [...], "hidden": [...], "choices": {...}}."""


@dataclass(frozen=True)
class Entry:
    """One chart of the results page."""

    name: str
    short: str
    """What the row of links calls it."""
    title: str
    about: str
    """What it answers, in one sentence."""
    wide: bool = False
    axes: tuple[tuple[str, str], ...] = ()
    """Hyperparameters to choose: name in the address, label."""
    by_rank: bool = False
    """Whether one of the analysed pairs of hyperparameters is chosen, by `rank` in the address."""
    switches: tuple[str, ...] = ()
    """"log" for a logarithmic axis of values, "seconds" for seconds instead of steps."""


X = (("x", "Hyperparameter"),)
ENTRIES = (
    Entry(
        "convergence",
        "Convergence",
        "Convergence per trial",
        "How each trial's value develops.",
        switches=("seconds", "log"),
    ),
    Entry(
        "best-so-far",
        "History",
        "Best value over trials",
        "Whether the search still improves.",
        switches=("log",),
    ),
    Entry("importance", "Importance", "Importance of hyperparameters", "Which hyperparameters matter."),
    Entry(
        "marginal",
        "Marginal",
        "Marginal of a hyperparameter",
        "What to expect along one, whatever the others.",
        axes=X,
    ),
    Entry(
        "pairs",
        "Pairs",
        "Marginal of two hyperparameters",
        "What to expect along two that act together, whatever the others.",
        by_rank=True,
    ),
    Entry(
        "slice",
        "Slice",
        "Slice along a hyperparameter",
        "Each trial by one hyperparameter.",
        axes=X,
        switches=("log",),
    ),
    Entry(
        "contour",
        "Contour",
        "Contour of two hyperparameters",
        "Where two together are good.",
        axes=(("x", "Across"), ("y", "Up")),
    ),
    Entry(
        "sampler",
        "Sampler",
        "Sampler's view",
        "What the search algorithm believes, and where it looks next.",
        axes=X,
    ),
    Entry("distribution", "Distribution", "Distribution of the objective", "How many trials are how good."),
    Entry("timeline", "Timeline", "Timeline by worker", "Who ran what when.", wide=True),
    Entry(
        "parallel",
        "Parallel",
        "Parallel coordinates",
        "All hyperparameters at once; a box filters the trials.",
        wide=True,
    ),
)
NAMES = tuple(entry.name for entry in ENTRIES)


def entries(job: TrainingJob) -> list[Entry]:
    """The charts of this job in their own order."""
    modelled = job.search_algorithm == "bayes_opt_search"
    return [entry for entry in ENTRIES if modelled or entry.name != "sampler"]


def arranged(charts: Iterable[Entry], arrangement: dict[str, Any]) -> list[tuple[Entry, bool]]:
    """The charts in a person's order, each with whether it is shown; charts that came later follow."""
    order = {name: place for place, name in enumerate(arrangement.get("order", []))}
    hidden = set(arrangement.get("hidden", []))
    ranked = sorted(charts, key=lambda entry: order.get(entry.name, len(order)))
    return [(entry, entry.name not in hidden) for entry in ranked]


def checked(wanted: Any) -> dict[str, Any]:
    """An arrangement as a browser sends it, with unknown names and doubles left out."""
    wanted = wanted if isinstance(wanted, dict) else {}

    def names(key: str) -> list[str]:
        given = wanted.get(key)
        return [
            name
            for name in dict.fromkeys(map(str, given if isinstance(given, list) else []))
            if name in NAMES
        ]

    given = wanted.get("choices")
    choices = {
        name: sorted({word for word in ("log", "seconds") if word in words})
        for name, words in (given if isinstance(given, dict) else {}).items()
        if name in NAMES and isinstance(words, list)
    }
    return {"order": names("order"), "hidden": names("hidden"), "choices": choices}
