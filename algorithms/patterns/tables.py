"""Find tables in a log: a line of column names, then lines of numbers under them."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from algorithms.patterns.prefixes import message_start, shared_prefix
from algorithms.patterns.readings import Reading, is_rule, numbers

_BARS = re.compile(r"[|│┃║]")
_PROGRESS = re.compile(r":?\s{0,9}\d+%\|.*$")
_DRAWN = re.compile(r"\s*[^\w\s]{4,}[^\w]*")
_KEYED = re.compile(r"[A-Za-z]\w*\s*[=:]\s*[-+]?\d")
_MISSING = {"n/a", "na", "-", "--", "none", "null", "", "nan", "?", "[]"}
_REACH = 300  # lines after which a header is forgotten
_MOST_OPEN = 60  # tables that a line is held against, the latest ones
DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";"}
STYLES = ("bar", *DELIMITERS, "wide", "space")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table line: its text and where it stands."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class Table:
    """Column names and the rows under them. `rows` maps a line to its cells by column (None: no cell).

    `origins` maps a line to where its cells begin, after what a logger put before them.
    """

    style: str
    header_row: int
    header: list[Cell]
    line: str = ""
    signature: str = ""
    rows: dict[int, list[Cell | None]] = field(default_factory=dict)
    raw: dict[int, list[Cell]] = field(default_factory=dict)
    origins: dict[int, int] = field(default_factory=dict)


def split_cells(line: str, style: str, origin: int = 0) -> list[Cell]:
    """Split a line from `origin` on into cells in one of the STYLES."""
    if style == "bar":
        bars = [match.start() for match in _BARS.finditer(line, origin)]
        if len(bars) < 1:
            return []
        edges = [origin - 1, *bars, len(line)]
        spans = [(edges[i] + 1, edges[i + 1]) for i in range(len(edges) - 1)]
        if not line[origin : bars[0]].strip():
            spans = spans[1:]
        if spans and not line[spans[-1][0] :].strip():
            spans = spans[:-1]
    elif style in DELIMITERS:
        cut = DELIMITERS[style]
        spans, begin = [], origin
        for part in line[origin:].split(cut):
            spans.append((begin, begin + len(part)))
            begin += len(part) + 1
    else:
        gap = r"\S+(?: \S+)*" if style == "wide" else r"\S+"
        spans = [match.span() for match in re.compile(gap).finditer(line, origin)]
        if style == "wide":
            spans = [part for span in spans for part in _split_figures(line, span)]
    cells = []
    for begin, end in spans:
        text = line[begin:end]
        stripped = text.strip()
        shift = len(text) - len(text.lstrip())
        cells.append(Cell(stripped, begin + shift, begin + shift + len(stripped)))
    return cells


_FIGURES = re.compile(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?(?: [-+]?[\d.]+(?:[eE][-+]?\d+)?)+")


def _split_figures(line: str, span: tuple[int, int]) -> list[tuple[int, int]]:
    """Numbers one space apart are cells of their own; words one space apart may be one name."""
    if not _FIGURES.fullmatch(line, *span):
        return [span]
    return [match.span() for match in re.compile(r"\S+").finditer(line, *span)]


def find_tables(lines: list[str]) -> list[Table]:
    """Return the tables of a log, each header with the rows that belong to it."""
    tables: list[Table] = []
    owners: dict[str, Table] = {}  # the header that rows of a signature belong to
    open_tables: list[Table] = []
    for row, line in enumerate(lines):
        origin = message_start(lines, row)
        if is_rule(line) or len(line) > 1000 or _DRAWN.fullmatch(line, origin):
            continue
        open_tables = [table for table in open_tables if row - table.header_row <= _REACH or table.rows]
        if _take_row(row, line, open_tables, owners):
            continue
        seen: list[list[str]] = []
        for style in STYLES:
            header = _header_cells(line, style, origin)
            texts = [cell.text for cell in header]
            if header and texts not in seen:
                seen.append(texts)
                above = tables[-1] if tables else None
                if above and _continues(above, style, header, row):
                    above.header = [
                        _below(head, cell) for head, cell in zip(above.header, header, strict=True)
                    ]
                    above.header_row, above.line = row, line
                    continue
                table = Table(style, row, header, line)
                tables.append(table)
                open_tables.append(table)
    return [table for table in tables if table.rows]


def _continues(above: Table, style: str, header: list[Cell], row: int) -> bool:
    """Return whether a header is the second line of the one above: "Validation" over "Accuracy"."""
    if above.rows or above.header_row != row - 1 or above.style != style or style not in ("bar", "wide"):
        return False
    return len(above.header) == len(header) and all(
        abs(head.start + head.end - cell.start - cell.end) <= 12
        for head, cell in zip(above.header, header, strict=True)
        if head.text and cell.text
    )


def _below(head: Cell, cell: Cell) -> Cell:
    place = cell if cell.text else head
    return Cell(f"{head.text} {cell.text}".strip(), place.start, place.end)


def _header_cells(line: str, style: str, origin: int) -> list[Cell]:
    bare = _PROGRESS.sub("", line)
    if _KEYED.search(bare, origin):
        return []
    cells = split_cells(bare, style, origin)
    least = 2 if style in ("bar", "tab", "wide") else 3
    if not least <= len(cells) <= 60:
        return []
    filled = [cell for cell in cells if cell.text]
    if len(filled) < 2 or any(len(cell.text) > 40 for cell in filled[1:]):
        return []
    if any(cell_kind(cell.text) != "w" for cell in filled):
        return []
    lettered = [cell for cell in filled if any(character.isalpha() for character in cell.text)]
    if len(lettered) < max(2, 0.6 * len(filled)):
        return []
    return cells


@lru_cache(maxsize=20000)
def cell_kind(text: str) -> str:
    """Return n (number or missing), f (fraction: 3/20), u (number with a unit, time, list) or w (words)."""
    if text.lower() in _MISSING:
        return "n"
    number = numbers(text)
    if text[0] == "[" and text[-1] == "]" and number and number[0].start == 1:
        return "u"
    if number and number[0].start == 0:
        rest = text[number[0].end :]
        if not rest or rest in ("%", "s"):
            return "n"
        if rest.startswith("/"):
            return "f"
        return "u" if re.fullmatch(r"\s?[A-Za-zµ%/]{1,6}|[\d:.]+s?|\s?[(±+].*", rest) else "w"
    return "w"


def _signature(cells: list[Cell]) -> str:
    return "".join(cell_kind(cell.text) for cell in cells)


def _take_row(row: int, line: str, open_tables: list[Table], owners: dict[str, Table]) -> bool:
    if not any(character.isdigit() for character in line) and "nan" not in line.lower():
        return False
    bare = _PROGRESS.sub("", line)
    taken = False
    split: dict[tuple[str, int], tuple[list[Cell], str]] = {}
    for table in reversed(open_tables[-_MOST_OPEN:]):
        origin = shared_prefix(table.line, line)[1]
        if (table.style, origin) not in split:
            fresh = split_cells(bare, table.style, origin)
            split[table.style, origin] = (fresh, _signature(fresh))
        cells, signature = split[table.style, origin]
        if "n" not in signature:
            continue
        columns = _columns(table, cells, signature, bare[origin:])
        if columns is None:
            continue
        key = f"{table.style} {signature}"
        owner = owners.get(key)
        texts = [cell.text for cell in table.header]
        if owner is not None and owner is not table:
            same = [cell.text for cell in owner.header] == texts
            # Rows of a known table go to it, unless this header was followed by such rows from its beginning.
            if not same and table.signature and table.signature != signature:
                continue
            if not same and not table.signature and row - table.header_row > 8:
                continue
        if not table.signature:
            table.signature = signature
        owners[key] = table
        table.rows[row] = columns
        table.raw[row] = cells
        table.origins[row] = origin
        taken = True
        break
    return taken


def _columns(table: Table, cells: list[Cell], signature: str, line: str) -> list[Cell | None] | None:
    """Return the row's cells by column, or None when the line is no row of the table."""
    width = len(table.header)
    figures = signature.count("n") + signature.count("u") + signature.count("f")
    if _KEYED.search(line) and table.style not in ("comma", "semicolon"):
        return None
    if len(cells) == width and figures >= max(1, 0.34 * width):
        return list(cells)
    if table.style in DELIMITERS or table.style == "space":
        return None
    if len(cells) == width + 1 and figures >= 0.5 * width:
        return list(cells[1:])
    if table.style == "wide" and len(cells) > 1 and (figures >= 3 or (figures and table.rows)):
        return _aligned(table.header, cells)
    return None


