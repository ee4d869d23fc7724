"""Decide which numbers of a log are the values of the asked indicator."""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from algorithms.patterns.names import (
    COUNTERS,
    FILLERS,
    RIVALS,
    SPLITS,
    SPREADS,
    long_name,
    loose_text,
    split_of,
    words,
)
from algorithms.patterns.readings import (
    MAX_BEFORE,
    MAX_LINE_LENGTH,
    MAX_SAMPLE_LINES,
    Reading,
    below_readings,
    line_readings,
    numbers,
    sample_lines,
)
from algorithms.patterns.tables import Table, find_tables, table_readings

_SECTION_REACH = 60
_NEAR = 60
_GENERIC = {"value", "val", "score", "result", "number", "figure", "amount", "total"}
_SPARED = {
    "avg",
    "value",
    "score",
    "metric",
    "rate",
    "tot",
    "overall",
    "current",
}  # may be missing in the log
_ARROW = re.compile(r"\s*\(?\s*(?:-+>|=+>|→|to)\s*$")
_FORMS = {"named": "named", "more": "named", "after": "after", "column": "column", "below": "below"}
_MAX_COST = 90.0
_MOST_EXTRA = 45.0  # for words of a name that were not asked for
# "best valid : {…": the whole line is about the best so far.
_RIVAL_HEAD = re.compile(
    rf"(?i)\b(?:{'|'.join(sorted(RIVALS - {'max', 'min', 'last'}))})\b[^:=\d]{{0,30}}[:=]\s*[^\d\s]"
)


