"""Read hyperparameters from the script: what its argparse or click calls say, found without running it."""

import ast
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from algorithms.click_reader import click_arguments
from algorithms.source_files import SourceFile, reached_files
from algorithms.source_values import Computed, constants, last_name, literal, value_of
from algorithms.specification import HyperparameterType, Value

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
TYPES: dict[str, HyperparameterType] = {
    "float": "Float", "float32": "Float", "float64": "Float", "int": "Integer", "int32": "Integer",
    "int64": "Integer", "str": "String", "Path": "String", "bool": "Boolean", "BOOL": "Boolean",
}  # fmt: skip
FLAGS = {"store_true", "store_false", "BooleanOptionalAction"}
IGNORED = {"help", "version"}
NOT_ONE_VALUE = {
    "count": "it is counted", "store_const": "it takes no value", "append_const": "it takes no value"
}  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """A row for the hyperparameters table. `flag` says that a Boolean is passed without a value."""

    name: str
    type: HyperparameterType = "String"
    default: Value | None = None
    choices: tuple[Value, ...] = ()
    required: bool = False
    positional: bool = False
    flag: bool = False
    description: str = ""
    note: str = ""
    file: str = ""
    line: int = 0


@dataclass
class Arguments:
    """What was found, in the order of the script, and what could not be told, in words."""

    proposals: list[Proposal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class _LeftOut(Exception):
    """An argument that cannot be a hyperparameter; the text says why."""


def read_arguments(
    boot_file: str, read: Callable[[str], str | None], folders: Iterable[str] = ()
) -> Arguments:
    """Propose hyperparameters from the boot file and the files of the code directory it imports.

    `read` gives the text of a path inside the code directory, None for none; `folders` are PYTHONPATH's.
    """
    files = reached_files(boot_file, read, folders)
    if not files:
        return Arguments(notes=[f"There is no file {boot_file} in the code directory."])
    found = Arguments(notes=[file.problem for file in files if file.problem])
    types = _types_of_functions(files)
    defaults: dict[str, Any] = {}
    for file in files:
        names = _names_in(file, files)
        _read_file(file, names, file.path == boot_file, found, types)
        defaults |= _set_defaults(file, names)
    found.proposals = [_with_default(proposal, defaults) for proposal in _first_of_each(found.proposals)]
    found.notes += _both_kinds_of_booleans(found.proposals)
    if not found.proposals and not found.notes:
        found.notes.append(_nothing(boot_file, files))
    return found


def _nothing(boot_file: str, files: list[SourceFile]) -> str:
    """What to do where no argument was found."""
    text = f"No argparse or click arguments were found in {boot_file}. Add by hand what it takes as --name value."
    named = {last_name(node) for file in files for node in ast.walk(file.tree) if isinstance(node, ast.expr)}
    if not named & {"environ", "getenv"}:
        return text
    return f"{text} What it reads from the environment is set in a training job, but cannot be searched."


def _both_kinds_of_booleans(proposals: list[Proposal]) -> list[str]:
    """A note where flags and Booleans with a value meet: one algorithm passes all its Booleans alike."""
    booleans = [proposal for proposal in proposals if proposal.type == "Boolean"]
    flags = [proposal.name for proposal in booleans if proposal.flag]
    others = [proposal.name for proposal in booleans if not proposal.flag]
    if not flags or not others:
        return []
    return [
        f"Booleans are all passed alike, but here {', '.join(flags)} are flags and {', '.join(others)} take a"
        " value. Leave one kind unticked; the extra arguments can name what you want of it."
    ]


def _names_in(file: SourceFile, files: list[SourceFile]) -> dict[str, ast.expr]:
    """The constants a file can name: its own, and those it imports from other files of the directory."""
    everywhere = {name: value for other in files for name, value in constants(other.tree).items()}
    imported = {
        alias.asname or alias.name: everywhere[alias.name]
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in everywhere
    }
    return imported | constants(file.tree)


def _read_file(
    file: SourceFile,
    names: dict[str, ast.expr],
    is_boot: bool,
    found: Arguments,
    types: dict[str, HyperparameterType],
) -> None:
    calls = [*_calls(file.tree, is_boot), *click_arguments(file.tree, names)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        try:
            found.proposals.append(_proposal(call, names, types, file.path))
        except _LeftOut as reason:
            if str(reason):
                found.notes.append(f"{file.path}, line {call.lineno}: {reason}")
    for call in _method_calls(file.tree, "add_parser"):
        name = literal(call.args[0], names) if call.args else None
        found.notes.append(
            f"{file.path}, line {call.lineno}: arguments of the subcommand {name or '…'} need its name in "
            "front: add it as a positional String."
        )


def _calls(tree: ast.Module, is_boot: bool) -> Iterator[ast.Call]:
    """Calls of add_argument, also under a shorter name; not those an imported file makes run by itself."""
    body = [node for node in tree.body if is_boot or not _is_main_block(node)]
    top = ast.Module(body=body, type_ignores=[])
    short = {
        target.id
        for node in ast.walk(top)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute)
        if node.value.attr == "add_argument"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    yield from _method_calls(top, "add_argument")
    for node in ast.walk(top):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in short:
            yield node


def _method_calls(tree: ast.AST, method: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
            yield node


def _is_main_block(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)


def _proposal(
    call: ast.Call, names: dict[str, ast.expr], types: dict[str, HyperparameterType], path: str
) -> Proposal:
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    name, positional = _name(call, names)
    action = last_name(given["action"]) if "action" in given else "store"
    if action in IGNORED:
        raise _LeftOut
    if action in NOT_ONE_VALUE:
        raise _LeftOut(f"{name} is left out: {NOT_ONE_VALUE[action]}.")
    notes: list[str] = []
    _check_nargs(name, given, names, notes)
    choices = _choices(given, names, notes)
    default = None if positional and "nargs" not in given else _default(given, names, notes)
    if any(keyword.arg is None for keyword in call.keywords):
        notes.append("More is said of it by ** when the script runs: check type and default.")
    flag = action in FLAGS
    if action == "BooleanOptionalAction" and default is True:
        notes.append(f"Left out, it stays True: to switch it off, write --no-{name} in the extra arguments.")
    type_: HyperparameterType = "Boolean" if flag else _type(given, default, choices, types, notes)
    if action in ("store_true", "store_false"):
        default = False  # whether the flag is given, not what the script makes of it
    return Proposal(
        name=name,
        type=type_,
        default=_fitting(default, type_),
        choices=tuple(
            value for value in (_fitting(choice, type_) for choice in choices) if value is not None
        ),
        required=positional or literal(given.get("required"), names) is True,
        positional=positional,
        flag=flag,
        description=_description(literal(given.get("help"), names)),
        note=" ".join(notes),
        file=path,
        line=call.lineno,
    )


def _name(call: ast.Call, names: dict[str, ast.expr]) -> tuple[str, bool]:
    """The name on the command line without dashes, and whether it is positional."""
    options = [literal(argument, names) for argument in call.args]
    if not options or not all(isinstance(option, str) and option for option in options):
        raise _LeftOut("the name of the argument is computed when the script runs; add it by hand.")
    long = [option[2:] for option in options if option.startswith("--")]
    positional = not options[0].startswith("-")
    if not long and not positional:
        raise _LeftOut(
            f"{options[0]} is left out: it has no long form (--name). Write it in the extra arguments."
        )
    name = options[0] if positional else next(filter(NAME.fullmatch, long), long[0])
    if not NAME.fullmatch(name):
        raise _LeftOut(f"{name} is left out: the name has characters that cannot be passed.")
    return name, positional


def _check_nargs(name: str, given: dict, names: dict[str, ast.expr], notes: list[str]) -> None:
    nargs = literal(given.get("nargs"), names)
    if isinstance(nargs, int) and nargs > 1:
        raise _LeftOut(f"{name} is left out: it takes {nargs} values.")
    if nargs in ("+", "*"):
        notes.append("Takes several values; one is passed.")


def _choices(given: dict, names: dict[str, ast.expr], notes: list[str]) -> list[Value]:
    if "choices" not in given:
        return []
    values = literal(given["choices"], names)
    if isinstance(values, str):
        return list(values)
    if isinstance(values, list) and all(isinstance(value, str | int | float) for value in values):
        return values
    notes.append("Its choices are computed when the script runs.")
    return []


def _default(given: dict, names: dict[str, ast.expr], notes: list[str]) -> Value | None:
    if "default" not in given or last_name(given["default"]) == "SUPPRESS":
        return None
    try:
        value = value_of(given["default"], names)
    except Computed:
        notes.append("Its default is computed when the script runs.")
        return None
    if value is None or isinstance(value, str | int | float):
        return value
    notes.append("Its default is a list.")
    return None


def _type(
    given: dict, default: Any, choices: list[Value], types: dict[str, HyperparameterType], notes: list[str]
) -> HyperparameterType:
    if "type" not in given:
        samples = [value for value in (default, *choices) if value is not None]
        guessed = _common_type(samples)
        if guessed != "String":
            notes.append("The script names no type and will get text.")
        return guessed
    node = given["type"]
    name = last_name(node)
    if name == "bool":
        notes.append("With type=bool the script takes any text for True.")
    if name in TYPES:
        return TYPES[name]
    if isinstance(node, ast.Lambda):
        return _converted(node.body) or _common_type([default, *choices])
    return types.get(name) or _common_type([default, *choices])


def _common_type(values: list[Any]) -> HyperparameterType:
    values = [value for value in values if value is not None]
    if values and all(isinstance(value, bool) for value in values):
        return "Boolean"
    if values and all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return "Integer"
    if values and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return "Float"
    return "String"


def _types_of_functions(files: list[SourceFile]) -> dict[str, HyperparameterType]:
    """What functions used as `type=` make of a text, as far as their names and bodies tell."""
    found: dict[str, HyperparameterType] = {}
    for file in files:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.FunctionDef):
                type_ = "Boolean" if "bool" in node.name.lower() else _converted(node)
                if type_:
                    found.setdefault(node.name, type_)
    return found


def _converted(node: ast.AST) -> HyperparameterType | None:
    """The type of the first conversion float(…) or int(…) inside; float wins, since int(float(x)) is rare."""
    called = {last_name(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
    if "float" in called:
        return "Float"
    return "Integer" if "int" in called else None


def _fitting(value: Any, type_: HyperparameterType) -> Value | None:
    """The value in the type, or None where it does not fit: the script's own default then holds."""
    try:
        if value is None:
            return None
        if type_ == "Boolean":
            return value if isinstance(value, bool) else None
        if type_ == "Float":
            number = float(value)
            return number if abs(number) < float("inf") else None
        if type_ == "Integer":
            return int(value) if not isinstance(value, float) or value.is_integer() else None
    except (TypeError, ValueError, OverflowError):
        return None
    return str(value)


def _description(text: Any) -> str:
    """A help text in the characters a description may have."""
    if not isinstance(text, str):
        return ""
    text = unicodedata.normalize("NFKD", text)  # é becomes e with an accent, which goes below
    text = re.sub(r"[(\[]?(default\s*[:=]?\s*)?%\(\w+\)\w[)\]]?", "", text).replace("%%", " percent")
    text = re.sub(r"[:;(){}\[\]/|]+", " ", text)
    return " ".join(re.sub(r"[^A-Za-z0-9 _,.-]", "", text).split())[:256].strip()


def _set_defaults(file: SourceFile, names: dict[str, ast.expr]) -> dict[str, Any]:
    """Defaults given later by `parser.set_defaults(name=value)`, by the name in the script."""
    return {
        keyword.arg: literal(keyword.value, names)
        for call in _method_calls(file.tree, "set_defaults")
        for keyword in call.keywords
        if keyword.arg
    }


def _with_default(proposal: Proposal, defaults: dict[str, Any]) -> Proposal:
    value = defaults.get(proposal.name.replace("-", "_"))
    if value is None or proposal.flag:
        return proposal
    return Proposal(**{**proposal.__dict__, "default": _fitting(value, proposal.type)})


def _first_of_each(proposals: list[Proposal]) -> list[Proposal]:
    """One proposal a name: parsers of several modes repeat theirs."""
    found: dict[str, Proposal] = {}
    for proposal in proposals:
        found.setdefault(proposal.name, proposal)
    return list(found.values())