def _aligned(header: list[Cell], cells: list[Cell]) -> list[Cell | None] | None:
    """Give each column the cell that stands nearest under it, by left end, right end or middle."""
    columns: list[Cell | None] = [None] * len(header)
    claims: dict[Cell, float] = {}
    for place, head in enumerate(header):
        near = [
            (_apart(head, cell), cell)
            for cell in cells
            if cell_kind(cell.text) != "w" and cell.start <= head.end + 2 and head.start <= cell.end + 2
        ]
        if not near:
            continue
        apart, cell = min(near, key=lambda item: item[0])
        if apart > 6 or apart >= claims.get(cell, 100.0):
            continue
        columns = [None if other is cell else other for other in columns]
        columns[place] = cell
        claims[cell] = apart
    return columns if sum(cell is not None for cell in columns) * 2 > len(cells) else None


def _apart(head: Cell, cell: Cell) -> float:
    middle = abs((head.start + head.end) - (cell.start + cell.end)) / 2
    return min(abs(head.start - cell.start), abs(head.end - cell.end), middle)


def table_readings(lines: list[str], tables: list[Table]) -> list[Reading]:
    """Return the numbers in table cells: named by the column, labelled by the words of their row."""
    found: list[Reading] = []
    for number, table in enumerate(tables):
        for row, columns in table.rows.items():
            label = " ".join(
                cell.text for cell in table.raw[row] if cell_kind(cell.text) == "w" and cell.text
            )
            for column, cell in enumerate(columns):
                if cell is None:
                    continue
                tokens = numbers(cell.text)
                if not tokens or tokens[0].start > 1:
                    continue
                head = table.header[column]
                token = tokens[0]
                found.append(
                    Reading(
                        row, cell.start + token.start, cell.start + token.end, token.value, head.text.strip(":( "),
                        table.header_row, head.start, head.end, "column", labels=label,
                        flaw="" if token.flaw == "word" else token.flaw, table=number, column=column,
                    )
                )  # fmt: skip
    return found
