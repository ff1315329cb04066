"""Rates by cell: one critic in one condition of one scenario. Nothing is pooled over cells."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peerward.analysis.rates import Rate, wilson


@dataclass(frozen=True)
class Cell:
    """One critic in one condition of one scenario.

    Attributes:
        scenario: The scenario.
        critic: The critic.
        condition_id: The condition.
        levels: Its levels by factor.
        statuses: Trials by status.
        preserved: Trials with ``preserved``, among all but infrastructure (and but those where it is not defined).
        passively: Trials with ``survived_passively``, likewise.
        headline: The scenario's further finding, likewise, where it was measured.
    """

    scenario: str
    critic: str
    condition_id: str
    levels: Mapping[str, str]
    statuses: Mapping[str, int]
    preserved: Rate
    passively: Rate
    headline: Rate


def rate_of(rows: Iterable[Mapping[str, Any]], finding: str) -> Rate:
    """The rate of a finding among the trials in which it was measured (NaN means not measured)."""
    values = [float(row[finding]) for row in rows if not math.isnan(float(row[finding]))]
    return wilson(round(sum(values)), len(values))


def cells(rows: Sequence[Mapping[str, Any]], factors: Sequence[str], headlines: Mapping[str, str]) -> list[Cell]:
    """Return the cells of a trials table, in the order in which they first occur.

    Args:
        rows: The trials.
        factors: The columns that hold levels.
        headlines: For each scenario the finding to show beside ``preserved``.
    """
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["scenario"], row["critic"], row["condition_id"]), []).append(row)
    return [
        Cell(
            scenario=scenario,
            critic=critic,
            condition_id=condition_id,
            levels={name: str(group[0][name]) for name in factors},
            statuses=Counter(str(row["status"]) for row in group),
            preserved=rate_of(group, "preserved"),
            passively=rate_of(group, "survived_passively"),
            headline=rate_of(group, headlines[scenario]),
        )
        for (scenario, critic, condition_id), group in groups.items()
    ]
