"""From an indicator's name, and a sample of the log or the script's source if there is one, to a pattern."""

from dataclasses import dataclass

from algorithms.patterns.choice import choose
from algorithms.patterns.named import pattern_from_name
from algorithms.patterns.names import words
from algorithms.patterns.scene import read_scene
from algorithms.patterns.source import sample_of
from algorithms.patterns.synthesis import synthesise

_LEAST_AGREEMENT = 0.5


@dataclass(frozen=True)
class GeneratedPattern:
    """A pattern and, in words, what it reads. `str()` gives the pattern; `basis`: sample, source or name."""

    pattern: str
    explanation: str
    basis: str = "name"

    def __str__(self) -> str:
        return self.pattern


def generate_pattern(
    indicator: str, sample: str | None = None, source: str | None = None
) -> GeneratedPattern:
    """Return a pattern for `indicator`, from the best there is: a log, the script's source, or the name alone.

    It is always valid RE2 syntax with at most 500 characters.
    """
    name = indicator.strip()
    if sample:
        generated = _from_sample(name, sample, "sample")
        if generated is not None:
            return generated
    if source:
        generated = _from_sample(name, sample_of(source), "source")
        if generated is not None:
            return generated
    told = f"reads the first number after “{name}”, in the ways logs commonly print it"
    if sample:
        told += "; the name was not found beside a number in the sample"
    elif source:
        told += "; no print or logging call with that name was found in the source"
    return GeneratedPattern(pattern_from_name(name), told)


def _from_sample(name: str, sample: str, basis: str) -> GeneratedPattern | None:
    scene = read_scene(sample)
    target = choose(name, scene)
    if target is None:
        return None
    fit = synthesise(target, scene, words(name))
    if fit is None or fit.agreement < _LEAST_AGREEMENT:
        return None
    told = fit.draft.explanation
    if not fit.exact:
        told += "; it could not be told apart from all other numbers"
    if basis == "source":
        told += ", as the script's source prints it"
    return GeneratedPattern(fit.draft.pattern, told, basis)
