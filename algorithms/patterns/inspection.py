"""Show what a pattern reads in a sample, and warn in words of what is likely wrong with it."""

import math
import re
from dataclasses import dataclass, field
from itertools import pairwise

from algorithms.patterns.names import (
    COUNTERS,
    RIVALS,
    SPREADS,
    loose_text,
    split_of,
    suggest_direction,
    words,
)
from algorithms.patterns.readings import Reading, numbers
from algorithms.patterns.scene import Scene, read_scene
from runtime.indicator import PatternError, find

_FILE = re.compile(
    r"(?<![\w./=+-])[\w./=+-]+\.(?:pth?|ckpt|h5|hdf5|pkl|keras|onnx|safetensors|bin|npz|tar|json|zip|model)\b"
)


@dataclass(frozen=True)
class Match:
    """One match: `row` indexes `Inspection.lines`; the spans are in characters of that line."""

    row: int
    line: int
    start: int
    end: int
    value_start: int
    value_end: int
    value: float
    step: float | None


@dataclass(frozen=True)
class Inspection:
    """What a pattern reads in a sample. `low` and `high` are of the finite values, None without any."""

    lines: list[str]
    matches: list[Match] = field(default_factory=list)

    @property
    def values(self) -> list[float]:
        return [match.value for match in self.matches]

    @property
    def count(self) -> int:
        return len(self.matches)

    @property
    def first(self) -> float | None:
        return self.matches[0].value if self.matches else None

    @property
    def last(self) -> float | None:
        return self.matches[-1].value if self.matches else None

    @property
    def low(self) -> float | None:
        return min((value for value in self.values if math.isfinite(value)), default=None)

    @property
    def high(self) -> float | None:
        return max((value for value in self.values if math.isfinite(value)), default=None)


@dataclass(frozen=True)
class PatternWarning:
    """Something likely wrong, in words; `code` names the kind for tests and styling."""

    code: str
    message: str


def inspect(pattern: str, sample: str) -> Inspection:
    """Return the matches of a pattern in a sample; raise PatternError when it cannot be used."""
    return _inspect(pattern, sample, read_scene(sample))


def _inspect(pattern: str, sample: str, scene: Scene) -> Inspection:
    matches = []
    for hit in find(pattern, sample):
        if hit.row >= len(scene.lines):
            break
        characters = [len(hit.text[:at].decode("utf-8", "replace")) for at in (*hit.match, *hit.value)]
        matches.append(Match(hit.row, hit.point.line, *characters, hit.point.value, hit.point.step))
    return Inspection(scene.lines, matches)


def diagnose(pattern: str, sample: str, indicator: str = "") -> list[PatternWarning]:
    """Return what speaks against using `pattern` for `indicator`, judged by a sample of the log."""
    scene = read_scene(sample)
    try:
        found = _inspect(pattern, sample, scene)
    except PatternError as error:
        return [PatternWarning("unsupported", str(error))]
    if not found.matches:
        return [_no_match(indicator, scene)]
    readings = _readings_of(found, scene)
    checks = (
        _several_quantities(readings, indicator),
        _rivals(found, readings, indicator),
        _files(found),
        _counters(found, readings, indicator),
        _notation(found),
        _not_finite(found),
        _constant(found),
    )
    return [warning for group in checks for warning in group]


def _no_match(indicator: str, scene: Scene) -> PatternWarning:
    count = sum(1 for line in scene.lines if line.strip())
    message = f"The pattern matches nothing in the {count} lines of the sample."
    if indicator and any(indicator.lower() in line.lower() for line in scene.lines):
        message += f" The name “{indicator}” does occur: generate the pattern from this sample."
    elif indicator:
        message += f" The name “{indicator}” does not occur either: choose one of the names found."
    return PatternWarning("no-match", message)


def _readings_of(found: Inspection, scene: Scene) -> list[Reading | None]:
    """Return for each match the reading of its number, the one with the most telling name."""
    by_place: dict[tuple[int, int], Reading] = {}
    rank = {"column": 0, "listed": 1, "named": 2, "below": 3, "more": 4, "after": 5}
    for reading in sorted(scene.readings, key=lambda item: -rank[item.kind]):
        by_place[(reading.row, reading.start)] = reading
    return [
        by_place.get((match.row, match.value_start)) or by_place.get((match.row, match.value_start - 1))
        for match in found.matches
    ]


def _several_quantities(readings: list[Reading | None], indicator: str) -> list[PatternWarning]:
    names: dict[tuple[str, ...], tuple[str, int]] = {}
    for reading in readings:
        if reading is None:
            continue
        split = split_of(words(reading.name)) or split_of(
            words(loose_text(reading.before[-200:]) + " " + reading.labels)
        )
        key = (*(word for word in words(reading.name) if not word.isdigit()), split or "")
        shown = reading.name if not split or split in words(reading.name) else f"{reading.name} ({split})"
        names[key] = (names.get(key, (shown, 0))[0], names.get(key, (shown, 0))[1] + 1)
    if len(names) < 2:
        return []
    listed = ", ".join(f"“{name}” ({count})" for name, count in list(names.values())[:4])
    return [
        PatternWarning(
            "several-quantities",
            f"The pattern matches {len(names)} different quantities: {listed}. Add the text that stands only "
            f"before {f'“{indicator}”' if indicator else 'the one you mean'}.",
        )
    ]


