"""Find what a training script prints, without running it, as lines such as its log will have."""

import ast
import re
import string
from dataclasses import dataclass
from itertools import product

_LEVELS = {"debug", "info", "warning", "warn", "error", "critical", "exception", "success", "log"}
_LOGGERS = {"log", "logger", "logging", "_logger", "_log", "loguru", "lg"}
_WRITERS = {"write", "echo", "print", "secho", "print_log", "pprint", "rprint", "log_info", "print_fn"}
_WORDS = {
    "phase", "split", "mode", "stage", "name", "device", "path", "dataset", "key", "metric", "arch", "model", "tag",
    "now", "timestamp", "date", "title", "prefix", "desc", "msg", "filename", "status",
}  # fmt: skip
_COUNTS = {
    "epoch",
    "epochs",
    "step",
    "steps",
    "i",
    "j",
    "it",
    "iteration",
    "batch",
    "idx",
    "n",
    "total",
    "fold",
    "t",
}
_PERCENT_SPEC = re.compile(
    r"%(?:\((?P<key>\w+)\))?[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?P<type>[diouxXeEfFgGcrsa%])"
)
MAX_SOURCE = 1_000_000
_MOST_VARIANTS = 4
_DEPTH = 6


@dataclass(frozen=True)
class Printed:
    """A line that the script prints from source line `line`, with made-up numbers."""

    line: int
    text: str


def source_prints(source: str) -> list[Printed]:
    """Return what the print and logging calls of a script write; empty for source that is not Python."""
    try:
        tree = ast.parse(source[:MAX_SOURCE])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    try:
        return _Reader(tree).prints()
    except RecursionError:
        return []


def sample_of(source: str) -> str:
    """Return a log as the script may print it: its lines in two rounds."""
    prints = source_prints(source)
    return "\n".join(printed.text for _ in range(2) for printed in prints)


