"""Rebuild: what the create form is filled with to repeat a job."""

from typing import Any

from console.words import number as short
from jobs.forms.environment import environment_initial
from jobs.forms.options import options_initial
from jobs.forms.ranges import range_initial
from jobs.forms.search_policy import POLICY_FIELDS
from jobs.models import TrainingJob, Trial
from jobs.sealing import SealError


def initial_of(job: TrainingJob, user, trial: Trial | None = None) -> dict[str, Any]:
    """The initial values of `CreateJob`. With a trial, its values are fixed and nothing is searched.

    Secret values are kept, unseen, for those who may change the job; others have to enter them.
    """
    secrets = kept_secrets(job, user)
    description = {"description": _again(job, trial)} if trial else {}
    return {
        "options": options_initial(job) | description,
        "storage": {"log_path_uri": job.log_path_uri},
        "inputs": job.inputs,
        "outputs": job.outputs,
        "predownload": job.predownload,
        "hyperparameters": _hyperparameters(job, trial),
        "search": _search(job),
        "samplers": {job.search_algorithm: job.search_parameters},
        "warm_start": list(job.warm_start_from.values_list("pk", flat=True)),
        "environment": environment_initial(job.environment, secrets),
        "kept_secrets": secrets,
    }


def _again(job: TrainingJob, trial: Trial) -> str:
    """What a job with the values of a trial is for: to see their value confirmed."""
    value = f", whose {job.indicator_name} is {short(trial.value)}" if trial.value is not None else ""
    return f"Trains again with the values of trial {trial.number} of {job.name}{value}."[:256]


def kept_secrets(job: TrainingJob, user) -> dict[str, str]:
    """The job's secret variables if the user may use them again; none if they cannot be read any more."""
    if not TrainingJob.objects.changeable_by(user).filter(pk=job.pk).exists():
        return {}
    try:
        return job.secret_environment
    except SealError:
        return {}


def _hyperparameters(job: TrainingJob, trial: Trial | None) -> dict[str, dict[str, Any]]:
    specification = job.specification
    fixed = {**job.hyperparameters, **(trial.parameters if trial else {})}
    rows: dict[str, dict[str, Any]] = {}
    for row in specification.hyperparameters:
        given = row.name in fixed
        rows[row.name] = {"value": fixed[row.name]} if given else {"value": None, "removed": not row.required}
    for entry in () if trial else job.search_space.get("dimensions", ()):
        rows[entry["name"]] = {"searched": True, **range_initial(entry)}
    return rows


def _search(job: TrainingJob) -> dict[str, Any]:
    if not job.is_search:
        return {"indicator": job.indicator_name, "objective": job.objective} if job.pattern else {}
    return {
        "indicator": job.indicator_name,
        "seed": job.search_parameters.get("seed"),
        **{name: getattr(job, name) for name in POLICY_FIELDS},
    }
