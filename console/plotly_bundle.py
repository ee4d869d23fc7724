"""Takes out of plotly.min.js what no chart of the console uses.

The package's file holds 47 kinds of traces; most of a first visit is spent on compiling and starting them, maps
and three dimensions above all. The file is esbuild's: every module is `var name=wrap((exports,module)=>{...});`
and is started by `name()`. So the modules that are needed are those that can be reached, by name, from the list
at its end, once that list has only the wanted traces.

What is left is marked to be compiled while it is loaded. Browsers put off compiling a function until it is called,
and the page waits then, unless it stands in brackets: so the function that is the file gets them, and those that are
its modules, for all of them are called at its start.
"""

from __future__ import annotations

import re
from collections import Counter

TRACES = frozenset({"bar", "contour"})
"""What the charts use besides scatter, which Plotly always has."""

_HEAD = re.compile(r"var ([\w$]+)=(\w+)\((?:\(|[\w$]+=>)")
_LIST = re.compile(
    r"\.register\(\[((?:[\w$]+\(\),?)+)\]\);[\w$]+\.exports=[\w$]+\}\);return ([\w$]+)\(\);\}\)\(\);"
)
_KIND = re.compile(r'moduleType:"trace",name:"(\w+)"')
_PASSED_ON = re.compile(r"exports=([\w$]+)\(\)")
_WORD = re.compile(r"[\w$]+")
_START = re.compile(r"[\w$]+(?==\w+$)")
_FILE = re.compile(r"(?<=this, )\(\) => \{.*\n\}(?=\)\);\s*$)", re.DOTALL)
_MODULE = re.compile(r"(var [\w$]+=\w+\()(.*\})(\);\s*)", re.DOTALL)
_OTHER_FORM = re.compile(r"[\w$]+=\w+\(\(\)=>\{")
_SHEET = re.compile(r"(?<=textContent=')\.maplibregl-[^'\\]*(?=')")


def lean(text: str) -> str:
    """The bundle without the traces that are not in `TRACES`; unchanged where it is not built as expected."""
    found = _LIST.search(text)
    modules = _modules(text, found.start()) if found else {}
    root = found[2] if found else ""
    if not found or root not in modules:
        return text
    wanted = [name for name in _WORD.findall(found[1]) if _kind(modules, name) in TRACES]
    if len(wanted) != len(TRACES):
        return text
    every, chosen = found[1], ",".join(f"{name}()" for name in wanted)
    modules[root] = modules[root].replace(every, chosen)
    needed = _reached(modules, root)
    first = text.index(next(iter(modules.values())))
    end = text.index("return ", found.end() - len(found[0]) + len(every))
    parts = [_eager(_SHEET.sub("", body)) for name, body in modules.items() if name in needed]
    return _FILE.sub(_bracketed, text[:first] + "".join(parts) + text[end:])


def _eager(module: str) -> str:
    """The module with its function in brackets; unchanged where others of the other form follow it."""
    whole = None if _OTHER_FORM.search(module) else _MODULE.fullmatch(module)
    return f"{whole[1]}({whole[2]}){whole[3]}" if whole else module


def _bracketed(found: re.Match) -> str:
    return f"({found[0]})"


def _modules(text: str, end: int) -> dict[str, str]:
    """Each module's text by its name, with what stands between it and the next one."""
    heads = list(_HEAD.finditer(text))
    counts = Counter(head[2] for head in heads)
    wrap = max(counts, key=counts.__getitem__, default="")  # the function that is called for every module
    heads = [head for head in heads if head[2] == wrap]
    stop = text.index("return ", end)
    starts = [head.start() for head in heads] + [stop]
    return {head[1]: text[starts[i] : starts[i + 1]] for i, head in enumerate(heads)}


def _kind(modules: dict[str, str], name: str) -> str | None:
    body = modules.get(name, "")
    passed_on = _PASSED_ON.search(body)
    found = _KIND.search(modules.get(passed_on[1], body) if passed_on else body)
    return found[1] if found else None


def _reached(modules: dict[str, str], root: str) -> set[str]:
    """The modules that the root names, directly or through others.

    Text after a module belongs to modules of the other form, `var start=wrap2(()=>{...})`; whoever needs one
    names its start.
    """
    owner = {name: name for name in modules}
    for name, body in modules.items():
        for before in body.split("(()=>")[:-1]:
            if start := _START.search(before[-40:]):
                owner.setdefault(start[0], name)
    reached: set[str] = set()
    waiting = [root]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += {owner[word] for word in _WORD.findall(modules[name]) if word in owner}
    return reached
