"""What a script is started with: the boot command of a specification, with the values of its arguments."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from algorithms.specification import AlgorithmSpecification
from runtime.command import build_arguments, build_command
from runtime.images.sandbox import boot_argv


def boot_place(specification: AlgorithmSpecification) -> tuple[PurePosixPath, str]:
    """The working directory as a path inside the code directory, and the boot file as a path from there."""
    boot_file = PurePosixPath(specification.boot_file)
    if specification.working_directory == "boot" and not specification.image:
        return boot_file.parent, boot_file.name
    return PurePosixPath(), specification.boot_file


def boot_command(
    specification: AlgorithmSpecification, values: Mapping[str, Any], interpreter: str
) -> list[str]:
    """The exact argument list; for a custom image, the one to be run inside it. Raises CommandError."""
    positional = sorted(
        (row for row in specification.hyperparameters if row.position is not None),
        key=lambda row: row.position,
    )
    options = {
        "argument_style": specification.argument_style,
        "boolean_style": specification.boolean_style,
        "positional": [row.name for row in positional],
        "extra_arguments": specification.extra_arguments,
    }
    if specification.image:
        return boot_argv(specification.boot_command, build_arguments(values, **options))
    return build_command(boot_place(specification)[1], values, interpreter=interpreter, **options)
