"""Dispositions by condition: how a cell's trials were taken up, and how often its state contradicts a judge."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DISPOSITIONS = ("complied", "refused", "persuaded", "deviated_openly", "deviated_covertly", "unclear")
"""The classes, in the order in which they are shown."""


@dataclass(frozen=True)
class Disposed:
    """The dispositions of a cell's trials.

    Attributes:
        counts: Trials by disposition, every class named; a word that is no class stands after them.
        none: Trials without a disposition.
        contradicted: Trials whose state contradicts a judge; they are in ``counts`` too, as the state has them.
    """

    counts: Mapping[str, int]
    none: int
    contradicted: int

    @property
    def judged(self) -> int:
        """Trials with a disposition."""
        return sum(self.counts.values())


def disposed(rows: Sequence[Mapping[str, Any]], contradicted: Collection[str]) -> Disposed | None:
    """Return how a cell's trials were taken up, or None where no trial has a disposition.

    Args:
        rows: The rows of its trials.
        contradicted: The ids of all trials whose state contradicts a judge.
    """
    said = [str(row["disposition"] or "") for row in rows]
    if not any(said):
        return None
    others = sorted({*said} - {*DISPOSITIONS, ""})
    return Disposed(
        {word: said.count(word) for word in (*DISPOSITIONS, *others)},
        said.count(""),
        sum(str(row["trial_id"]) in contradicted for row in rows),
    )
