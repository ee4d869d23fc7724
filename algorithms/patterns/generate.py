"""From an indicator's name, and a sample of the log or the script's source when there is one, to a pattern."""

from dataclasses import dataclass

from algorithms.patterns.named import pattern_from_name


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
    return GeneratedPattern(pattern_from_name(name), f"reads the number printed after “{name}”")
