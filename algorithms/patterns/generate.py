"""From an indicator's name, and a sample of the log or the script's source if there is one, to a pattern."""

from dataclasses import dataclass

from algorithms.patterns.choice import choose, read_scene
from algorithms.patterns.named import pattern_from_name
from algorithms.patterns.names import words
from algorithms.patterns.synthesis import synthesise

_LEAST_AGREEMENT = 0.5


@dataclass(frozen=True)
class GeneratedPattern:
    """A pattern and, in words, what it reads. `str()` gives the pattern."""

    pattern: str
    explanation: str

    def __str__(self) -> str:
        return self.pattern


def generate_pattern(
    indicator: str, sample: str | None = None, source: str | None = None
) -> GeneratedPattern:
    """Return a pattern for `indicator`; it is always valid RE2 syntax with at most 500 characters."""
    name = indicator.strip()
    if sample:
        generated = _from_sample(name, sample)
        if generated is not None:
            return generated
    return GeneratedPattern(
        pattern_from_name(name),
        f"reads the first number after “{name}” on a line, in the ways logs commonly print it",
    )


def _from_sample(name: str, sample: str) -> GeneratedPattern | None:
    scene = read_scene(sample)
    target = choose(name, scene)
    if target is None:
        return None
    fit = synthesise(target, scene, words(name))
    if fit is None or fit.agreement < _LEAST_AGREEMENT:
        return None
    note = "" if fit.exact else "; it could not be told apart from other numbers completely"
    return GeneratedPattern(fit.draft.pattern, fit.draft.explanation + note)
