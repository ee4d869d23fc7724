"""Read a log as a person does: which number belongs to which printed name."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from algorithms.patterns.names import words
from algorithms.patterns.prefixes import shared_prefix
from runtime.indicator import parse_number
from runtime.lines import LineReader

MAX_SAMPLE_BYTES = 1_000_000
MAX_SAMPLE_LINES = 2000
MAX_LINE_LENGTH = 2000
MAX_BEFORE = 400
MAX_NUMBERS = 80  # of a line; one with more is a dump of data
_MAX_NAME = 200

_NUMBER = re.compile(
    r"(?<![\w.])(?<![A-Za-z_]-)(?<!\w@)[-+−]?"
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+|[dD][-+]\d+)?"
    r"|(?i:nan|inf(?:inity)?)(?!\w))"
)
_COMMA_DECIMAL = re.compile(r"(?<![\w.,])[-+−]?\d+,\d+(?!\.?\w|,\d)")
_POINT_DECIMAL = re.compile(r"\d\.\d")
_MASKED = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ,_-]+(?=\d))?"  # dates
    r"|(?:(?<![A-Za-z_@])(?<![A-Za-z]-)|(?<=\dT))"  # not the 1 of acc@1:98.2
    r"\d+:\d{2}(?::\d{2})?(?:[.,]\d+)?(?:\.\d+)?(?=\W|$|[sZ])"  # times
    r"|(?<=\d{2}:\d{2}:\d{2})[.,:]\d+"
    r"|v?\d+\.\d+\.\d+[\w.]*"  # versions
    r"|0x[0-9a-f]+"
    r"|(?<![\w.-])[\w.-]+\.(?:py|cc|cpp|h|c|go|rs|R|jl):\d+"  # places in source files
    r"|(?<!\S)\S*\.(?:pth?|ckpt|h5|hdf5|pkl|json|txt|bin|zip|tar|npz?|onnx|safetensors|model|ya?ml|log)\b(?:\.\w+)?"
    r"|\d+%\|.*?\|"  # progress bars
)
_UNIT = re.compile(r"\s?%|[A-Za-zµ°/]{1,9}(?![\w.])")
_SEPARATOR = re.compile(
    r"(?P<close>[\"'`*]*)(?P<gap>\s*)"
    r"(?P<op>(?:(?:[:=|│┃║→~＝：]|[-=]>|:=|(?<=[\"']),|\b(?:is|was|are|of|at|to|reached|equals|hit)\b"
    r"|\.{2,}+|(?<=\s)-{1,2}(?=\s)|\+/-|±)\s*+)*+)"
    r"(?P<open>(?:<?[A-Za-z_][\w.]*\(\s*)?[\"'\[({<]*\s*)$"
)
_BREAK = re.compile(
    r"[,;|│┃║\t。，；、]|\s{2,}|[:=]\s|\s[-–—>|]+\s|[:=](?=[A-Za-z\"'])"
    r"|(?<=\w)\s*[\"'](?=\s)|[\])}>]\s*(?=[^\s:=\])}>'-])|\.\s(?=[A-Z])"
)
_RULE = re.compile(r"[^\w]*$")


@dataclass(frozen=True, slots=True)
class Reading:
    """A number of the log with the name it is printed under.

    `start:end` is the number in the text of line `row`, `name_start:name_end` the name in line `name_row`.
    `kind`: "named" (name, then number), "more" (a further number after the same name), "listed" (of numbers after
    a list of names), "after" (number, then name), "column" (the name is a column's header), "below" (the name is
    the line above).
    `before` is what stands left of the name; `labels` what else names the number (row label, block).
    """

    row: int
    start: int
    end: int
    value: float
    name: str
    name_row: int
    name_start: int
    name_end: int
    kind: str
    strong: bool = True
    before: str = ""
    labels: str = ""
    index: int = 0
    flaw: str = ""
    table: int = -1
    column: int = -1


def sample_lines(sample: str, most: int = MAX_SAMPLE_LINES) -> tuple[list[str], list[int]]:
    """Return the clean lines of a sample, as many as are worth reading, and their line numbers."""
    reader = LineReader()
    data = sample[:MAX_SAMPLE_BYTES].encode("utf-8", "replace")
    lines = (reader.feed(data) + reader.close())[:most]
    return [line.text.decode("utf-8") for line in lines], [line.number for line in lines]


@dataclass(frozen=True, slots=True)
class Token:
    """A number in a line; `flaw` says what it is when it can be no quantity (a date, a progress bar, a count)."""

    start: int
    end: int
    value: float
    flaw: str


@lru_cache(maxsize=4000)
def numbers(line: str) -> tuple[Token, ...]:
    """Return the numbers of a line from left to right."""
    masked = [match.span() for match in _MASKED.finditer(line)]
    found: list[Token] = []
    points = "," not in line or any(
        all(match.start() < low or match.end() > high for low, high in masked)
        for match in _POINT_DECIMAL.finditer(line)
    )
    comma = {} if points else {match.start(): match for match in _COMMA_DECIMAL.finditer(line)}
    position = 0
    while len(found) < MAX_NUMBERS and (match := _NUMBER.search(line, position)):
        match = comma.get(match.start(), match)
        position = match.end()
        value = parse_number(match[0])
        if value is None:
            continue
        flaw = _flaw(line, match.start(), match.end(), masked)
        if flaw == "word":
            continue
        found.append(Token(match.start(), match.end(), value, flaw))
    return tuple(found)


def _flaw(line: str, start: int, end: int, masked: list[tuple[int, int]]) -> str:
    for low, high in masked:
        if low < end and start < high:
            return "masked"
    if line[start - 1 : start] in ("-", "@") and re.search(
        r"[^\W\d]\w*[-@]$", line[max(0, start - 30) : start]
    ):
        return "word"  # the 95 of mAP50-95
    rest = line[end : end + 14]
    if rest[:1].isalpha() or rest[:1] == "_":
        unit = re.match(r"[A-Za-zµ]{1,4}(?![\w.])|(?:it|tok|img|imgs|samples|steps?|s|ms)/\w+", rest)
        return "" if unit else "word"
    if re.match(r"\.[A-Za-z]", rest):
        return "word"
    if re.match(r"%\|", rest) or re.match(r":\d\d", rest):
        return "masked"
    if re.match(r"\s*/\s*\d+(?![\d.]*\.\d)", rest) and line[start:end].isdigit():
        return "fraction"
    if re.search(r"\d\s*/\s*$", line[max(0, start - 8) : start]) and line[start:end].isdigit():
        return "denominator"
    return ""


def line_readings(row: int, line: str) -> list[Reading]:
    """Return the readings whose name and number stand on the same line."""
    found: list[Reading] = []
    last: Reading | None = None
    tokens = numbers(line[:MAX_LINE_LENGTH])
    previous_end = 0
    for place, token in enumerate(tokens):
        reading = (last and _past_counter(line, last, token)) or _named(row, line, token, previous_end)
        if reading is None and last is not None and token.start - last.end <= 24:
            reading = replace(
                last,
                start=token.start,
                end=token.end,
                value=token.value,
                kind="more",
                index=last.index + 1,
                flaw=token.flaw,
            )
        if reading is not None:
            found.append(reading)
            last = reading
        following = tokens[place + 1].start if place + 1 < len(tokens) else len(line)
        after = _after(row, line, token, following)
        if after is not None:
            found.append(after)
        previous_end = token.end
    return found


_COUNTER = re.compile(
    r"(?i)^(?P<name>.*?\w.*?)\s*(?:\s(?:at|after|on|in|for|of|over|during)(?:\s.*)?|\s(?:epoch|step|iter(?:ation)?|fold|round)s?)$"
)


_TO_VALUE = re.compile(
    r"\s*[\])]?(?:\s(?:[a-z]+ ){0,3}(?:images|samples|examples|instances|items|batches|episodes|steps|sentences|tokens"
    r"|words|documents|points|frames|users|queries|games|runs|trials|epochs|iterations|records|rows)(?: [a-z]+){0,3})?"
    r"\s*(?:[:=]|is|was|->|=>)\s*"
)


def _past_counter(line: str, last: Reading, token: Token) -> Reading | None:
    """Read "MRR at step 100: 0.3", "Accuracy on 10000 test images: 54": one number counts, the next is the value."""
    told = line[last.name_end : last.start].strip()
    if last.kind != "named" or told or not _TO_VALUE.fullmatch(line[last.end : token.start]):
        return None
    match = _COUNTER.match(last.name) if len(last.name) < 100 else None
    if match is None:
        return None
    end = last.name_start + match.end("name")
    return replace(
        last, start=token.start, end=token.end, value=token.value, name=match["name"], name_end=end,
        strong=True, flaw=token.flaw,
    )  # fmt: skip


def _named(row: int, line: str, token: Token, previous_end: int) -> Reading | None:
    left = line[previous_end : token.start]
    separator = _SEPARATOR.search(left[-60:])
    if separator is None:
        return None
    shift = max(0, len(left) - 60)
    end = shift + separator.start()
    begin = max(0, end - _MAX_NAME)
    unit = _UNIT.match(left) if previous_end else None
    if unit and unit.end() < end:
        begin = unit.end()
    for cut in _BREAK.finditer(left, begin, end):
        # Inside balanced parentheses, as in "loss (train, mean)", nothing is cut.
        last = cut.end() if cut[0] in ",;，；" else cut.end() + 1
        if last <= end and not _inside(left[begin:end], cut.start() - begin):
            begin = cut.end()
    name_start, name_end = _trim(left, begin, end)
    name = left[name_start:name_end]
    if not any(character.isalpha() for character in name) and name.strip("%") == name:
        return None
    op = separator["op"].strip()
    strong = (
        bool(op) or bool(separator["open"].strip()) or len(separator["gap"]) > 1 or "\t" in separator["gap"]
    )
    return Reading(
        row,
        token.start,
        token.end,
        token.value,
        name,
        row,
        previous_end + name_start,
        previous_end + name_end,
        "named",
        strong=strong,
        before=line[max(0, previous_end + name_start - MAX_BEFORE) : previous_end + name_start],
        flaw=token.flaw,
    )


def _inside(text: str, position: int) -> bool:
    depth = 0
    for character in text[:position]:
        depth += (character in "([") - (character in ")]")
        depth = max(depth, 0)
    if depth == 0 or (depth == 1 and text[position] in ")]"):
        return False
    for character in text[position:]:
        depth += (character in "([") - (character in ")]")
        if depth == 0:
            return True
    return False


_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}


def _trim(text: str, begin: int, end: int) -> tuple[int, int]:
    """Narrow a name to what belongs to it: no quotes, no spaces, no parenthesis without its other half."""
    changed = True
    while changed and begin < end:
        changed = False
        first, last, body = text[begin], text[end - 1], text[begin:end]
        if last in " \t\"'`*:=,;.|-" or (last in _PAIRS and body.count(last) > body.count(_PAIRS[last])):
            end -= 1
            changed = True
        elif first in " \t\"'`*:=,;.|)]}>-#" or (
            first in "([{<" and (body.count(first) > body.count({v: k for k, v in _PAIRS.items()}[first]))
        ):
            begin += 1
            changed = True
        elif ord(first) >= 0x2190 and not first.isalnum():
            begin += 1  # ticks, arrows, bullets
            changed = True
        elif first in "([{<":
            # "(train" opens the name before the name itself: keep balanced ones only.
            closing = {v: k for k, v in _PAIRS.items()}[first]
            if body.index(closing) == len(body) - 1 and body.count(closing) == 1:
                begin, end, changed = begin + 1, end - 1, True
    unopened = -1
    for opening, closing in (("(", ")"), ("[", "]"), ("{", "}")):
        depth = 0
        for position in range(end - 1, begin - 1, -1):
            depth += (text[position] == closing) - (text[position] == opening)
            if depth < 0:
                unopened = max(unopened, position)
                break
    if unopened >= 0:
        return _trim(text, unopened + 1, end)
    return begin, end


_AFTER = re.compile(r"(?:%|[A-Za-z]{1,2}(?=\s))?\s*(?:[=(]\s*)?(?P<name>[^\W\d][^,;|()\[\]:=\t]*)")


def _after(row: int, line: str, token: Token, following: int) -> Reading | None:
    match = _AFTER.match(line, token.end, following)
    if match is None or match.start("name") == token.end:
        return None
    filler = re.search(r"\s(?:of|on|in|at|with|after|over|for|based|per)\s", match["name"])
    stop = match.start("name") + filler.start() if filler else match.end("name")
    begin, end = _trim(line, match.start("name"), stop)
    rest = line[stop:].lstrip()
    if begin >= end or rest[:1] in (":", "=") or rest[:1].isdigit() or end - begin > 80:
        return None
    return Reading(
        row, token.start, token.end, token.value, line[begin:end], row, begin, end, "after",
        before=line[max(0, token.start - MAX_BEFORE) : token.start], flaw=token.flaw,
    )  # fmt: skip


def below_readings(lines: list[str]) -> list[Reading]:
    """Return numbers that stand alone on the line under their name."""
    found: list[Reading] = []
    above = -1
    for row, line in enumerate(lines):
        if not line.strip():
            continue
        origin = shared_prefix(lines[above], line) if above >= 0 else (0, 0)
        tokens = numbers(line) if len(line) - origin[1] < 30 else ()
        alone = [token for token in tokens if token.start >= origin[1]]
        if len(alone) == 1 and not _rest_has_words(line[origin[1] :], alone[0], origin[1]) and above >= 0:
            name = lines[above][origin[0] :].rstrip().rstrip(":=").strip()
            if name and len(name) < 80 and not numbers(name) and words(name):
                begin = lines[above].index(name, origin[0])
                token = alone[0]
                found.append(
                    Reading(
                        row, token.start, token.end, token.value, name, above, begin, begin + len(name),
                        "below", strong=lines[above].rstrip()[-1:] in ":=", flaw=token.flaw,
                    )
                )  # fmt: skip
        above = row
    return found


def _rest_has_words(text: str, token: Token, origin: int) -> bool:
    rest = text[: token.start - origin] + text[token.end - origin :].removeprefix("%")
    return bool(re.search(r"\w", rest))


def is_rule(line: str) -> bool:
    """Return whether a line is empty or only drawn (`-----`, `+---+`, `├──┤`)."""
    return bool(_RULE.match(line))
