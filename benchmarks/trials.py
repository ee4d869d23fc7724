"""How fast the trials table and its exports are with 10,000 trials of 30 hyperparameters and a million points.

    python -m benchmarks.trials [--quick]

Builds the search in a temporary directory (`--quick`: a tenth of the trials), starts the console as `manage.py
up` does, and asks for the table sorted and filtered, a trial in it, and the exports. Queries and memory are those
of the same requests inside this process. With DATABASE_URL set, that database is filled and measured instead of
SQLite. On a machine that was busy before this began, the time of the servers' processors is judged. Exit code 1 if a
target is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.pages_data import Size, build
from benchmarks.serving import Measure, Reader, console, judge, set_up, show

HYPERPARAMETERS = 30
REQUESTS = 12
TABLE_SECONDS, EXPORT_MEGABYTES = 0.3, 40
TABLE = {
    "as it opens": "",
    "sorted by a hyperparameter": "sort=-p:x07",
    "sorted and filtered": "sort=-p:x07&min:x03=0.1&is:kind=adam&q=host&status=Completed",
    "boxes of the parallel coordinates": "sort=value&brush=x01:0.2:0.9&brush=x02:0.1:0.8&page=60",
    "last page by objective": "sort=-value&page=200",
}
EXPORTS = ("trials.csv", "trials.json", "points.csv", "points.jsonl", "job.json", "job.zip")


def widen(job) -> None:
    """Give the job's trials 30 hyperparameters."""
    from jobs.models import Trial
    from search import Categorical, Float, SearchSpace

    names = [f"x{number:02}" for number in range(HYPERPARAMETERS - 1)]
    space = SearchSpace({"kind": Categorical(["adam", "sgd"]), **{name: Float(0.0, 1.0) for name in names}})
    job.search_space = space.to_json()
    job.save()
    chance = np.random.default_rng(3)
    trials = list(job.trials.only("pk"))
    for trial in trials:
        trial.parameters = space.from_unit(chance.random(len(space)))
    Trial.objects.bulk_update(trials, ["parameters"], batch_size=500)


def measure_export(reader: Reader, path: str) -> Measure:
    """Ask once over HTTP, and once inside this process for the peak of memory while it is sent."""
    row = replace(reader, count=1).measure(path.rpartition("/")[2], path)
    tracemalloc.start()
    for _ in reader.client.get(path).streaming_content:
        pass
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return replace(row, memory=memory)


def run(folder: Path, quick: bool) -> bool:
    """Build, measure, print; whether all targets are met."""
    set_up(folder)
    from django.contrib.auth import get_user_model
    from django.test import Client

    owner = get_user_model().objects.create_user("reader")
    client = Client()
    client.force_login(owner)
    begin = time.perf_counter()
    size = Size("trials", 1_000 if quick else 10_000, 100)
    job = build(size, owner)
    widen(job)
    print(f"Built {size.trials} x {HYPERPARAMETERS} with {size.trials * size.points:,} points in "
          f"{time.perf_counter() - begin:.0f} s.\n")  # fmt: skip
    path = f"/jobs/{job.pk}/"
    with console(folder) as (base, clock):
        reader = Reader(base, client, clock, 4 if quick else REQUESTS)
        tables = [reader.measure(f"table {what}", f"{path}trials/?{query}") for what, query in TABLE.items()]
        trial = f"{path}trials/{size.trials // 2}/?list=sort%3D-p%3Ax07"
        tables.append(reader.measure("a trial of the sorted table", trial))
        exports = [measure_export(reader, f"{path}export/{name}") for name in EXPORTS]
    show([*tables, *exports])
    print()
    slowest = max(tables, key=lambda row: row.judged)
    largest = max(exports, key=lambda row: row.memory)
    return all(
        [
            judge(f"slowest of the table ({slowest.what})", slowest.judged, TABLE_SECONDS, "s"),
            judge(f"memory of an export ({largest.what})", largest.memory / 1e6, EXPORT_MEGABYTES, "MB"),
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the trials")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory(prefix="argmax-trials-") as folder:
        return 0 if run(Path(folder), quick) else 1


if __name__ == "__main__":
    sys.exit(main())