@dataclass(frozen=True)
class Scene:
    """A sample as read: its lines, all readings, the tables."""

    lines: list[str]
    numbers: list[int]
    readings: list[Reading]
    tables: list[Table]
    before_words: dict[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """Readings taken to be the indicator's values; `sections` are the rows of the lines that name their block."""

    readings: list[Reading]
    cost: float
    sections: dict[int, int]


@lru_cache(maxsize=4)  # the workbench asks again for the same sample at every key
def read_scene(sample: str, most_lines: int = MAX_SAMPLE_LINES) -> Scene:
    """Read a sample of a log, of which at most `most_lines` are looked at."""
    lines, line_numbers = sample_lines(sample, most_lines)
    tables = find_tables(lines)
    in_table = {row for table in tables for row in table.rows}
    readings = [
        reading
        for row, line in enumerate(lines)
        for reading in line_readings(row, line)
        if not (row in in_table and reading.kind in ("more", "after"))
    ]
    readings += table_readings(lines, tables) + below_readings(lines)
    return Scene(lines, line_numbers, readings, tables)


@dataclass(frozen=True)
class _Scored:
    cost: float
    reading: Reading
    section: int = -1


class Chooser:
    """Scores readings against one indicator."""

    def __init__(self, indicator: str, scene: Scene) -> None:
        self.indicator = " ".join(indicator.split())
        self.asked = words(indicator)
        self.split = split_of(self.asked)
        self.scene = scene
        self._is_identifier = bool(re.search(r"\w[^\w\s]\w|_|\d|[a-z][A-Z]", self.indicator))
        self._asked_squashed = self._squash(self.indicator)
        self._literal = re.compile(
            r"(?<![\w])" * (self.indicator[:1].isalnum())
            + r"\s*".join(re.escape(part) for part in self._parts(self.indicator))
            + r"(?![\w])" * (self.indicator[-1:].isalnum())
        )

    @staticmethod
    def _parts(text: str) -> list[str]:
        return re.findall(r"\w+|[^\w\s]", text)

    def choose(self) -> Target | None:
        """Return the readings that fit best, or None when nothing fits."""
        if not self.asked and not self.indicator:
            return None
        scored = [self.score(reading) for reading in self._with_literal()]
        usable = [item for item in scored if item is not None and item.cost <= _MAX_COST]
        if not usable:
            return None
        first = min(usable, key=lambda item: item.cost)
        least, form = first.cost, _FORMS[first.reading.kind]
        chosen: dict[tuple[int, int], _Scored] = {}
        for item in usable:
            place = (item.reading.row, item.reading.start)
            if _FORMS[item.reading.kind] != form:
                continue  # one pattern reads one form of print
            if item.cost <= least + 1.0 and (place not in chosen or chosen[place].cost > item.cost):
                chosen[place] = item
        picked = self._of_one_split([chosen[place] for place in sorted(chosen)])
        readings = [self._rate(item.reading) for item in picked]
        sections = {item.reading.row: item.section for item in picked if item.section >= 0}
        return Target(readings, least, sections)

    def _of_one_split(self, picked: list[_Scored]) -> list[_Scored]:
        """Asked without a split, a name printed for training and again for validation means the former."""
        if self.split:
            return picked
        splits = [self._split_of(item.reading, words(item.reading.name)) for item in picked]
        plain = [item for item, split in zip(picked, splits, strict=True) if split in (None, "train")]
        return plain or picked

    def _with_literal(self) -> list[Reading]:
        """Add readings for the indicator printed whole left of a number, whatever characters it has."""
        out = list(self.scene.readings)
        named = {(item.row, item.start): item for item in out if item.kind == "named"}
        for row, line in enumerate(self.scene.lines):
            matches = list(self._literal.finditer(line[:MAX_LINE_LENGTH]))
            tokens = numbers(line[:MAX_LINE_LENGTH]) if matches else []
            for match in matches:
                token = next((token for token in tokens if token.start >= match.end()), None)
                if token is None or re.search(r"[\w,;]", line[match.end() : token.start]):
                    continue
                usual = named.get((row, token.start))
                if usual and usual.name_start < match.start() and usual.name_end > match.start():
                    continue  # part of a longer name
                out.append(
                    Reading(
                        row, token.start, token.end, token.value, match[0], row, match.start(), match.end(), "named",
                        before=line[max(0, match.start() - MAX_BEFORE) : match.start()], flaw=token.flaw,
                    )
                )  # fmt: skip
        return out

    def score(self, reading: Reading) -> _Scored | None:
        """Return what speaks against a reading as a sum of penalties; None when it cannot be meant."""
        if reading.flaw in ("masked", "denominator"):
            return None
        name = words(reading.name)
        if self._squash(reading.name) == self._asked_squashed:
            cost = 0.0 if reading.name == self.indicator else 1.0
            cost += 0.0 if reading.strong or reading.kind != "named" else 0.5
            return _Scored(cost + self._kind_cost(reading) + self._rival_cost(name, reading), reading)
        matched, missing = self._match(name)
        named = self._name_cost(name, matched, reading)
        if named is None:
            return None
        cost = named + self._kind_cost(reading) + 3 + self._spelling_cost(reading.name)
        section = -1
        if missing and not self._ends_with_asked(reading.name):
            missing, extra = self._around(missing, reading)
            cost += extra
            if matched and missing and set(missing) <= _SPARED:
                cost += 30.0
            elif missing:
                if not matched and not set(name) <= _GENERIC:
                    return None
                section, extra = self._section(reading, missing)
                if section < 0:
                    return None
                cost += extra
        split = self._split_of(reading, name)
        if self.split and split and split != self.split:
            return None
        if not reading.strong and reading.kind == "named":
            cost += 0.5 if len(matched) == len(name) or self._ends_whole(reading.name) else 6
        return _Scored(cost + self._rival_cost(name, reading), reading, section)

    def _kind_cost(self, reading: Reading) -> float:
        cost = {"named": 0.0, "more": 7.0, "after": 10.0, "column": 4.0, "below": 6.0}[reading.kind]
        return cost + (self._position_cost(reading) if reading.kind == "more" else 0.0)

    def _match(self, name: tuple[str, ...]) -> tuple[list[int], list[str]]:
        """Return the places of asked words in a name, and the asked words that it lacks."""
        missing = list(self.asked)
        matched: list[int] = []
        for place, word in enumerate(name):
            if word in missing:
                missing.remove(word)
                matched.append(place)
        return matched, missing

    def _name_cost(self, name: tuple[str, ...], matched: list[int], reading: Reading) -> float | None:
        if self._ends_with_asked(reading.name):
            return 6.0
        if matched or set(name) <= _GENERIC:
            return min(_MOST_EXTRA, self._extra_cost(name, matched, reading))
        return None

    def _around(self, missing: list[str], reading: Reading) -> tuple[list[str], float]:
        """Look for missing words in the row's label, then left of the name; return those still missing."""
        cost = 0.0
        for near, price in ((words(reading.labels), 2.0), (self._before_words(reading), 5.0)):
            pool = list(near)
            rest = []
            for word in missing:
                if word in SPLITS and price > 2 and word not in words(loose_text(reading.before)):
                    rest.append(word)
                elif word in pool:
                    pool.remove(word)
                    cost += price
                else:
                    rest.append(word)
            missing = rest
        return missing, cost

    def _split_of(self, reading: Reading, name: tuple[str, ...]) -> str | None:
        """Return the split of the data a number belongs to by what its line says nearest to it."""
        near = words(reading.labels) + words(loose_text(self._clause(reading))) + name
        split = split_of(near)
        if split is None and reading.kind != "column":
            split = split_of(words(loose_text(reading.before)))
        return split

    def _before_words(self, reading: Reading) -> tuple[str, ...]:
        place = (reading.row, reading.name_start)
        known = self.scene.before_words.get(place)
        if known is None:
            known = self.scene.before_words[place] = words(reading.before)
        return known

    def _ends_whole(self, name: str) -> bool:
        """The name ends in the indicator, one that is no everyday word: "CV info cv_loss"."""
        return self._is_identifier and name.endswith(" " + self.indicator)

    def _ends_with_asked(self, name: str) -> bool:
        """Words of some scripts are written together: 测试集准确率 is 准确率 of the test set."""
        return ord(self.indicator[-1]) > 0x2E80 and name.endswith(self.indicator)

    def _spelling_cost(self, name: str) -> float:
        """Prefer the same spelling: `acc` over `accuracy`, `val` over `dev`."""
        asked = re.findall(r"[^\W_]+", self.indicator)
        printed = set(re.findall(r"[^\W_]+", name))
        lowered = {word.lower() for word in printed}
        return sum(0 if word in printed else 1 if word.lower() in lowered else 2 for word in asked) * 0.5

    def _extra_cost(self, name: tuple[str, ...], matched: list[int], reading: Reading) -> float:
        cost = 0.0
        last = max(matched) if matched else -1
        whole = self._ends_whole(reading.name)
        qualified = False
        for place, word in enumerate(name):
            if place in matched:
                continue
            if word in FILLERS:
                cost += 1
                qualified = True
            elif whole or (qualified and place > last and reading.strong):
                cost += 2  # "CV info cv_loss", "average return per training episode"
            elif word in self.asked:
                cost += 2
            elif place > last and matched:
                cost += 12 if reading.strong or reading.kind == "after" else 30
                if reading.kind == "after":
                    cost -= 9
            elif word in SPLITS and not self.split:
                cost += {"val": 6, "test": 7, "train": 9}[word]
            else:
                cost += 8
        return cost

    def _section(self, reading: Reading, missing: list[str]) -> tuple[int, float]:
        """Look upwards for the line that names the block: "Validation:", "** Reported on test data **"."""
        needed = set(missing)
        found = -1
        distance = 0
        for row in range(reading.row - 1, max(-1, reading.row - _SECTION_REACH), -1):
            there = words(self.scene.lines[row]) if len(self.scene.lines[row]) < 200 else ()
            if not there:
                continue
            distance += 1
            split = split_of(there)
            hit = needed & set(there)
            if hit and not (self.split and split and split != self.split):
                needed -= hit
                found = row if found < 0 else found
                if not needed:
                    named = set(missing) <= SPLITS
                    return row, (20.0 if named else 32.0) + min(distance, 30)
                continue
            if self.split in needed and split is not None:
                break
            if there[0] == "epoch" and len(there) <= 4:
                break  # a new epoch begins a new block
        return -1, 0.0

    def _clause(self, reading: Reading) -> str:
        """Return the words just left of the name, back to the previous stop."""
        return re.split(r"[|;\t]|\s{2,}|\.\s", reading.before[-_NEAR:])[-1]

    def _rival_cost(self, name: tuple[str, ...], reading: Reading) -> float:
        asked = set(self.asked) | {word.lower() for word in re.findall(r"[^\W\d_]+", self.indicator)}
        printed = set(re.findall(r"[^\W\d_]+", reading.name.lower()))
        around = set(re.findall(r"[^\W\d_]+", self._clause(reading).lower()))
        cost = 0.0
        if (printed & RIVALS) - asked:
            cost += 30
        if (around & RIVALS) - asked or (not asked & RIVALS and _RIVAL_HEAD.search(reading.before)):
            cost += 20
        if (printed & SPREADS) - asked:
            cost += 40
        if set(name) & COUNTERS and not set(name) & set(self.asked):
            cost += 20
        return cost

    def _position_cost(self, reading: Reading) -> float:
        """Cost of a further number after a name: none when the name lists as many names as there are numbers."""
        if _ARROW.search(self.scene.lines[reading.row][: reading.start][-8:]):
            return -9.0  # "decreased (0.81 --> 0.71)": the new value stands after the arrow
        listed = re.split(r"\s*[/,&]\s*|\s+and\s+", reading.name)
        line = self.scene.lines[reading.row]
        gap = line[reading.name_end : reading.start]
        if len(listed) > reading.index and not re.search(r"[A-Za-z]", gap):
            wanted = words(listed[reading.index])
            if wanted and set(wanted) & set(self.asked):
                return -14.0
        return 40.0

    def _rate(self, reading: Reading) -> Reading:
        """Take the rate rather than the count: of `9841/10000 (98%)` the 98."""
        line = self.scene.lines[reading.row]
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

    @staticmethod
    def _squash(name: str) -> str:
        return re.sub(r"\s+", "", name).casefold()


def choose(indicator: str, scene: Scene) -> Target | None:
    """Return the readings of `scene` that are values of `indicator`."""
    found = Chooser(indicator, scene).choose()
    longer = long_name(indicator) if found is None else None
    return Chooser(longer, scene).choose() if longer else found
