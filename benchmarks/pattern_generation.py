"""How often does *Generate Intelligently* produce the right pattern?

    python -m benchmarks.pattern_generation [CORPUS.json ...] [--quick] [--no-failures]

A case passes when the pattern generated for its indicator, applied by `runtime.indicator.extract` to its log,
yields exactly the expected values (or one of the alternatives). Measured twice: the generator sees the name only,
and the name with the log. A third figure tells how often the pattern made from a log up to its last value reads
that value too. Exit code 1 when a target is missed.
"""

import argparse
import json
import math
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __package__ in (None, ""):
    sys.path.insert(0, str(ROOT))

from algorithms.patterns import generate_pattern  # noqa: E402
from runtime.indicator import extract, find  # noqa: E402

CORPUS = ROOT / "tests" / "data" / "logcorpus" / "dev.json"
WITH_SAMPLE_BOUND = 0.90
NAME_ONLY_BOUND = 0.60
LATER_BOUND = 0.90
QUICK_CASES = 20


def same_values(found: list[float], expected: list[Any]) -> bool:
    """Return whether two lists hold the same numbers ("nan" and "inf" may be written as strings)."""
    wanted = [float(value) for value in expected]
    return len(found) == len(wanted) and all(
        math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(a) and math.isnan(b))
        for a, b in zip(found, wanted, strict=True)
    )


def judge(case: dict[str, Any], with_sample: bool) -> tuple[bool, str, list[float]]:
    """Return whether a case passes, with the pattern and what it extracts."""
    pattern = str(generate_pattern(case["indicator"], sample=case["log"] if with_sample else None))
    found = extract(pattern, case["log"])
    accepted = [case["expected"], *case.get("alt_expected", [])]
    return any(same_values(found, expected) for expected in accepted), pattern, found


def judge_later(case: dict[str, Any]) -> bool | None:
    """Return whether the pattern made before a log's last value reads that too; None with too few values."""
    hits = find(str(generate_pattern(case["indicator"], sample=case["log"])), case["log"])
    so_far = case["log"].encode()[: hits[-1].point.offset if hits else 0].decode()
    if len(hits) < 2 or hits[0].point.offset == hits[-1].point.offset:
        return None
    found = extract(str(generate_pattern(case["indicator"], sample=so_far)), case["log"])
    accepted = [[hit.point.value for hit in hits], case["expected"], *case.get("alt_expected", [])]
    return any(same_values(found, expected) for expected in accepted)


def measure(cases: list[dict[str, Any]], with_sample: bool, show_failures: bool) -> float:
    """Print pass rates by kind and the failures; return the pass rate."""
    title = "with sample" if with_sample else "name only"
    print(f"\n== {title}")
    passed: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    began = time.perf_counter()
    failures = []
    for case in cases:
        ok, pattern, found = judge(case, with_sample)
        passed[case["kind"]] += ok
        total[case["kind"]] += 1
        if not ok:
            failures.append((case, pattern, found))
    elapsed = time.perf_counter() - began
    for kind in sorted(total):
        print(f"  {kind:20} {passed[kind]:3} of {total[kind]:3}")
    print(f"  {elapsed / max(1, len(cases)) * 1000:.1f} ms a case")
    for case, pattern, found in failures if show_failures else []:
        print(f"  FAILED {case['id']} ({case['kind']}): {case['indicator']!r}\n    pattern  {pattern}")
        print(f"    expected {case['expected']}\n    found    {found}")
    return sum(passed.values()) / max(1, len(cases))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", nargs="*", type=Path, help="corpus files (default: the development part)")
    parser.add_argument(
        "--quick", action="store_true", help=f"only every nth case, about {QUICK_CASES} in all"
    )
    parser.add_argument("--no-failures", action="store_true", help="do not list the cases that failed")
    arguments = parser.parse_args()
    cases = [case for path in arguments.corpus or [CORPUS] for case in json.loads(path.read_text("utf-8"))]
    if arguments.quick:
        cases = cases[:: max(1, len(cases) // QUICK_CASES)]
    print(f"{len(cases)} cases")
    show = not arguments.no_failures
    later = [ok for ok in map(judge_later, cases) if ok is not None]
    results = [
        ("with sample", measure(cases, True, show), WITH_SAMPLE_BOUND),
        ("name only", measure(cases, False, show), NAME_ONLY_BOUND),
        ("read on", sum(later) / max(1, len(later)), LATER_BOUND),
    ]
    print()
    for name, rate, bound in results:
        print(f"{name}: {rate:.1%} (>= {bound:.0%}) {'ok' if rate >= bound else 'short'}")
    return 0 if all(rate >= bound for _, rate, bound in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
