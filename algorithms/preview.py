"""Preview runtime environment: what a script started from these settings would find, before anything runs."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from algorithms.boot import boot_command, boot_place
from algorithms.specification import AlgorithmSpecification, Channel, Hyperparameter
from runtime.command import CommandError, as_shell_line
from runtime.environment import Machine, documented_variables
from runtime.workdir import TrialDirectories

HOME = "${MA_HOME}"
SHELL_WORDS = ("/bin/sh", "-c", "the script", "boot")
"""What stands before the arguments of a custom image's boot command."""
ROOT = Path("/ma-root")
"""Stands for the trial's folder while the texts are made; it never appears in them."""


@dataclass(frozen=True)
class Node:
    """One line of the tree of paths: how deep, its name, and what it is."""

    depth: int
    name: str
    note: str = ""


@dataclass(frozen=True)
class Preview:
    """The texts of the drawer.

    `shell_line` does the same by hand, beside a copy of the code directory, for a custom image inside it.
    """

    tree: list[Node]
    variables: list[tuple[str, str]]
    command: str
    shell_line: str
    problem: str = ""
    in_image: bool = False

    @property
    def pieces(self) -> list[str]:
        """The command between its blanks, where lines may end."""
        return self.command.split(" ")


def preview(specification: AlgorithmSpecification, interpreter: str) -> Preview:
    """Describe a run with the default values; a required value that is missing is shown as `<name>`.

    `interpreter` is the engine's; a custom image has none.
    """
    code = PurePosixPath(specification.code_directory.rstrip("/")).name or "code"
    directories = TrialDirectories(ROOT, code if code not in (".", "..") else "code")
    channels = _channels(specification, directories)
    try:
        argv = _command(specification, interpreter, channels)
        problem = ""
    except CommandError as error:
        known = (interpreter or specification.boot_command, specification.boot_file)
        argv, problem = [word for word in known if word], str(error)
    own = {channel.name: path for channel, path in channels if channel.obtained_from == "environment"}
    folders = [part for part in specification.pythonpath.split(":") if part]
    if folders:
        own["PYTHONPATH"] = ":".join(str(directories.code / part) for part in folders)
    documented = documented_variables(directories, interpreter, Machine())
    documented["MA_HOME"] = "the trial's own folder on the worker"
    return Preview(
        tree=_tree(specification, directories, channels),
        variables=[(name, _shown(value)) for name, value in {**documented, **own}.items()],
        command=_shown(_boot_line(specification, argv)),
        shell_line=_by_hand(specification, argv, own, folders, directories),
        problem=problem,
        in_image=bool(specification.image),
    )


def _channels(
    specification: AlgorithmSpecification, directories: TrialDirectories
) -> list[tuple[Channel, str]]:
    inputs = [(row, str(directories.input(row.name, i))) for i, row in enumerate(specification.inputs)]
    outputs = [(row, str(directories.output(row.name, i))) for i, row in enumerate(specification.outputs)]
    return inputs + outputs


def _command(specification: AlgorithmSpecification, interpreter: str, channels: Iterable) -> list[str]:
    values = {channel.name: path for channel, path in channels if channel.obtained_from == "hyperparameters"}
    values |= {row.name: _value(row) for row in specification.hyperparameters}
    if specification.image and not specification.boot_command:
        raise CommandError("The boot command is missing: enter what the image's shell is to run.")
    return boot_command(specification, values, interpreter)


def _value(row: Hyperparameter):
    wanted = row.required or row.position is not None
    return f"<{row.name}>" if row.default is None and wanted else row.default


def _shown(text: str) -> str:
    return text.replace(f"{ROOT}/home", HOME)


def _boot_line(specification: AlgorithmSpecification, argv: list[str]) -> str:
    """The command as people write it: without the shell of the image, the arguments where it puts them."""
    if not specification.image or len(argv) < len(SHELL_WORDS):
        return shlex.join(argv)
    script, arguments = argv[2], shlex.join(argv[len(SHELL_WORDS) :])
    return script.replace('"$@"', arguments).replace("$@", arguments).strip()


def _by_hand(
    specification: AlgorithmSpecification,
    argv: list[str],
    own: dict[str, str],
    folders: list[str],
    directories: TrialDirectories,
) -> str:
    """A line for a terminal: paths relative to the code directory, inputs and outputs beside it."""
    has_code = bool(specification.code_directory) or not specification.image
    folder = boot_place(specification)[0]
    mount, up = f"{directories.mount}/", "../" * len(folder.parts)
    beside = f"{up}.." if has_code else "."
    env = {"PYTHONUNBUFFERED": "1"}
    if specification.image:
        env |= {"MA_JOB_DIR": beside, "MA_MOUNT_PATH": beside}
    env |= {name: value.replace(mount, f"{beside}/") for name, value in own.items()}
    if folders:
        env["PYTHONPATH"] = ":".join(up + part for part in folders)
    words = [word.replace(mount, f"{beside}/") for word in argv]
    return as_shell_line(words, env, str(PurePosixPath(directories.code_name, folder)) if has_code else None)


def _tree(
    specification: AlgorithmSpecification, directories: TrialDirectories, channels: Iterable
) -> list[Node]:
    nodes = [
        Node(0, f"{HOME}/{directories.mount.name}", "MA_MOUNT_PATH"),
        Node(1, directories.job_dir.name, "MA_JOB_DIR"),
    ]
    folder, boot_file = boot_place(specification)
    here = "working directory"
    if specification.code_directory or not specification.image:
        note = "your code directory" if folder.parts else f"your code directory, {here}"
        nodes.append(Node(2, directories.code_name, note))
    if folder.parts:
        nodes.append(Node(3, str(folder), here))
    if not specification.image:
        nodes.append(Node(4 if folder.parts else 3, boot_file or "…", "boot file"))
    for name, rows in (("inputs", specification.inputs), ("outputs", specification.outputs)):
        nodes.append(Node(1, name))
        nodes += [Node(2, f"{row.name}_{i}", row.description) for i, row in enumerate(rows)]
    return [*nodes, Node(1, directories.log.name, "MA_LOG_DIR")]
