"""Generate the pattern that reads a search indicator from a log. Pure functions: no Django, no files."""

from algorithms.patterns.generate import GeneratedPattern, generate_pattern

__all__ = ["GeneratedPattern", "generate_pattern"]
