"""Write the simplest pattern that reads exactly the chosen numbers of a sample."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from algorithms.patterns.choice import Target
from algorithms.patterns.names import words
from algorithms.patterns.readings import Reading
from algorithms.patterns.rows import row_patterns
from algorithms.patterns.scene import Scene
from algorithms.patterns.shapes import (
    COMMA_NUMBER,
    FORTRAN_NUMBER,
    NUMBER,
    THOUSANDS_NUMBER,
    alternatives,
    common_prefix,
    literal,
    part_shape,
    parts,
    shape,
)
from runtime.indicator import IndicatorReader, PatternError
from runtime.lines import Line
from runtime.pattern import MAX_PATTERN_LENGTH

_MOST_TRIALS = 400
_MOST_SHAPED = 300  # readings that the shape of a pattern is taken from; all are checked
_BOUNDARY = r"(?:^|[^\w/.-])"
_GAPS = (r"[^\n]*?", r"[^|\n]*?", r"[^\[\n]*?", r"[^{}\n]*?", r"[^:\n]*?", r"[^,\n]*?", r"[^=\n]*?")


@dataclass(frozen=True)
class Draft:
    """A candidate pattern and what it does, in words."""

    pattern: str
    explanation: str


@dataclass(frozen=True)
class Fit:
    """How a draft does on the sample: `exact` when it reads the chosen numbers and no others."""

    draft: Draft
    exact: bool
    agreement: float  # F1 of the numbers read against the numbers chosen


def synthesise(target: Target, scene: Scene, asked: tuple[str, ...]) -> Fit | None:
    """Return the first draft that is exact, else the one that agrees most; None when none can be written."""
    wanted = _places(target, scene.lines)
    lines = [Line(number, 0, text.encode()) for text, number in zip(scene.lines, scene.numbers, strict=True)]
    best: Fit | None = None
    tried: set[str] = set()
    for draft in drafts(target, scene, asked):
        if draft.pattern in tried or len(draft.pattern) > MAX_PATTERN_LENGTH:
            continue
        tried.add(draft.pattern)
        agreement = agree(draft.pattern, lines, wanted)
        if best is None or agreement > best.agreement:
            best = Fit(draft, agreement == 1.0, agreement)
        if agreement == 1.0 or len(tried) >= _MOST_TRIALS:
            break
    return best


def _places(target: Target, lines: list[str]) -> list[tuple[int, int]]:
    return sorted((item.row, len(lines[item.row][: item.start].encode())) for item in target.readings)


def agree(pattern: str, lines: list[Line], wanted: list[tuple[int, int]]) -> float:
    """Return the F1 of the places a pattern reads against the wanted ones; 0 when it cannot be used."""
    try:
        reader = IndicatorReader(pattern)
    except PatternError:
        return 0.0
    places = set(wanted)
    hits = 0
    found = 0
    for hit in reader.hits(lines):
        found += 1
        hits += (hit.row, hit.value[0]) in places
        if found > 2 * len(places) + 50:
            break
    return 2 * hits / (found + len(places)) if hits else 0.0


def drafts(target: Target, scene: Scene, asked: tuple[str, ...]) -> Iterator[Draft]:
    """Yield candidate patterns, the plainest first."""
    number = _number_expression(target.readings, scene.lines)
    columns = [item for item in target.readings if item.kind == "column"]
    if columns:
        for pattern, words_for_it in row_patterns(columns, scene.lines, scene.tables, number):
            yield Draft(pattern, words_for_it)
    rest = [item for item in target.readings if item.kind != "column"]
    if not rest:
        return
    kinds = {item.kind for item in rest}
    if kinds == {"after"}:
        yield from _after_drafts(rest, scene.lines, number)
    elif kinds == {"below"}:
        yield from _below_drafts(rest, scene.lines, number)
    else:
        named = [item for item in rest if item.kind in ("named", "listed", "more")][:_MOST_SHAPED]
        yield from _named_drafts(named, target.sections, scene.lines, number, asked)


def _number_expression(readings: list[Reading], lines: list[str]) -> str:
    texts = [lines[item.row][item.start : item.end] for item in readings]
    if any(re.match(r"[-+]?\d{1,3}(?:,\d{3})+(?!\d)", text) for text in texts):
        return f"({THOUSANDS_NUMBER})"
    if any(re.search(r"[dD]", text) for text in texts):
        return f"({FORTRAN_NUMBER})"
    if any("," in text for text in texts):
        return f"({COMMA_NUMBER})"
    return f"({NUMBER})"


def _core(readings: list[Reading], lines: list[str], number: str) -> Iterator[tuple[str, str]]:
    """Yield expressions from the beginning of the name to the number, with the name they read."""
    names = [lines[item.name_row][item.name_start : item.name_end] for item in readings]
    between = [shape(lines[item.row][item.name_end : item.start]) for item in readings]
    quoted = " or ".join(f"“{name}”" for name in dict.fromkeys(names))
    name = alternatives([literal(name) for name in names])
    gap = alternatives(between)
    pairs = alternatives(
        [literal(name) + between[place] for place, name in enumerate(names)],
        most=3,
    )
    if name is not None and gap is not None:
        yield name + gap + number, quoted
    if pairs is not None:
        yield pairs + number, quoted
    if name is not None:
        marks = "".join(sorted({mark for item in readings for mark in _marks(lines, item)}))
        yield rf"{name}[{re.escape(marks)}\s]*{number}", quoted
        yield rf"{name}[^\d\n]*?{number}", quoted
    shapes = alternatives([shape(name) for name in names])
    if shapes is not None and gap is not None:
        yield shapes + gap + number, quoted


def _marks(lines: list[str], item: Reading) -> set[str]:
    return {
        mark for mark in lines[item.row][item.name_end : item.start] if not mark.isalnum() and mark != " "
    }


def _named_drafts(
    readings: list[Reading], sections: dict[int, int], lines: list[str], number: str, asked: tuple[str, ...]
) -> Iterator[Draft]:
    lefts = list(_lefts(readings, lines, asked))
    rights = list(_rights(readings, lines))
    for core, name in _core(readings, lines, number):
        if sections:
            for head, told in _section_heads(readings, sections, lines, asked):
                for left, _ in lefts[:3]:
                    yield Draft(rf"{head}[^\n]*?{left}{core}", f"reads the number after {name} {told}")
            continue
        for (right, after), (left, where) in product(rights, lefts):
            yield Draft(f"{left}{core}{right}", f"reads the number after {name}{where}{after}")


def _lefts(readings: list[Reading], lines: list[str], asked: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    befores = [lines[item.row][: item.name_start] for item in readings]
    wordy = all(re.match(r"\w", lines[item.row][item.name_start :]) for item in readings)
    wanting = set(asked) - set(words(readings[0].name))
    if wanting:
        yield from _anchors(befores, tuple(wanting), _BOUNDARY if wordy else "", only_asked=True)
    if wordy:
        yield _BOUNDARY, ""
        yield r"\b", ""
    yield "", ""
    tails = [list(reversed(parts(before)))[:6] for before in befores]
    shaped = [[part_shape(part) for part in tail] for tail in tails]
    tail = common_prefix(shaped)
    for length in range(1, len(tail) + 1):
        expression = "".join(reversed(tail[:length]))
        if expression.strip(r"\s*"):
            yield expression, f" where it follows “{''.join(reversed(tails[0][:length])).strip()}”"
    if all(not before.strip() for before in befores):
        yield r"^\s*", " at the beginning of a line"
    yield from _anchors(befores, asked, _BOUNDARY if wordy else "")
    heads = common_prefix([[part_shape(part) for part in parts(before)][:12] for before in befores])
    for length in range(1, len(heads) + 1):
        expression = "".join(heads[:length])
        if expression not in (r"\s*", ""):
            yield rf"^{expression}.*?{_BOUNDARY if wordy else ''}", " in lines that begin alike"
    yield rf"^.*?{_BOUNDARY if wordy else ''}", ", the first on its line"
    whole = alternatives([shape(before) for before in befores], most=2)
    if whole is not None:
        yield f"^{whole}", " in lines that begin alike"


def _anchors(
    befores: list[str], asked: tuple[str, ...], boundary: str, only_asked: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield contexts "word … name", for words that stand left of the name in every chosen line."""
    found = [re.findall(r"[^\W\d]\w*", before) for before in befores]
    common = [word for word in dict.fromkeys(reversed(found[0])) if all(word in words_ for words_ in found)]
    ranked = sorted(common, key=lambda word: not set(words(word)) & set(asked))
    if only_asked:
        ranked = [word for word in ranked if set(words(word)) & set(asked)]
    for word in ranked[:8]:
        for gap in _GAPS:
            tight = "" if boundary.startswith("(") and gap == _GAPS[0] else boundary
            yield rf"\b{word}\b{gap}{tight or boundary}", f" in lines with “{word}” before it"