class _Reader:
    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._assigned: dict[str, ast.expr] = {}
        self._loops: dict[str, list[str]] = {}
        self._count = 0
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Assign)
                and len(node.targets) == 1
                and isinstance(node.targets[0], ast.Name)
            ):
                self._assigned[node.targets[0].id] = node.value
            elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                before = self._assigned.get(node.target.id)
                if before is not None and isinstance(node.op, ast.Add):
                    self._assigned[node.target.id] = ast.BinOp(before, ast.Add(), node.value)
            elif isinstance(node, (ast.For, ast.comprehension)):
                self._read_loop(node.target, node.iter)

    def _read_loop(self, target: ast.expr, over: ast.expr) -> None:
        if isinstance(target, ast.Name) and isinstance(over, (ast.List, ast.Tuple)):
            texts = [item.value for item in over.elts if isinstance(item, ast.Constant)]
            texts = [text for text in texts if isinstance(text, str)]
            if texts and len(texts) == len(over.elts):
                self._loops[target.id] = texts[:_MOST_VARIANTS]

    def prints(self) -> list[Printed]:
        calls = [node for node in ast.walk(self._tree) if isinstance(node, ast.Call)]
        found: list[Printed] = []
        for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
            for text in self._variants(call):
                found += [Printed(call.lineno, line) for line in text.split("\n") if line.strip()]
        return found

    def _variants(self, call: ast.Call) -> list[str]:
        """Render a call once for each value that loops over literal words give their variables."""
        used = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)} & set(self._loops)
        names = sorted(used)[:2]
        out = []
        loops = dict(self._loops)
        for values in list(product(*(loops[name] for name in names)))[:_MOST_VARIANTS]:
            self._loops = {**loops, **{name: [value] for name, value in zip(names, values, strict=True)}}
            text = self._call(call)
            if text is not None:
                out.append(text)
        self._loops = loops
        return out

    def _call(self, call: ast.Call) -> str | None:
        name = _callee(call)
        if name in ("print", "rprint", "pprint"):
            return self._joined(call)
        if name in _LEVELS and isinstance(call.func, ast.Attribute) and _is_logger(call.func.value):
            return self._logged(call)
        if name in _WRITERS and isinstance(call.func, ast.Attribute) and call.args:
            return self._text(call.args[0], _DEPTH)
        if name in ("set_postfix", "set_postfix_str", "set_description", "set_description_str"):
            return self._progress(call)
        return None

    def _joined(self, call: ast.Call) -> str:
        options = {item.arg: item.value for item in call.keywords}
        separator = options.get("sep")
        text = separator.value if isinstance(separator, ast.Constant) else " "
        return str(text if text is not None else " ").join(self._text(item, _DEPTH) for item in call.args)

    def _logged(self, call: ast.Call) -> str | None:
        args = call.args[1:] if _callee(call) == "log" else call.args
        if not args:
            return None
        first = args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and len(args) > 1:
            text = self._percent(first.value, args[1:], _DEPTH)
        else:
            text = self._text(first, _DEPTH)
        extra = " ".join(
            f"{item.arg}={self._text(item.value, _DEPTH)}"
            for item in call.keywords
            if item.arg and item.arg not in ("exc_info", "extra", "stacklevel", "stack_info")
        )
        return f"INFO: {text} {extra}".rstrip()

    def _progress(self, call: ast.Call) -> str:
        if call.keywords:
            return ", ".join(
                f"{item.arg}={self._text(item.value, _DEPTH)}" for item in call.keywords if item.arg
            )
        first = call.args[0] if call.args else None
        resolved = self._assigned.get(first.id, first) if isinstance(first, ast.Name) else first
        if isinstance(resolved, ast.Dict):
            pairs = zip(resolved.keys, resolved.values, strict=True)
            return ", ".join(
                f"{self._text(key, _DEPTH)}={self._text(value, _DEPTH)}" for key, value in pairs if key
            )
        return self._text(resolved, _DEPTH) if resolved is not None else ""

    def _text(self, node: ast.expr, depth: int, spec: str = "") -> str:
        """Return an expression as it would be printed."""
        if depth <= 0:
            return self._field("", spec)
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(self._text(part, depth - 1) for part in node.values)
        if isinstance(node, ast.FormattedValue):
            return self._text(node.value, depth - 1, self._spec(node.format_spec))
        if isinstance(node, ast.BinOp):
            return self._operation(node, depth, spec)
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            inner = ", ".join(
                f"{self._key(key, depth)}: {self._text(value, depth - 1)}" for key, value in pairs if key
            )
            return "{" + inner + "}"
        if isinstance(node, (ast.List, ast.Tuple)):
            inner = ", ".join(self._text(item, depth - 1) for item in node.elts)
            return f"[{inner}]" if isinstance(node, ast.List) else f"({inner})"
        if isinstance(node, ast.Call):
            return self._called(node, depth, spec)
        if isinstance(node, ast.IfExp):
            return self._text(node.body, depth - 1, spec)
        return self._variable(node, depth, spec)

    def _key(self, node: ast.expr, depth: int) -> str:
        text = self._text(node, depth - 1)
        return repr(text) if isinstance(node, (ast.Constant, ast.JoinedStr)) else text

    def _spec(self, spec: ast.expr | None) -> str:
        if not isinstance(spec, ast.JoinedStr):
            return ""
        return "".join(str(part.value) for part in spec.values if isinstance(part, ast.Constant))

    def _operation(self, node: ast.BinOp, depth: int, spec: str) -> str:
        left = node.left
        if isinstance(node.op, ast.Mod) and isinstance(left, ast.Constant) and isinstance(left.value, str):
            right = node.right
            return self._percent(
                left.value, list(right.elts) if isinstance(right, ast.Tuple) else [right], depth
            )
        texty = any(isinstance(part, (ast.Constant, ast.JoinedStr)) for part in (left, node.right))
        if isinstance(node.op, ast.Add) and (texty or isinstance(left, (ast.BinOp, ast.Call))) and not spec:
            return self._text(left, depth - 1) + self._text(node.right, depth - 1)
        if isinstance(node.op, ast.Mult) and isinstance(left, ast.Constant) and isinstance(left.value, str):
            return left.value * 10
        return self._field("", spec)

    def _percent(self, template: str, args: list[ast.expr], depth: int) -> str:
        values = iter(args)
        mapping = args[0] if len(args) == 1 and isinstance(args[0], ast.Dict) else None

        def fill(match: re.Match[str]) -> str:
            if match["type"] == "%":
                return "%"
            kind = {"i": "d", "u": "d", "r": "", "s": ""}.get(match["type"], match["type"])
            if match["key"]:
                found = None
                if mapping is not None:
                    pairs = zip(mapping.keys, mapping.values, strict=True)
                    found = next(
                        (v for k, v in pairs if isinstance(k, ast.Constant) and k.value == match["key"]), None
                    )
                return self._text(found, depth - 1, kind) if found else self._field(match["key"], kind)
            value = next(values, None)
            return self._field("", kind) if value is None else self._text(value, depth - 1, kind)

        return _PERCENT_SPEC.sub(fill, template)

    def _called(self, node: ast.Call, depth: int, spec: str) -> str:
        name = _callee(node)
        if isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if name == "format" and isinstance(owner, ast.Constant) and isinstance(owner.value, str):
                return self._formatted(owner.value, node, depth)
            if name == "join" and isinstance(owner, ast.Constant) and node.args:
                return self._text(node.args[0], depth - 1)
            if name in (
                "item",
                "mean",
                "cpu",
                "numpy",
                "sum",
                "detach",
                "tolist",
                "strip",
                "compute",
                "rjust",
                "ljust",
            ):
                return self._text(owner, depth - 1, spec)
            if name == "dumps" and node.args:
                return self._text(node.args[0], depth - 1).replace("'", '"')
        if name in ("str", "float", "round", "dict", "repr", "format") and node.args:
            return self._text(node.args[0], depth - 1, spec)
        if name == "dict":
            inner = ", ".join(
                f"'{item.arg}': {self._text(item.value, depth - 1)}" for item in node.keywords if item.arg
            )
            return "{" + inner + "}"
        return self._field("n" if name in ("len", "int") else name, spec)

    def _formatted(self, template: str, call: ast.Call, depth: int) -> str:
        named = {item.arg: item.value for item in call.keywords if item.arg}
        out, position = "", 0
        try:
            pieces = list(string.Formatter().parse(template))
        except ValueError:
            return template
        for text, key, spec, _ in pieces:
            out += text
            if key is None:
                continue
            root = re.split(r"[.\[]", key)[0]
            value: ast.expr | None
            if root == "" or root.isdigit():
                index = position if root == "" else int(root)
                position += root == ""
                value = call.args[index] if index < len(call.args) else None
            else:
                value = named.get(root)
            out += (
                self._field(root, spec or "") if value is None else self._text(value, depth - 1, spec or "")
            )
        return out

    def _variable(self, node: ast.expr, depth: int, spec: str) -> str:
        if isinstance(node, ast.Name):
            if node.id in self._loops:
                return self._loops[node.id][0]
            value = self._assigned.get(node.id)
            if isinstance(value, (ast.JoinedStr, ast.Dict, ast.BinOp)) and not spec:
                return self._text(value, depth - 1)
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                return value.value
        return self._field(_last_name(node), spec)

    def _field(self, name: str, spec: str) -> str:
        """Return a made-up value of the kind that name and format tell."""
        self._count += 1
        kind = spec[-1:]
        lowered = name.lower()
        if kind == "%":
            return f"{50 + self._count % 40}.{self._count % 10}%"
        if kind == "d" or (
            not kind.isalpha() and (lowered in _COUNTS or lowered.endswith(("_idx", "epoch", "step")))
        ):
            return str(self._count)
        if kind == "s" or lowered in _WORDS or lowered.endswith(("_name", "_path", "_dir", "_str")):
            return "word"
        if kind in ("e", "E"):
            return f"{1 + self._count % 8}.{self._count % 90 + 10}e-01"
        return f"0.{1000 + self._count * 37 % 9000}"


def _callee(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_logger(node: ast.expr) -> bool:
    return _last_name(node).lower() in _LOGGERS or _last_name(node).lower().endswith("logger")


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            return node.slice.value
        return _last_name(node.value)
    if isinstance(node, ast.Call):
        return _callee(node)
    return ""
