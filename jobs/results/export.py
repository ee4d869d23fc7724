"""A job's trials, points and events in formats for other programs, written piece by piece."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from django.db.models import QuerySet

from jobs.models import PointBatch, TrainingJob, Trial
from jobs.results import points, trial_table
from jobs.results.archive import zipped
from jobs.results.settings import settings_of

FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""How a formula begins; spreadsheets read the wide forms too."""
POINTS_AT_ONCE = 20_000
"""So many points are in memory together, unless one stored batch has more."""
EVENTS = ("time", "level", "kind", "message", "trial", "duration")


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_csv(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The rows as lines of CSV. Texts that a spreadsheet would take for a formula begin with an apostrophe."""
    writer = csv.writer(_Line())
    for row in rows:
        yield writer.writerow([_harmless(cell) for cell in plain(row)])


def plain(row: Iterable[Any]) -> list[Any]:
    """The row with lists as one text."""
    return [", ".join(cell) if isinstance(cell, list) else cell for cell in row]


def _harmless(cell: Any) -> Any:
    if isinstance(cell, str) and cell.startswith(FORMULA) and not _is_number(cell):
        return "'" + cell
    return cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def trials_csv(job: TrainingJob, trials: QuerySet[Trial]) -> Iterator[str]:
    """The trials table."""
    yield from as_csv([trial_table.header(job)])
    yield from as_csv(trial_table.rows(job, trials))


def trials_json(job: TrainingJob, trials: QuerySet[Trial]) -> Iterator[str]:
    """A list with an object for each trial, its searched hyperparameters under `parameters`."""
    names, searched = trial_table.header(job), job.searched_names
    first = names.index("difference to best") + 1
    last = first + len(searched)
    return _array(
        {
            **dict(zip([*names[:first], *names[last:]], [*row[:first], *row[last:]], strict=True)),
            "parameters": dict(zip(searched, row[first:last], strict=True)),
        }
        for row in trial_table.rows(job, trials)
    )


def points_csv(job: TrainingJob, trials: QuerySet[Trial]) -> Iterator[str]:
    """Every point of the trials: trial, step, value, seconds since the attempt started."""
    yield "trial,step,value,seconds\r\n"
    for number, rows in _pieces(trials):
        columns = zip(*(rows[name].tolist() for name in ("step", "value", "seconds")), strict=True)
        yield "".join(f"{number},{step!r},{value!r},{seconds:.3f}\r\n" for step, value, seconds in columns)


def points_json(job: TrainingJob, trials: QuerySet[Trial]) -> Iterator[str]:
    """Lines of JSON: trial and the lists step, value (null where not finite) and seconds.

    A trial of very many points has several lines.
    """
    for piece in _plain(trials):
        yield json.dumps(piece) + "\n"


def job_json(job: TrainingJob) -> Iterator[str]:
    """The whole job: settings, trials, points as in `points_json`, events. No values of variables."""
    trials = job.trials.order_by("number")
    yield '{"job": ' + json.dumps(settings_of(job))
    for name, array in (
        ("trials", trials_json(job, trials)),
        ("points", _array(_plain(trials))),
        ("events", _array(dict(zip(EVENTS, row, strict=True)) for row in _events(job))),
    ):
        yield f',\n"{name}": '
        yield from array
    yield "}\n"


def job_zip(job: TrainingJob) -> Iterator[bytes]:
    """The same as CSV files in a .zip file."""
    trials = job.trials.order_by("number")
    settings = ((name, _text(value)) for name, value in settings_of(job).items())
    return zipped(
        [
            (f"{job.name}/settings.csv", as_csv([("setting", "value"), *settings])),
            (f"{job.name}/trials.csv", trials_csv(job, trials)),
            (f"{job.name}/points.csv", points_csv(job, trials)),
            (f"{job.name}/events.csv", as_csv(_with_header(EVENTS, _events(job)))),
        ]
    )


def _with_header(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[Iterable[Any]]:
    yield header
    yield from rows


def _text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


def _array(values: Iterable[Any]) -> Iterator[str]:
    yield "["
    for index, value in enumerate(values):
        yield (",\n" if index else "\n") + json.dumps(value)
    yield "\n]"


def _events(job: TrainingJob) -> Iterator[tuple[Any, ...]]:
    rows = job.events.order_by("time", "pk")
    columns = ("time", "level", "kind", "message", "trial__number", "duration")
    for time, *rest in rows.values_list(*columns).iterator(chunk_size=1_000):
        yield time.isoformat(), *rest


def _plain(trials: QuerySet[Trial]) -> Iterator[dict[str, Any]]:
    for number, rows in _pieces(trials):
        value = [v if np.isfinite(v) else None for v in rows["value"].tolist()]
        yield {
            "trial": number,
            "step": rows["step"].tolist(),
            "value": value,
            "seconds": rows["seconds"].tolist(),
        }


def _pieces(trials: QuerySet[Trial]) -> Iterator[tuple[int, np.ndarray]]:
    """Trial number and points, by number and in order, at most `POINTS_AT_ONCE` in a piece."""
    for keys in _groups(trials):
        found = PointBatch.objects.in_bulk(list(keys))
        for key, number in keys.items():
            if key in found:  # a running trial merges its batches
                rows = points.unpack(bytes(found.pop(key).data))
                for begin in range(0, len(rows), POINTS_AT_ONCE):
                    yield number, rows[begin : begin + POINTS_AT_ONCE]


def _groups(trials: QuerySet[Trial]) -> Iterator[dict[int, int]]:
    """Batches (with their trials' numbers) that are read together: sorting rows with the data would sort those."""
    batches = PointBatch.objects.filter(trial__in=trials.order_by()).order_by("trial__number", "first")
    group: dict[int, int] = {}
    size = 0
    for key, number, count in list(batches.values_list("pk", "trial__number", "count")):
        if group and (size + count > POINTS_AT_ONCE or len(group) >= 500):
            yield group
            group, size = {}, 0
        group[key] = number
        size += count
    if group:
        yield group
