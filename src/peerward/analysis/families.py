"""Many tests: each p adjusted within its family, for each critic and study."""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from peerward.analysis.answers import AlignmentPair, ComparisonAnswer, WeightsAnswer
from peerward.analysis.multiplicity import benjamini_hochberg, holm


def adjusted(comparisons: Sequence[ComparisonAnswer]) -> list[ComparisonAnswer]:
    """Return the comparisons with adjusted p: Holm in the primary family, Benjamini-Hochberg in the others.

    Holm (1979); Benjamini and Hochberg (1995). A family is all tests of one kind of one critic in one study.
    """
    families: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, each in enumerate(comparisons):
        if each.test is not None and not np.isnan(each.test.p):
            families[(each.study, each.critic.key, each.family)].append(place)
    found = list(comparisons)
    for (_, _, family), places in families.items():
        raw = np.array([_p(comparisons[place]) for place in places])
        values = holm(raw) if family == "primary" else benjamini_hochberg(raw)
        for place, value in zip(places, values, strict=True):
            found[place] = replace(
                comparisons[place],
                p_adjusted=float(value),
                procedure="Holm" if family == "primary" else "Benjamini-Hochberg",
                family_size=len(places),
            )
    return found


def _p(comparison: ComparisonAnswer) -> float:
    assert comparison.test is not None
    return comparison.test.p


Tested = TypeVar("Tested", AlignmentPair, WeightsAnswer)


def adjusted_among(answers: Iterable[Tested], family: Callable[[Tested], Hashable]) -> list[Tested]:
    """Return answers with p adjusted within each family (Benjamini and Hochberg 1995)."""
    found = list(answers)
    families: dict[Hashable, list[int]] = defaultdict(list)
    for place, each in enumerate(found):
        families[family(each)].append(place)
    for places in families.values():
        raw = np.array([math.nan if (test := found[place].test) is None else test.p for place in places])
        for place, value in zip(places, benjamini_hochberg(raw), strict=True):
            found[place] = replace(found[place], p_adjusted=float(value))
    return found
