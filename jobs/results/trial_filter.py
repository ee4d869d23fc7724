"""What the address of a trials table asks for: the parts of its filter, in words and as conditions."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, JSONField, OuterRef, Q, TextField
from django.db.models.fields.json import (
    KeyTransform,
    KeyTransformExact,
    KeyTransformGte,
    KeyTransformIn,
    KeyTransformLte,
)
from django.db.models.functions import Cast
from django.db.models.lookups import IContains
from django.http import QueryDict

from console.words import number as short
from jobs.execution.states import TrialStatus
from jobs.models import TrainingJob, TrialTag
from search import Categorical, Float, Integer, SearchSpace

BOUNDS = {"min": (KeyTransformGte, "≥"), "max": (KeyTransformLte, "≤")}
SEARCHED = ("reason", "worker", "note")


class ParameterValue(KeyTransform):
    """A hyperparameter's value in SQL. A name of digits is a name; Django would see a place in a list."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "parameters", output_field=JSONField())

    def as_sqlite(self, compiler, connection):
        lhs, params, _ = self.preprocess_lhs(compiler, connection)
        kind = f"JSON_TYPE({lhs}, %s)"
        plain = f"CASE WHEN {kind} IN ('false', 'true', 'null') THEN {kind} ELSE JSON_EXTRACT({lhs}, %s) END"
        return f"({plain})", (*params, "$." + json.dumps(self.key_name)) * 3

    def as_postgresql(self, compiler, connection):
        lhs, params, _ = self.preprocess_lhs(compiler, connection)
        return f"({lhs} -> %s)", (*params, self.key_name)


@dataclass(frozen=True)
class Part:
    """One part of a filter: its place in the address, its condition, and its words for a reader.

    `words` are empty where a control of the page shows the part.
    """

    key: str
    value: str
    where: Q
    words: str = ""


def parts(job: TrainingJob, query: QueryDict) -> list[Part]:
    """The parts of the query that can be read, of these names:

    `status`, `q` (words), `tag`, `starred`; `least` and `most` for the objective; for a hyperparameter
    `min:NAME`, `max:NAME`, `is:NAME` (one of those values) and `brush=NAME:low:high`, a piece of its unit
    interval as the parallel coordinates send it.
    """
    found = [*_shown_by_controls(query), *_objective(job, query)]
    return (
        [*found, *_hyperparameters(SearchSpace.from_json(job.search_space), query)]
        if job.is_search
        else found
    )


def _shown_by_controls(query: QueryDict) -> Iterator[Part]:
    if (status := query.get("status")) in TrialStatus.values:
        yield Part("status", status, Q(status=status))
    for word in query.get("q", "").split():
        yield Part("q", word, _holding(word))
    if tag := query.get("tag"):
        yield Part("tag", tag, _tagged(name=tag))
    if query.get("starred"):
        yield Part("starred", query["starred"], Q(starred=True))


def _holding(word: str) -> Q:
    found = Q(IContains(Cast("parameters", TextField()), word)) | _tagged(name__icontains=word)
    for column in SEARCHED:
        found |= Q((f"{column}__icontains", word))
    return found | Q(number=int(word)) if word.isdecimal() and len(word) < 7 else found


def _tagged(**which: str) -> Q:
    return Q(Exists(TrialTag.objects.filter(trial=OuterRef("pk"), **which)))


def _objective(job: TrainingJob, query: QueryDict) -> Iterator[Part]:
    name = job.indicator_name or "value"
    for key, lookup, sign in (("least", "value__gte", "≥"), ("most", "value__lte", "≤")):
        bound = _number(query.get(key, ""))
        if bound is not None:
            yield Part(key, query[key], Q((lookup, bound)), f"{name} {sign} {short(bound)}")


def _hyperparameters(space: SearchSpace, query: QueryDict) -> Iterator[Part]:
    for key in query:
        kind, _, name = key.partition(":")
        if name not in space.dimensions:
            continue
        bound = _number(query[key])
        if kind in BOUNDS and bound is not None:
            lookup, sign = BOUNDS[kind]
            yield Part(
                key, query[key], Q(lookup(ParameterValue(name), bound)), f"{name} {sign} {short(bound)}"
            )
        elif kind == "is":
            yield from _one_of(key, name, space[name], query.getlist(key))
    for text in query.getlist("brush"):
        yield from _brush(space, text)


def _one_of(key: str, name: str, dimension: Categorical, texts: list[str]) -> Iterator[Part]:
    if isinstance(dimension, Categorical):
        chosen = [choice for choice in dimension.choices if str(choice) in texts]
        if chosen:
            yield Part(key, "", _any_of(name, chosen), f"{name}: {' or '.join(map(str, chosen))}")


def _any_of(name: str, choices: list) -> Q:
    value = ParameterValue(name)
    found = Q(KeyTransformIn(value, choices))
    return found | Q(KeyTransformExact(value, None)) if None in choices else found


def _brush(space: SearchSpace, text: str) -> Iterator[Part]:
    name, low, high = [*text.rsplit(":", 2), "", ""][:3]
    ends = _number(low), _number(high)
    if name not in space.dimensions or None in ends:
        return
    dimension = space[name]
    if isinstance(dimension, Categorical):
        middles = enumerate(dimension.choices)
        inside = [choice for i, choice in middles if ends[0] <= (i + 0.5) / dimension.size <= ends[1]]
        yield Part(
            "brush", text, _any_of(name, inside), f"{name}: {' or '.join(map(str, inside)) or 'nothing'}"
        )
        return
    where, words = Q(), []
    for unit, (lookup, sign) in zip(ends, BOUNDS.values(), strict=True):
        if 0 < unit < 1:  # beyond the ends lie the values of earlier, wider ranges
            bound = _between(dimension).from_unit(unit)
            where &= Q(lookup(ParameterValue(name), bound))
            words.append(f"{sign} {short(bound)}")
    if words:
        yield Part("brush", text, where, f"{name} {' and '.join(words)}")


def _between(dimension: Float | Integer) -> Float:
    """The scale of a numeric hyperparameter, between its whole numbers too."""
    if isinstance(dimension, Float):
        return dimension
    return Float(dimension.lower - 0.5, dimension.upper + 0.5, log=dimension.log)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
