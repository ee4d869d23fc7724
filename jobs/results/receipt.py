"""What exactly a trial's script is given: its parameters with where each comes from, and the command."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any

from algorithms.environments import python_for
from jobs.execution.preparation import argument_values, command_of, directories_of, interpreter_of
from jobs.models import Trial
from runtime.command import CommandError, as_shell_line


@dataclass(frozen=True)
class Receipt:
    """The script's parameters as rows of name, value and origin; `parameters_json` holds hyperparameters only."""

    rows: list[tuple[str, Any, str]]
    command: str
    words: list[str]
    """The command's words, as they are written for a shell."""
    parameters_json: str


def receipt(trial: Trial) -> Receipt:
    """The receipt of the trial's current attempt."""
    job = trial.job
    own = {**job.hyperparameters, **trial.parameters}
    rows = [(name, value, "searched") for name, value in trial.parameters.items()]
    rows += [
        (name, value, "fixed") for name, value in job.hyperparameters.items() if name not in trial.parameters
    ]
    rows += [
        (name, value, "path")
        for name, value in argument_values(trial, directories_of(trial)).items()
        if name not in own
    ]
    line, words = _command_or_reason(trial)
    return Receipt(rows, line, words, parameters_json(trial))


def parameters_json(trial: Trial) -> str:
    """The trial's hyperparameters, searched and fixed."""
    own = {**trial.job.hyperparameters, **trial.parameters}
    return json.dumps(own, indent=2, ensure_ascii=False)


def command(trial: Trial) -> str:
    """The boot command as one line for a shell. Raises CommandError where its parts do not fit."""
    return as_shell_line(_argv(trial))


def _argv(trial: Trial) -> list[str]:
    return command_of(trial, directories_of(trial), _interpreter(trial))


def _command_or_reason(trial: Trial) -> tuple[str, list[str]]:
    """The command as a line and as its words, or why there is none."""
    try:
        argv = _argv(trial)
    except CommandError as error:
        return str(error), str(error).split()
    return as_shell_line(argv), [shlex.quote(word) for word in argv]


def _interpreter(trial: Trial) -> str:
    """The Python that runs the script; none where a custom image has its own."""
    if trial.job.specification.image:
        return ""
    interpreter = interpreter_of(trial)
    return python_for(interpreter, trial.job.snapshot) if trial.job.snapshot else interpreter
