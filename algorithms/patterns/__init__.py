"""Generate and judge the pattern that reads a search indicator from a log. Pure functions: no Django, no files."""

from algorithms.patterns.discovery import Candidate, discover
from algorithms.patterns.generate import GeneratedPattern, generate_pattern
from algorithms.patterns.inspection import Inspection, Match, PatternWarning, diagnose, inspect
from algorithms.patterns.names import suggest_direction
from algorithms.patterns.source import Printed, source_prints

__all__ = [
    "Candidate",
    "GeneratedPattern",
    "Inspection",
    "Match",
    "PatternWarning",
    "Printed",
    "diagnose",
    "discover",
    "generate_pattern",
    "inspect",
    "source_prints",
    "suggest_direction",
]
