"""A sample of a log as read: its lines, the numbers with their names, the tables."""

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from algorithms.patterns.listed import listed_readings
from algorithms.patterns.names import words
from algorithms.patterns.prefixes import message_start
from algorithms.patterns.readings import (
    MAX_SAMPLE_LINES,
    Reading,
    below_readings,
    line_readings,
    sample_lines,
)
from algorithms.patterns.tables import Table, find_tables, table_readings

_LONGEST_TITLE = 200


@dataclass(frozen=True)
class Scene:
    """A sample as read: its lines, all readings, the tables.

    `headings` has for each line the one it is indented under (or ""), `titles` the short lines that may name a
    block: row and words after the prefix. `filled` counts the lines with text up to each line.
    """

    lines: list[str]
    headings: list[str]
    titles: list[tuple[int, tuple[str, ...]]]
    filled: list[int]
    numbers: list[int]
    readings: list[Reading]
    tables: list[Table]
    before_words: dict[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)


@lru_cache(maxsize=4)  # the workbench asks again for the same sample at every key
def read_scene(sample: str, most_lines: int = MAX_SAMPLE_LINES) -> Scene:
    """Read a sample of a log, of which at most `most_lines` are looked at."""
    lines, line_numbers = sample_lines(sample, most_lines)
    tables = find_tables(lines)
    in_table = {row for table in tables for row in table.rows}
    readings = []
    for row, line in enumerate(lines):
        found = line_readings(row, line)
        if row in in_table:
            found = [reading for reading in found if reading.kind not in ("more", "after")]
        readings += found + listed_readings(line, found)
    readings += table_readings(lines, tables) + below_readings(lines)
    titles = [
        (row, found)
        for row, line in enumerate(lines)
        if len(line) < _LONGEST_TITLE and (found := words(line[message_start(lines, row) :]))
    ]
    filled = list(accumulate(bool(line.strip()) for line in lines))
    return Scene(lines, _headings(lines), titles, filled, line_numbers, readings, tables)


def _headings(lines: list[str]) -> list[str]:
    """Return for each line the one it is indented under, where that ends in a colon or a bracket."""
    found: list[str] = []
    open_lines: list[tuple[int, str]] = []
    for line in lines:
        text = line.strip()
        indent = len(line) - len(line.lstrip()) if text else 0
        while text and open_lines and open_lines[-1][0] >= indent:
            open_lines.pop()
        above = open_lines[-1][1] if open_lines else ""
        found.append(above if above.endswith((":", "{", "[", "(")) else "")
        if text:
            open_lines.append((indent, text))
    return found
