"""What a factor is: a thing that is varied, its levels, and how they relate."""

import math
import re
from dataclasses import dataclass
from enum import StrEnum

NOT_APPLICABLE = "not_applicable"
"""The level of a factor in a scenario whose story has no place for that factor."""


class Match(StrEnum):
    """How the texts and objects of a factor's levels relate to each other."""

    MATCHED = "matched"
    """Same length within 10 %, same layout; a filler stands where a level would be absent."""
    STRUCTURAL = "structural"
    """A document, a tool or a turn more or less."""
    UNMATCHED_BY_DESIGN = "unmatched_by_design"
    """An arm of the paper that differs in more than it names; kept for replication only."""


@dataclass(frozen=True)
class Factor:
    """One thing that is varied.

    Attributes:
        name: The word used in code, on the command line, in logs and in tables.
        levels: The named levels, the default first.
        match: How its levels relate.
        says: One sentence for a reader who meets the factor for the first time.
        number: The closed range (low, high) of numbers that are levels too, or None.
        structural_levels: Levels that differ from the others by structure, whatever the factor's class.
        pattern: A regular expression for further levels, or an empty text.
        pattern_says: What these levels look like, for a reader.
        default: The level used where none is named; the first of ``levels`` unless given.
        extensible: Whether its levels do no more than choose clauses, so that an extension can add one.
    """

    name: str
    levels: tuple[str, ...]
    match: Match
    says: str
    number: tuple[float, float] | None = None
    given_default: str = ""
    structural_levels: frozenset[str] = frozenset()
    pattern: str = ""
    pattern_says: str = ""
    extensible: bool = False

    @property
    def default(self) -> str:
        """The level used where none is named."""
        return self.given_default or self.levels[0]

    def parse(self, text: str) -> str:
        """Return the canonical spelling of a level.

        Args:
            text: What a person wrote.

        Raises:
            LevelError: If the text is no level of this factor; the message lists the valid ones.
        """
        level = text.strip()
        if level in self.levels or level == NOT_APPLICABLE:
            return level
        if self.pattern and re.fullmatch(self.pattern, level):
            return level
        if self.number is not None:
            try:
                value = float(level)
            except ValueError:
                value = math.nan
            low, high = self.number
            if low <= value <= high:
                return f"{value:g}"
        raise LevelError(f"{self.name} has no level {text!r}; choose one of: {self.choices()}")

    def choices(self) -> str:
        """The valid levels as a reader should see them, e.g. ``none, or a number from 0 to 100``."""
        said = ", ".join(self.levels)
        if self.number is not None:
            said += f", or a number from {self.number[0]:g} to {self.number[1]:g}"
        return f"{said}, or {self.pattern_says}" if self.pattern_says else said

    def match_of(self, one: str, two: str) -> Match:
        """How two of its levels relate."""
        return Match.STRUCTURAL if {one, two} & self.structural_levels else self.match


class LevelError(ValueError):
    """A factor or level that does not exist, or a combination that makes no experiment."""
