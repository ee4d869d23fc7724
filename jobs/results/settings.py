"""What a job was given, as plain values, for files and comparisons. Values of variables are never among them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from console.words import number as short
from jobs.execution.masking import MASK
from jobs.models import TrainingJob

RESULTS = (
    "status", "reason", "best_value", "completed_trials", "failed_trials", "stopped_trials",
)  # fmt: skip
FIELDS = (
    "name", "description", "algorithm_name", *RESULTS, "hyperparameters", "search_space", "indicator_name",
    "direction", "pattern", "objective", "search_algorithm", "search_parameters", "num_samples",
    "max_concurrent", "early_stopping", "target_value", "patience_trials", "max_failed_trials",
    "trial_time_limit_seconds", "auto_restart", "auto_stop_hours", "priority", "inputs", "outputs",
)  # fmt: skip
LONGEST_REQUIREMENTS = 20_000
CREDENTIALS = re.compile(r"//[^/\s]+@")
"""In the address of a package index."""


def settings_of(job: TrainingJob) -> dict[str, Any]:
    """The job's settings and what came of them; of environment variables only the names."""
    times = {key: getattr(job, key) for key in ("created", "started", "ended")}
    specification = job.specification
    return {
        "id": job.pk,
        **{field: getattr(job, field) for field in FIELDS},
        "best_trial": job.best_trial.number if job.best_trial else None,
        "owner": job.owner.get_username(),
        "code": job.snapshot.content_hash if job.snapshot else None,
        "code_directory": specification.code_directory,
        "boot_file": specification.boot_file,
        "image": specification.image,
        "boot_command": specification.boot_command,
        "engine": specification.engine_name,
        "interpreter": specification.interpreter,
        "requirements": _requirements(job),
        "resource_pool": job.pool.name,
        "flavor": str(job.flavor) if job.flavor else None,
        "environment_variables": sorted(job.environment),
        "secret_variables": "set, not shown" if job.sealed_environment else None,
        **{key: moment.isoformat() if moment else None for key, moment in times.items()},
    }


def described(job: TrainingJob) -> dict[str, Any]:
    """The settings without results, each on its own: a hyperparameter by its fixed value or its range."""
    settings = settings_of(job)
    search = settings["search_algorithm"]
    apart = {**settings.pop("hyperparameters"), **_ranges(settings.pop("search_space"))}
    return {
        "search indicator": " ".join(
            filter(None, (settings.pop("indicator_name"), settings.pop("direction")))
        ),
        **{f"hyperparameter {name}": _plain(value) for name, value in apart.items()},
        **{f"{search}: {name}": _plain(value) for name, value in settings.pop("search_parameters").items()},
        **{f"input {name}": value for name, value in settings.pop("inputs").items()},
        **{f"output {name}": value for name, value in settings.pop("outputs").items()},
        **{name.replace("_", " "): _plain(value) for name, value in settings.items() if name not in RESULTS},
    }


def _ranges(space: Mapping[str, Any]) -> dict[str, str]:
    return {entry["name"]: _range(entry) for entry in space.get("dimensions", [])}


def _range(entry: Mapping[str, Any]) -> str:
    if entry["type"] == "categorical":
        return "one of " + ", ".join(map(str, entry["choices"]))
    return f"{short(entry['lower'])} to {short(entry['upper'])}{', log' if entry['log'] else ''}"


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value


def _requirements(job: TrainingJob) -> list[str]:
    """The lines of the code's pip-requirements.txt."""
    path = job.snapshot.requirements if job.snapshot else None
    if path is None:
        return []
    try:
        text = path.read_bytes()[:LONGEST_REQUIREMENTS].decode(errors="replace")
    except OSError:
        return []
    return [CREDENTIALS.sub(f"//{MASK}@", line.strip()) for line in text.splitlines() if line.strip()]
