"""Decide which numbers of a log are the values of the asked indicator."""

import re
from dataclasses import dataclass, replace

from algorithms.patterns.names import long_name, words
from algorithms.patterns.readings import MAX_BEFORE, MAX_LINE_LENGTH, Reading, numbers
from algorithms.patterns.scene import Scene
from algorithms.patterns.scoring import Scored, Scorer

_MAX_COST = 90.0
_LABELS = re.compile(r"(?:[^\s,;]*[\d_][^\s,;]*\s+)+")  # "2_DecisionTree logloss 0.41"
_SAME_FORM = {"listed": "named", "more": "named"}


@dataclass(frozen=True)
class Target:
    """Readings taken to be the indicator's values; `sections` are the rows of the lines that name their block."""

    readings: list[Reading]
    cost: float
    sections: dict[int, int]


def choose(indicator: str, scene: Scene) -> Target | None:
    """Return the readings of `scene` that are values of `indicator`."""
    found = _fitting(indicator, scene)
    longer = long_name(indicator) if found is None else None
    return _fitting(longer, scene) if longer else found


def _fitting(indicator: str, scene: Scene) -> Target | None:
    """Return the readings that fit best, or None when nothing fits."""
    scorer = Scorer(indicator, scene)
    if not scorer.indicator:
        return None
    readings = scene.readings + _literal_readings(scorer.indicator, scene)
    scored = [scorer.score(reading) for reading in readings]
    usable = [item for item in scored if item is not None and item.cost <= _MAX_COST]
    if not usable:
        return None
    first = min(usable, key=lambda item: item.cost)
    least, form = first.cost, _form(first.reading)
    chosen: dict[tuple[int, int], Scored] = {}
    for item in usable:
        place = (item.reading.row, item.reading.start)
        if _form(item.reading) != form:
            continue  # one pattern reads one form of print
        if item.cost <= least + 1.0 and (place not in chosen or chosen[place].cost > item.cost):
            chosen[place] = item
    picked = _of_one_split(scorer, [chosen[place] for place in sorted(chosen)])
    values = _past_counters([_rate(item.reading, scene.lines) for item in picked], scene)
    sections = {item.reading.row: item.section for item in picked if item.section >= 0}
    return Target(values, least, sections)


def _form(reading: Reading) -> str:
    return _SAME_FORM.get(reading.kind, reading.kind)


def _of_one_split(scorer: Scorer, picked: list[Scored]) -> list[Scored]:
    """Asked without a split, a name printed for training and again for validation means the former."""
    if scorer.split:
        return picked
    splits = [scorer.split_beside(item.reading, words(item.reading.name)) for item in picked]
    plain = [item for item, split in zip(picked, splits, strict=True) if split in (None, "train")]
    return plain or picked


def _literal_readings(indicator: str, scene: Scene) -> list[Reading]:
    """Return readings for the indicator printed whole left of a number, whatever characters it has."""
    parts = [re.escape(part) for part in re.findall(r"\w+|[^\w\s]", indicator)]
    edges = [r"\b" if character.isalnum() else "" for character in (indicator[0], indicator[-1])]
    literal = re.compile(edges[0] + r"\s*".join(parts) + edges[1])
    out = []
    named = {(item.row, item.start): item for item in scene.readings if item.kind == "named"}
    for row, line in enumerate(scene.lines):
        matches = list(literal.finditer(line[:MAX_LINE_LENGTH]))
        tokens = numbers(line[:MAX_LINE_LENGTH]) if matches else []
        for match in matches:
            token = next((token for token in tokens if token.start >= match.end()), None)
            gap = line[match.end() : token.start] if token else ""
            if token is None or re.search(r"[\w,;]", gap):
                continue
            usual = named.get((row, token.start))
            within = usual is not None and usual.name_start < match.start() < usual.name_end
            if within and not _LABELS.fullmatch(line, usual.name_start, match.start()):
                continue  # part of a longer name
            out.append(
                Reading(
                    row, token.start, token.end, token.value, match[0], row, match.start(), match.end(), "named",
                    strong=bool(gap.strip()),
                    before=line[max(0, match.start() - MAX_BEFORE) : match.start()], flaw=token.flaw,
                )
            )  # fmt: skip
    return out


def _rate(reading: Reading, lines: list[str]) -> Reading:
    """Take the rate rather than the count: of `9841/10000 (98%)` the 98."""
    line = lines[reading.row]
    if reading.flaw != "fraction":
        return reading
    match = re.match(r"\s*/\s*\d+\s*[(=,]\s*", line[reading.end :])
    if not match:
        return reading
    place = reading.end + match.end()
    for token in numbers(line):
        if token.start == place and not token.flaw:
            return replace(reading, start=token.start, end=token.end, value=token.value, flaw="")
    return reading


def _past_counters(readings: list[Reading], scene: Scene) -> list[Reading]:
    """Take the number behind one that only counts: "Train loss 1000 0.45", "reward: [(0, '4.38')]"."""
    following = {
        (item.row, item.name_start): item
        for item in scene.readings
        if item.kind == "more" and item.index == 1
    }
    values = []
    for reading in readings:
        value = following.get((reading.row, reading.name_start))
        line = scene.lines[reading.row]
        counts = reading.kind == "named" and line[reading.start : reading.end].isdigit()
        if not counts or value is None or not re.search(r"[.\d]*\.\d|nan", line[value.start : value.end]):
            return readings
        gap = line[reading.end : value.start]
        labelled = re.fullmatch(r"\s*:\s+", gap)
        paired = re.fullmatch(r",\s*[\"']?", gap) and line[: reading.start].endswith("(")
        framed = line[: reading.start].endswith(("(", "[")) and re.fullmatch(r"[)\]]:?\s+", gap)
        listed = not reading.strong and len(readings) > 1 and gap.isspace()
        if not (labelled or paired or framed or listed):
            return readings
        values.append(value)
    return values
