"""Say how well a number of a log fits the asked indicator: a sum of what speaks against it."""

import re
from bisect import bisect_left
from dataclasses import dataclass

from algorithms.patterns.names import COUNTERS, FILLERS, RIVALS, SPLITS, SPREADS, loose_text, split_of, words
from algorithms.patterns.readings import Reading
from algorithms.patterns.scene import Scene

_SECTION_REACH = 60
_NEAR = 60
_SPELLED = re.compile(r"[^\W_]+")
_GENERIC = {"value", "val", "score", "result", "number", "figure", "amount", "total", "metric"}
# May be missing in the log.
_SPARED = {"avg", "value", "score", "metric", "rate", "tot", "overall", "current"}
# What stands left and belongs to something else: brackets closed again, another name with its number.
_OTHERS = re.compile(
    r"<[^<>]*>|(?:[\w\"']+\s{0,2}[:=]\s{0,2})?\{[^{}]*\}|[\w\"']+\s{0,2}[:=]\s{0,9}[-+]?\.?\d"
)
_KIND_COSTS = {"named": 0.0, "listed": 2.0, "more": 7.0, "after": 10.0, "column": 4.0, "below": 6.0}
# "val_loss reached 0.31, saving" repeats what was printed as "val_loss=0.31".
_TALK = re.compile(r"\s[a-z]{2,}\s")
_ARROW = re.compile(r"\s*\(?\s*(?:-+>|=+>|→|to)\s*$")
_MOST_EXTRA = 45.0  # for words of a name that were not asked for
# "best valid : {…": the whole line is about the best so far.
_RIVAL_HEAD = re.compile(
    rf"(?i)\b(?:{'|'.join(sorted(RIVALS - {'max', 'min', 'last'}))})\b[^:=\d]{{0,30}}[:=]\s*[^\d\s]"
)


@dataclass(frozen=True)
class Scored:
    """A reading with what speaks against it; `section` is the row of the line that names its block, or -1."""

    cost: float
    reading: Reading
    section: int = -1


class Scorer:
    """Scores the readings of a scene against one indicator."""

    def __init__(self, indicator: str, scene: Scene) -> None:
        self.indicator = " ".join(indicator.split())
        self.asked = words(indicator)
        self.split = split_of(self.asked)
        self.scene = scene
        self._is_identifier = bool(re.search(r"\w[^\w\s]\w|_|\d|[a-z][A-Z]", self.indicator))
        self._spelled = _SPELLED.findall(self.indicator)
        self._asked_squashed = self._squash(self.indicator)

    def score(self, reading: Reading) -> Scored | None:
        """Return what speaks against a reading as a sum of penalties; None when it cannot be meant."""
        if reading.flaw in ("masked", "denominator"):
            return None
        name = words(reading.name)
        if self._squash(reading.name) == self._asked_squashed:
            cost = 0.0 if reading.name == self.indicator else 1.0
            cost += 0.0 if reading.strong or reading.kind != "named" else 0.5
            return Scored(cost + self._kind_cost(reading) + self._rival_cost(name, reading), reading)
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
                section, extra = self._section(reading.name_row, tuple(missing))
                if section < 0:
                    return None
                cost += extra
        split = self.split_beside(reading, name)
        if self.split and split and split != self.split:
            return None
        if not reading.strong and reading.kind == "named":
            cost += 0.5 if len(matched) == len(name) or self._ends_whole(reading.name) else 6
        return Scored(cost + self._rival_cost(name, reading), reading, section)

    def _kind_cost(self, reading: Reading) -> float:
        cost = _KIND_COSTS[reading.kind]
        if reading.kind == "more":
            return cost + self._position_cost(reading)
        if reading.kind == "named":
            gap = self.scene.lines[reading.row][reading.name_end : reading.start]
            cost += 2.0 if _TALK.search(gap) else 0.0
        return cost

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

    def split_beside(self, reading: Reading, name: tuple[str, ...]) -> str | None:
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
            known = self.scene.before_words[place] = words(_OTHERS.sub(" ", reading.before))
        return known

    def _ends_whole(self, name: str) -> bool:
        """The name ends in the indicator, one that is no everyday word: "CV info cv_loss"."""
        return self._is_identifier and name.endswith(" " + self.indicator)

    def _ends_with_asked(self, name: str) -> bool:
        """Words of some scripts are written together: 测试集准确率 is 准确率 of the test set."""
        return ord(self.indicator[-1]) > 0x2E80 and name.endswith(self.indicator)

    def _spelling_cost(self, name: str) -> float:
        """Prefer the same spelling: `acc` over `accuracy`, `val` over `dev`."""
        printed = set(_SPELLED.findall(name))
        lowered = {word.lower() for word in printed}
        return 0.5 * sum(
            0 if word in printed else 1 if word.lower() in lowered else 2 for word in self._spelled
        )

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

    def _section(self, start: int, missing: tuple[str, ...]) -> tuple[int, float]:
        """Look upwards for the line that names the block: "Validation:", "** Reported on test data **"."""
        needed = set(missing)
        titles = self.scene.titles
        for place in range(bisect_left(titles, (start,)) - 1, -1, -1):
            row, there = titles[place]
            if row <= start - _SECTION_REACH:
                break
            split = split_of(there)
            hit = needed & set(there)
            if hit and not (self.split and split and split != self.split):
                needed -= hit
                if not needed:
                    named = set(missing) <= SPLITS
                    distance = self.scene.filled[start - 1] - self.scene.filled[row] + 1
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
        heading = self.scene.headings[reading.row] if reading.kind != "column" else ""
        if (set(re.findall(r"[^\W\d_]+", heading.lower())) & RIVALS) - asked:
            cost += 20
        if (printed & SPREADS) - asked:
            cost += 40
        if set(name) & COUNTERS and not set(name) & set(self.asked):
            cost += 20
        return cost

    def _position_cost(self, reading: Reading) -> float:
        """Return the cost of a further number after a name."""
        if _ARROW.search(self.scene.lines[reading.row][: reading.start][-8:]):
            return -9.0  # "decreased (0.81 --> 0.71)": the new value stands after the arrow
        return 40.0

    @staticmethod
    def _squash(name: str) -> str:
        return re.sub(r"\s+", "", name).casefold()
