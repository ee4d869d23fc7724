"""What an expression of a script is worth, where that can be told without running it."""

import ast
import operator
from typing import Any

LARGEST_EXPONENT = 64
LONGEST_RANGE = 1000
OPERATORS: dict[type[ast.operator], Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
CONVERSIONS = {
    "list": list,
    "tuple": tuple,
    "set": list,
    "sorted": sorted,
    "float": float,
    "int": int,
    "str": str,
    "Path": str,
}


class Computed(Exception):
    """The value is known only when the script runs."""


def constants(tree: ast.Module) -> dict[str, ast.expr]:
    """The module's names that are assigned exactly once at its top level, with their expressions."""
    found: dict[str, ast.expr] = {}
    repeated = set()
    for statement in tree.body:
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
        elif isinstance(statement, ast.AnnAssign) and value is not None:
            target = statement.target
        else:
            continue
        if isinstance(target, ast.Name):
            repeated |= {target.id} & found.keys()
            found[target.id] = value
    return {name: value for name, value in found.items() if name not in repeated}


def value_of(node: ast.expr, names: dict[str, ast.expr], depth: int = 0) -> Any:
    """The value of a literal, a simple sum of them, or a constant of the module. Raises Computed."""
    if depth > 20:
        raise Computed
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name) and node.id in names:
        return value_of(names[node.id], names, depth + 1)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [value_of(item, names, depth + 1) for item in node.elts]
    if isinstance(node, ast.Dict):
        return _keys(node, names, depth)
    if isinstance(node, ast.UnaryOp):
        return _signed(node, names, depth)
    if isinstance(node, ast.BinOp):
        return _calculated(node, names, depth)
    if isinstance(node, ast.Call):
        return _called(node, names, depth)
    raise Computed


def literal(node: ast.expr | None, names: dict[str, ast.expr]) -> Any:
    """The value of an expression, or None where it is computed or missing."""
    try:
        return None if node is None else value_of(node, names)
    except Computed:
        return None


def last_name(node: ast.expr) -> str:
    """`float` of float, `Path` of pathlib.Path, "store_true" of the text."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _keys(node: ast.Dict, names: dict[str, ast.expr], depth: int) -> list[Any]:
    """A dictionary stands for its keys: that is what `choices` looks at."""
    if any(key is None for key in node.keys):
        raise Computed
    return [value_of(key, names, depth + 1) for key in node.keys if key is not None]


def _signed(node: ast.UnaryOp, names: dict[str, ast.expr], depth: int) -> Any:
    value = value_of(node.operand, names, depth + 1)
    if isinstance(node.op, ast.Not):
        return not value
    if isinstance(node.op, ast.USub | ast.UAdd) and isinstance(value, int | float):
        return -value if isinstance(node.op, ast.USub) else value
    raise Computed


def _calculated(node: ast.BinOp, names: dict[str, ast.expr], depth: int) -> Any:
    left, right = value_of(node.left, names, depth + 1), value_of(node.right, names, depth + 1)
    both_numbers = isinstance(left, int | float) and isinstance(right, int | float)
    both_texts = isinstance(left, str) and isinstance(right, str) and isinstance(node.op, ast.Add)
    both_lists = isinstance(left, list) and isinstance(right, list) and isinstance(node.op, ast.Add)
    too_large = isinstance(node.op, ast.Pow) and both_numbers and abs(right) > LARGEST_EXPONENT
    if type(node.op) not in OPERATORS or too_large or not (both_numbers or both_texts or both_lists):
        raise Computed
    try:
        return OPERATORS[type(node.op)](left, right)
    except ArithmeticError:
        raise Computed from None


def _called(node: ast.Call, names: dict[str, ast.expr], depth: int) -> Any:
    if isinstance(node.func, ast.Attribute) and node.func.attr == "keys" and not node.args:
        return value_of(node.func.value, names, depth + 1)
    if not isinstance(node.func, ast.Name) or node.keywords:
        raise Computed
    values = [value_of(argument, names, depth + 1) for argument in node.args]
    try:
        if node.func.id == "range" and all(isinstance(value, int) for value in values):
            return list(range(*values)[:LONGEST_RANGE])
        if node.func.id in CONVERSIONS and len(values) == 1:
            return CONVERSIONS[node.func.id](values[0])
    except (TypeError, ValueError, OverflowError):
        pass
    raise Computed