def _rivals(found: Inspection, readings: list[Reading | None], indicator: str) -> list[PatternWarning]:
    asked = set(re.findall(r"[^\W\d_]+", indicator.lower()))
    best = spread = 0
    for match, reading in zip(found.matches, readings, strict=True):
        left = found.lines[match.row][max(match.value_start - 40, 0) : match.value_start]
        clause = set(re.findall(r"[^\W\d_]+", re.split(r"[|;,\t(]|\s{2,}", left)[-1].lower()))
        name = set(re.findall(r"[^\W\d_]+", reading.name.lower())) if reading else set()
        best += bool((clause | name) & (RIVALS - {"max", "min", "last"}) - asked)
        spread += bool((name & SPREADS) - asked) or bool(re.search(r"(?:±|\+/?-)\s*$", left))
    warnings = []
    if best:
        warnings.append(
            PatternWarning(
                "best-so-far",
                f"{best} of {found.count} matches read a best-so-far value, not the current one. Exclude the "
                "word “best” by writing out what stands before the current value.",
            )
        )
    if spread:
        warnings.append(
            PatternWarning("spread", f"{spread} of {found.count} matches read a standard deviation.")
        )
    return warnings


def _files(found: Inspection) -> list[PatternWarning]:
    count = sum(
        any(file.start() <= match.value_start < file.end() for file in _FILE.finditer(found.lines[match.row]))
        for match in found.matches
    )
    if not count:
        return []
    message = f"{count} of {found.count} matches lie in a file name (a checkpoint?), not in a printed value."
    return [PatternWarning("file-name", message)]


def _counters(found: Inspection, readings: list[Reading | None], indicator: str) -> list[PatternWarning]:
    counts = [
        reading
        for match, reading in zip(found.matches, readings, strict=True)
        if _is_count(found.lines[match.row], match, reading)
    ]
    values = found.values
    whole = all(math.isfinite(value) and value == int(value) for value in values)
    gaps = {b - a for a, b in pairwise(values)} if whole else set()
    counting = len(values) > 3 and len(gaps) == 1 and gaps != {0.0}
    if len(counts) * 2 <= found.count and not counting:
        return []
    name = next((reading.name for reading in counts if reading), indicator)
    return [
        PatternWarning(
            "counter",
            f"The numbers look like a count (“{name}”: epoch or step), not like a measured value. "
            "Move the capture group to the number after the indicator's name.",
        )
    ]


def _is_count(line: str, match: Match, reading: Reading | None) -> bool:
    """Return whether a number is that of an epoch or step, or the first of `3/100` under no metric's name."""
    if reading is not None and suggest_direction(reading.name) is not None:
        return False
    if reading is not None and words(reading.name) and words(reading.name)[-1] in COUNTERS:
        return True
    return any(token.start == match.value_start and token.flaw == "fraction" for token in numbers(line))


def _notation(found: Inspection) -> list[PatternWarning]:
    warnings = []
    after = [found.lines[match.row][match.value_end : match.value_end + 5] for match in found.matches]
    texts = [found.lines[match.row][match.value_start : match.value_end] for match in found.matches]
    percents = sum(
        text.endswith("%") or rest.lstrip().startswith("%") for text, rest in zip(texts, after, strict=True)
    )
    if percents and percents < found.count:
        warnings.append(
            PatternWarning(
                "mixed-percent",
                f"{percents} of {found.count} values are percents and the others are not: they cannot be compared.",
            )
        )
    elif percents:
        warnings.append(
            PatternWarning("percent", "The values are percents and are kept as printed: 98% is 98, not 0.98.")
        )
    if any("," in text for text in texts):
        warnings.append(
            PatternWarning("thousands", "Values hold commas: 12,345.6 is read as 12345.6, and 0,95 as 0.95.")
        )
    cut = sum(bool(re.match(r",\d{3}(?!\d)|\.?\d", rest + " ")) for rest in after)
    cut += sum(
        any(token.start < match.value_start < token.end for token in numbers(found.lines[match.row]))
        for match in found.matches
    )
    if cut:
        warnings.append(
            PatternWarning("cut", f"{cut} of {found.count} matches take only a part of the printed number.")
        )
    return warnings


def _not_finite(found: Inspection) -> list[PatternWarning]:
    count = sum(not math.isfinite(value) for value in found.values)
    if not count:
        return []
    return [
        PatternWarning(
            "not-finite",
            f"{count} of {found.count} values are NaN or infinite. They are shown and never chosen as best.",
        )
    ]


def _constant(found: Inspection) -> list[PatternWarning]:
    if found.count == 1:
        return [
            PatternWarning("single", "There is only one value: a curve needs several, an objective does not.")
        ]
    if len(set(found.values)) == 1 and math.isfinite(found.values[0]):
        return [
            PatternWarning(
                "constant",
                f"All {found.count} values are {found.values[0]:g}: is this the number that changes?",
            )
        ]
    return []
