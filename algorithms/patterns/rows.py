"""Patterns that read one column of a table by the form of its rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from algorithms.patterns.readings import Reading
from algorithms.patterns.shapes import escape, literal, parts, shape
from algorithms.patterns.tables import DELIMITERS, Cell, Table, cell_kind

_FIGURE = r"[-+\d.]\S*"


@dataclass(frozen=True)
class _Form:
    style: str
    cell: str  # any cell
    separator: str
    opening: str  # beginning of a line


def row_patterns(
    readings: list[Reading], lines: list[str], tables: list[Table], number: str
) -> Iterator[tuple[str, str]]:
    """Yield patterns for the cells `readings`, the plainest first, each with what it does in words."""
    places: dict[tuple[str, int], list[Reading]] = {}
    for reading in readings:
        table = tables[reading.table]
        raw = table.raw[reading.row]
        place = next((at for at, cell in enumerate(raw) if cell.start <= reading.start <= cell.end), -1)
        places.setdefault((table.style, place), []).append(reading)
    (_, place), group = max(places.items(), key=lambda item: len(item[1]))
    rows = [(lines[reading.row], tables[reading.table].raw[reading.row]) for reading in group]
    header = tables[group[0].table]
    form = _form(header.style, rows[0][0], tables[group[0].table].origins[group[0].row])
    told = f"reads column {place + 1} (“{group[0].name}”) of table rows"
    width = min(len(cells) for _, cells in rows)
    columns = [[cells[at] for _, cells in rows] for at in range(width)]
    strict = [_cell(form, column, True, at == 0) for at, column in enumerate(columns)]
    loose = [_cell(form, column, False, at == 0) for at, column in enumerate(columns)]
    same_width = all(len(cells) == width for _, cells in rows)
    leads = {line[cells[place].start : item.start] for item, (line, cells) in zip(group, rows, strict=True)}
    number = escape(leads.pop()) + number if len(leads) == 1 else number
    bodies = []
    for cells in (strict, loose):
        ends = _endings(form, cells[place + 1 :], rows) if same_width else []
        ends.append("")
        bodies += [_join(form, cells[:place]) + number + end for end in ends]
    for body in bodies:
        yield form.opening + body, told
    for body in bodies:
        if form.style != "wide":
            yield rf"(?:^|[^\w]){body}", told
    if place > 0 and _constant([cells[0] for _, cells in rows]) and header.style == "bar":
        label = literal(rows[0][1][0].text.split(" - ")[-1])
        yield rf"(?:^|\W){label}{form.separator}{_join(form, loose[1:place])}{number}", told
    yield from _under_header(form, header, group, lines, bodies, told)


def _form(style: str, line: str, origin: int) -> _Form:
    logged = parts(line[:origin])
    head = shape("".join(logged[-4:])) if logged else ""
    if style == "bar":
        bars = "".join(mark for mark in "|│┃║" if mark in line)
        bar = escape(bars) if len(bars) == 1 else f"[{bars}]"
        framed = line[origin:].lstrip()[:1] in bars
        anchor = rf"^[^{bars}\n]*" if head and not set(bars) & set(line[:origin]) else ""
        opening = (anchor + head or "^") + (rf"\s*{bar}\s*" if framed else r"\s*")
        return _Form(style, rf"[^{bars}\n]*", rf"\s*{bar}\s*", opening)
    if style in DELIMITERS:
        cut = r"\t" if style == "tab" else DELIMITERS[style]
        return _Form(style, rf"[^{cut}\n]*", rf"{cut} *", head or "^")
    return _Form(style, r"\S+(?: \S+)*" if style == "wide" else r"\S+", r"\s+", (head or "^") + r"\s*")


def _constant(cells: list[Cell]) -> bool:
    """Return whether the cells are one word in every row; in a single row, a word without a number."""
    text = cells[0].text
    if len({cell.text for cell in cells}) > 1 or cell_kind(text) != "w" or not text:
        return False
    return len(cells) > 1 or not any(character.isdigit() for character in text)


def _cell(form: _Form, cells: list[Cell], strict: bool, first: bool) -> str:
    kinds = {cell_kind(cell.text) for cell in cells}
    if _constant(cells) and (first or (strict and len(cells) > 2)):
        return shape(cells[0].text)
    if not strict or "w" in kinds or any(not cell.text for cell in cells):
        return form.cell
    if kinds == {"f"}:
        return r"\d+/\d\S*"
    if form.style not in ("wide", "space"):
        return form.cell
    return _FIGURE if all(cell.text[:1] in "+-.0123456789" for cell in cells) else r"\S+"


def _join(form: _Form, cells: list[str]) -> str:
    out = ""
    for cell, run in groupby(cells):
        count = len(list(run))
        piece = cell + form.separator
        out += piece if count == 1 else f"(?:{piece}){{{count}}}"
    return out


def _endings(form: _Form, cells: list[str], rows: list[tuple[str, list[Cell]]]) -> list[str]:
    """Yield what may follow the number: the rest of the row, to the end of the line when it ends there."""
    rest = ""
    for cell, run in groupby(cells):
        count = len(list(run))
        piece = form.separator + cell
        rest += piece if count == 1 else f"(?:{piece}){{{count}}}"
    closing = escape(rows[0][0].rstrip()[-1:]) if form.style == "bar" else ""
    unit = r"\S*" if form.style in ("wide", "space") else form.cell
    ends = []
    if all(line.rstrip().endswith(cells_[-1].text) or form.style == "bar" for line, cells_ in rows):
        edge = rf"\s*{closing}\s*$" if closing and not closing.isalnum() else r"\s*$"
        ends.append(f"{unit}{rest}{edge}")
    if rest:
        ends.append(f"{unit}{rest}")
    return ends


def _under_header(
    form: _Form, table: Table, group: list[Reading], lines: list[str], bodies: list[str], told: str
) -> Iterator[tuple[str, str]]:
    """Yield patterns that also look for the header above, for rows that other tables have too."""
    head = table.header[group[0].column]
    header = lines[group[0].name_row]
    begin = max(0, header.rfind(" ", 0, max(0, head.start - 1)))
    named = literal(
        header[begin : head.end].strip() if form.style != "bar" else header[head.start : head.end]
    )
    distances = [sum(1 for line in lines[item.name_row + 1 : item.row] if line.strip()) for item in group]
    for skip in (r"(?:[^\w\n]*\n)*", rf"(?:[^\n]*\n){{0,{max(distances)}}}?", r"(?:[^A-Za-z\n]*\n)*?"):
        for body in bodies[:2]:
            yield rf"{named}[^\n]*\n{skip}{form.opening}{body}", f"{told} under that header"
