"""What click's decorators say of a script's options, in the words of argparse."""

import ast
from collections.abc import Iterator

from algorithms.source_values import last_name, literal

PACKAGES = {"click", "rich_click", "asyncclick"}
TYPES = {
    "FloatRange": "float",
    "FLOAT": "float",
    "IntRange": "int",
    "INT": "int",
    "STRING": "str",
    "bool": "BOOL",
}
"""Click's types by argparse's names; unlike argparse's bool, click's BOOL reads the words true and false."""
OF_DEFAULTS = {bool: "BOOL", int: "int", float: "float"}
SAME = ("default", "help", "required", "nargs")


def click_arguments(tree: ast.AST, names: dict[str, ast.expr]) -> Iterator[ast.Call]:
    """Each option and argument as the call of add_argument that would take the same on the command line."""
    if not _imports_click(tree):
        return
    for node in ast.walk(tree):
        for call in getattr(node, "decorator_list", ()):
            if isinstance(call, ast.Call) and last_name(call.func) in ("option", "argument"):
                yield ast.copy_location(_translated(call, names), call)


def _imports_click(tree: ast.AST) -> bool:
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module or "")
    return bool(PACKAGES & modules)


def _translated(call: ast.Call, names: dict[str, ast.expr]) -> ast.Call:
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    texts = [literal(argument, names) for argument in call.args]
    is_option = last_name(call.func) == "option"
    if is_option:
        texts = [text for text in texts if not isinstance(text, str) or text.startswith("-")]
    said = {name: given[name] for name in SAME if name in given}
    pair = next((text.split("/") for text in texts if isinstance(text, str) and "/" in text), None)
    if pair:
        texts = [pair[0].strip()]
        usual = pair[1].strip() == texts[0].replace("--", "--no-", 1)
        said["action"] = ast.Constant("BooleanOptionalAction" if usual else "store_true")
    elif _is_true(given, "is_flag", names):
        said["action"] = ast.Constant("store_true")
    elif _is_true(given, "count", names):
        said["action"] = ast.Constant("count")
    else:
        said |= _type(given, names)
    if _is_true(given, "multiple", names) or literal(given.get("nargs"), names) == -1:
        said["nargs"] = ast.Constant("*")
    keywords = [ast.keyword(arg=name, value=value) for name, value in said.items()]
    keywords += [keyword for keyword in call.keywords if keyword.arg is None]
    return ast.Call(func=call.func, args=[ast.Constant(text) for text in texts], keywords=keywords)


def _type(given: dict[str, ast.expr], names: dict[str, ast.expr]) -> dict[str, ast.expr]:
    """Type and choices: as named, else those of the default, as click takes them."""
    node = given.get("type")
    if isinstance(node, ast.Call) and last_name(node.func) == "Choice" and node.args:
        return {"choices": node.args[0], "type": ast.Name("str")}
    if node is not None:
        name = last_name(node.func if isinstance(node, ast.Call) else node)
        return {"type": ast.Name(TYPES.get(name, name))}
    kind = OF_DEFAULTS.get(type(literal(given.get("default"), names)))
    return {"type": ast.Name(kind)} if kind else {}


def _is_true(given: dict[str, ast.expr], name: str, names: dict[str, ast.expr]) -> bool:
    return literal(given.get(name), names) is True