def _rights(readings: list[Reading], lines: list[str]) -> Iterator[tuple[str, str]]:
    yield "", ""
    afters = [parts(lines[item.row][item.end : item.end + 60])[:5] for item in readings]
    common = common_prefix([[part_shape(part) for part in after] for after in afters])
    for length in range(1, len(common) + 1):
        expression = "".join(common[:length])
        if expression.strip(r"\s*"):
            yield expression, f" where “{''.join(afters[0][:length]).strip()}” follows"
    if all(not lines[item.row][item.end :].strip() for item in readings):
        yield r"\s*$", " at the end of a line"


def _section_heads(
    readings: list[Reading], sections: dict[int, int], lines: list[str], asked: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield expressions for the line that names the block and for the lines between it and the number."""
    pairs = [(sections[item.row], item.row) for item in readings if item.row in sections]
    heads = [lines[head].strip() for head, _ in pairs]
    between = [
        line for head, row in pairs for line in lines[head + 1 : row + 1] if line.strip()
    ]  # the window leaves empty lines out
    distances = [sum(1 for line in lines[head + 1 : row] if line.strip()) for head, row in pairs]
    expressions = []
    same = len(set(heads)) == 1 and len(heads) > 1
    whole = literal(heads[0]) if same else alternatives([shape(head) for head in heads], most=3)
    if whole is not None and len(whole) < 160:
        expressions.append(rf"^\s*{whole}\s*\n")
    named = [word for word in re.findall(r"[^\W\d]\w*", heads[0]) if set(words(word)) & set(asked)]
    expressions += [rf"\b{word}\b[^\n]*\n" for word in named if all(word in head for head in heads)]
    first = {(parts(line.strip()) or [""])[0] for line in between}
    skips: list[str] = []
    if all(line[:1].isspace() for line in between):
        skips.append(r"(?:\s[^\n]*\n)*?")
    opening = alternatives([part_shape(part) for part in sorted(first) if part], most=3)
    if opening is not None:
        skips.append(rf"(?:\s*{opening}[^\n]*\n)*?")
    initials = {head[:1] for head in heads}
    if all(line.strip()[:1] not in initials for line in between):
        skips.append(rf"(?:\s*[^{re.escape(''.join(sorted(initials)))}\s][^\n]*\n)*?")
    skips.append(rf"(?:[^\n]*\n){{0,{max(distances)}}}?" if max(distances) else "")
    told = f"in the block after a line like “{heads[0][:60]}”"
    for expression, skip in product(expressions, skips):
        yield expression + skip, told


def _after_drafts(readings: list[Reading], lines: list[str], number: str) -> Iterator[Draft]:
    names = [lines[item.row][item.name_start : item.name_end] for item in readings]
    name = alternatives([literal(name) for name in names])
    gap = alternatives([shape(lines[item.row][item.end : item.name_start]) for item in readings])
    if name is None or gap is None:
        return
    told = f"reads the number before “{names[0]}”"
    befores = [list(reversed(parts(lines[item.row][: item.start])))[:4] for item in readings]
    tail = common_prefix([[part_shape(part) for part in before] for before in befores])
    afters = [parts(lines[item.row][item.name_end : item.name_end + 40])[:3] for item in readings]
    head = common_prefix([[part_shape(part) for part in after] for after in afters])
    lefts = [r"(?:^|[^\w.])", *("".join(reversed(tail[:length])) for length in range(1, len(tail) + 1))]
    rights = [r"\b", *("".join(head[:length]) for length in range(1, len(head) + 1)), r"\s*$"]
    for left, right in product(lefts, rights):
        yield Draft(f"{left}{number}{gap}{name}{right}", told)


def _below_drafts(readings: list[Reading], lines: list[str], number: str) -> Iterator[Draft]:
    names = [lines[item.name_row][item.name_start : item.name_end] for item in readings]
    name = alternatives([literal(name) for name in names])
    if name is None:
        return
    before = alternatives([shape(lines[item.row][: item.start].lstrip()) for item in readings])
    if before is None:
        return
    for left in (r"^\s*", ""):
        yield Draft(
            rf"{left}{name}[^\w\n]*\n\s*{before}{number}", f"reads the number on the line under “{names[0]}”"
        )
