"""The files of a code directory that a boot file is made of: itself and what it imports from there."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

MOST_FILES = 100


@dataclass(frozen=True)
class SourceFile:
    """One parsed file; `problem` says why it could not be parsed, and then the tree is empty."""

    path: str
    text: str
    tree: ast.Module
    problem: str = ""


def reached_files(
    boot_file: str, read: Callable[[str], str | None], folders: Iterable[str] = ()
) -> list[SourceFile]:
    """The boot file, then what it imports from the code directory, in the order of first import.

    `read` gives the text of a path inside the code directory, or None where there is no such file. `folders`
    are further places imports are looked for, as on PYTHONPATH. Nothing is run.
    """
    roots = list(dict.fromkeys([_folder(boot_file), "", *(folder.strip("/") for folder in folders)]))
    found: dict[str, SourceFile] = {}
    waiting = [boot_file]
    while waiting and len(found) < MOST_FILES:
        path = waiting.pop(0)
        text = None if path in found else read(path)
        if text is None:
            continue
        found[path] = file = _parse(path, text)
        waiting += [candidate for candidate in _imports(file, roots) if candidate not in found]
    return list(found.values())


def _parse(path: str, text: str) -> SourceFile:
    try:
        return SourceFile(path, text, ast.parse(text.removeprefix("\ufeff")))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f" (line {error.lineno})" if isinstance(error, SyntaxError) else ""
        problem = f"{path}{line} is not Python that this console can read."
        return SourceFile(path, text, ast.Module(body=[], type_ignores=[]), problem)


def _imports(file: SourceFile, roots: list[str]) -> Iterator[str]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _paths(alias.name, roots)
        elif isinstance(node, ast.ImportFrom):
            base, places = node.module or "", roots
            if node.level:
                places = [_above(file.path, node.level)]
            yield from _paths(base, places)
            for alias in node.names:
                yield from _paths(f"{base}.{alias.name}".strip("."), places)


def _paths(module: str, places: list[str]) -> Iterator[str]:
    if not module or "*" in module:
        return
    inside = module.replace(".", "/")
    for place in places:
        start = f"{place}/{inside}" if place else inside
        yield f"{start}.py"
        yield f"{start}/__init__.py"


def _folder(path: str) -> str:
    parent = PurePosixPath(path).parent.as_posix()
    return "" if parent == "." else parent


def _above(path: str, level: int) -> str:
    folder = _folder(path)
    for _ in range(level - 1):
        folder = _folder(folder)
    return folder
