"""Conditions: one level for every factor, with a stable id."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from peerward.design.factor import NOT_APPLICABLE, LevelError
from peerward.design.factors import DEFAULT_BAR, DEFAULTS_OF_THE_PAPER, FACTORS, factor


@dataclass(frozen=True)
class Condition(Mapping[str, str]):
    """One level for every factor, in the order of the factors; hashable, comparable, printable.

    A factor for which a scenario's story has no place stands at ``not_applicable``.
    """

    levels: tuple[tuple[str, str], ...]

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return dict(self.levels)

    def __getitem__(self, name: str) -> str:
        """The level of a factor."""
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        """The factors, in order."""
        return iter(self._by_name)

    def __len__(self) -> int:
        """The number of factors."""
        return len(self.levels)

    def __hash__(self) -> int:
        """The hash of the levels."""
        return hash(self.levels)

    @cached_property
    def id(self) -> str:
        """12 hex digits, a hash of the levels: the same on every machine and in every version."""
        return hashlib.sha256(json.dumps(dict(self.levels), sort_keys=True).encode()).hexdigest()[:12]

    def named(self) -> str:
        """The levels that differ from their defaults, e.g. ``relationship=bad bar=none``, or ``default``."""
        parts = [
            f"{name}={level}" for name, level in self.levels if level not in (NOT_APPLICABLE, default_level(name, self))
        ]
        return " ".join(parts) or "default"


def default_level(name: str, chosen: Mapping[str, str]) -> str:
    """The default of a factor given the levels already chosen (the bar's follows the direction, some the world)."""
    if chosen.get("world") == "paper" and name in DEFAULTS_OF_THE_PAPER:
        return DEFAULTS_OF_THE_PAPER[name]
    if name == "bar":
        return DEFAULT_BAR.get(chosen.get("direction", ""), factor("bar").default)
    return factor(name).default


def make_condition(chosen: Mapping[str, str], applicable: frozenset[str]) -> Condition:
    """Complete the chosen levels to a condition.

    Args:
        chosen: Levels by factor name; factors left out take their default.
        applicable: The factors for which the scenario has a place; the others stand at ``not_applicable``.

    Raises:
        LevelError: If a level is chosen of a factor that does not apply or does not exist.
    """
    for name, level in chosen.items():
        if name in applicable and level == NOT_APPLICABLE:
            raise LevelError(f"{name} has no level {level!r} here; choose one of: {factor(name).choices()}")
        factor(name).parse(level)
        if name not in applicable and level != NOT_APPLICABLE:
            raise LevelError(
                f"{name}={level} cannot be set here: this scenario has no {name}; "
                f"it takes: {', '.join(f.name for f in FACTORS if f.name in applicable)}"
            )
    levels: dict[str, str] = {}
    for each in FACTORS:
        if each.name not in applicable:
            levels[each.name] = NOT_APPLICABLE
        else:
            levels[each.name] = chosen.get(each.name) or default_level(each.name, levels)
    return Condition(tuple(levels.items()))
