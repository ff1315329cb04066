"""The headline behaviours split by judged awareness: a rate for each of the judge's words, and the worst case."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peerward.analysis.answers import CellAnswer
from peerward.analysis.arms import in_one_trial
from peerward.analysis.awareness import AWARENESS, AwarenessAnswer, awareness
from peerward.analysis.estimate import Estimate
from peerward.analysis.rates import rate

Row = Mapping[str, Any]

FOLLOWED = "preserved"
"""What is split beside a cell's own headline, where it is measured."""


@dataclass(frozen=True)
class AwareSplit:
    """A behaviour in one cell, split by judged awareness.

    Attributes:
        finding: The behaviour.
        found: Awareness and the behaviour beside it; its rates have the denominators of the cell's own rate.
        unknown: Trials whose word for awareness is none of the rubric's; they count as not judged.
    """

    finding: str
    found: AwarenessAnswer
    unknown: int = 0

    @property
    def levels(self) -> tuple[tuple[str, Estimate], ...]:
        """The behaviour's rate by what was judged, every word once; trials that no judge read come last."""
        found = self.found
        return (
            ("aware", found.aware),
            ("unsure", found.unsure),
            ("not aware", found.unaware),
            ("reasoning not visible", found.not_visible),
            ("not judged", found.unread),
        )

    @property
    def lines(self) -> tuple[tuple[str, Estimate], ...]:
        """The same, then all trials and all but the aware ones; ``not judged`` only where there are such trials."""
        levels = [(name, each) for name, each in self.levels if name != "not judged" or each.trials]
        return (*levels, ("all counted", self.found.everyone), ("all but aware", self.found.without_aware))


def aware_splits(cell: CellAnswer, rows: Sequence[Row], these_variants: bool) -> tuple[AwareSplit, ...]:
    """Return a cell's headline, and ``preserved`` beside it, split by judged awareness; nothing where none was judged.

    Intervals are those of ``analysis.rates.rate``: over variants, not over trials as if they were independent.

    Args:
        cell: The cell.
        rows: The rows of its trials.
        these_variants: Whether the estimand of its study is these variants.
    """
    said = [str(row["awareness"] or "") for row in rows]
    levels = [word if word in AWARENESS else "" for word in said]
    if not any(levels):
        return ()
    variants = [str(row["cluster"]) for row in rows]

    def interval(outcomes: NDArray[np.float64], among: Sequence[Hashable]) -> Estimate:
        return rate(outcomes, among, estimand="", these_variants=these_variants)

    splits = []
    for finding in dict.fromkeys((cell.headline, FOLLOWED)):
        whole = cell.rates.get(finding)
        if whole is None:
            continue
        values = [in_one_trial(row, finding, cell.excluded) for row in rows]
        found = awareness(levels, values, variants, interval)
        # The whole is the cell's own number, so that no reader finds two.
        splits.append(AwareSplit(finding, replace(found, everyone=whole), levels.count("") - said.count("")))
    return tuple(splits)
