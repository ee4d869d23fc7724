"""What a search knows: its trials as the sampler's observations, and what the sampler makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jobs.execution.states import TRIAL_ACTIVE, TrialStatus
from jobs.models import StopRequest, TrainingJob
from search import Observation, SearchSpace, make_sampler


def sampler_of(job: TrainingJob):
    """The job's sampler, with the settings it was submitted with."""
    return make_sampler(
        job.search_algorithm,
        SearchSpace.from_json(job.search_space),
        direction=job.direction,
        num_samples=job.num_samples,
        **job.search_parameters,
    )


def history(job: TrainingJob) -> list[Observation]:
    """Ended trials by number; failed ones and those without a finite value have value None.

    Trials stopped by hand to be ignored, and those dropped before they ran, are left out; so are those outside of
    the job's ranges, where these were changed.
    """
    known = [observation for _, observation in _numbered(job)]
    return [observation for observation in known if _inside(job, observation.params)]


def _inside(job: TrainingJob, parameters: dict[str, Any]) -> bool:
    """Whether a trial's hyperparameters lie in the ranges of the trials to come."""
    if not job.phases:
        return True
    try:
        SearchSpace.from_json(job.search_space).validate(parameters)
    except ValueError:
        return False
    return True


def _numbered(job: TrainingJob) -> list[tuple[int, Observation]]:
    """What `history` returns, with the trials' numbers."""
    ended = job.trials.exclude(status__in=TRIAL_ACTIVE)
    ended = ended.exclude(status=TrialStatus.STOPPED, stop_request__in=[StopRequest.NONE, StopRequest.IGNORE])
    rows = ended.order_by("number").values_list("number", "parameters", "value", "status")
    return [
        (number, Observation(parameters, None if status == TrialStatus.FAILED else value))
        for number, parameters, value, status in rows
    ]


@dataclass(frozen=True)
class Borrowed:
    """An earlier job that this search is warm-started from."""

    job: TrainingJob
    trials: list[tuple[int, float | None]]
    """Number and value of the trials that are history for the sampler."""
    left_out: int
    """Trials that this search cannot use."""


def borrowed(job: TrainingJob) -> list[Borrowed]:
    """The earlier jobs with those of their trials that `earlier` gives to the sampler."""
    if not job.is_search:
        return []
    space = SearchSpace.from_json(job.search_space)
    found = []
    for other in job.warm_start_from.order_by("pk"):
        rows = _numbered(other)
        used = [(number, observation.value) for number, observation in rows if _fits(observation, space)]
        found.append(Borrowed(other, used, len(rows) - len(used)))
    return found


def earlier(job: TrainingJob) -> list[Observation]:
    """What the jobs it is warm-started from have found, oldest job first, as far as this search can use it.

    A trial without a value for one of the searched hyperparameters, or with a choice this search does not
    have, is left out; numbers outside of a range count as its nearest end.
    """
    space = SearchSpace.from_json(job.search_space)
    found = [observation for other in job.warm_start_from.order_by("pk") for observation in history(other)]
    return [observation for observation in found if _fits(observation, space)]


def _fits(observation: Observation, space: SearchSpace) -> bool:
    try:
        space.to_unit(observation.params)
    except ValueError:
        return False
    return True


def pending(job: TrainingJob) -> list[dict[str, Any]]:
    """The hyperparameters of trials that have not ended yet."""
    active = job.trials.filter(status__in=TRIAL_ACTIVE).order_by("number")
    known = active.values_list("parameters", flat=True)
    return [parameters for parameters in known if _inside(job, parameters)]


def suggest(job: TrainingJob) -> dict[str, Any]:
    """The hyperparameters of the job's next trial; none to choose for a plain job."""
    if not job.is_search:
        return {}
    return sampler_of(job).ask(history=[*earlier(job), *history(job)], pending=pending(job))
