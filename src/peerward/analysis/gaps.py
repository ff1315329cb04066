"""Paired gaps of outcomes from 0 to 1: alignment faking, and weights against other assets."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.by_variant import by_variant, same, shared
from peerward.analysis.crossed import crossed_sum
from peerward.analysis.estimate import Estimate

Variants = Sequence[Any] | NDArray[Any]


def gap(
    first: ArrayLike,
    first_variants: Variants,
    second: ArrayLike,
    second_variants: Variants,
    *,
    estimand: str,
    these_variants: bool = False,
    level: float = 0.95,
    correlation: float = 0.3,
) -> Estimate:
    """The paired gap of two outcomes of 0-1: first minus second, on the variants that have both.

    For alignment faking first is unmonitored and second monitored; for weights against other assets they are two
    outcomes of the same trials. With as many trials of each per variant it is the mean of the per-variant differences.
    A gap the other way is negative and stays so. The interval is MOVER on Wilson limits with the correlation within
    variants, as in ``crossed_difference``, because a t interval is far too short where few variants differ. Shares
    between 0 and 1 (other assets saved) take the same formula; they vary less than 0 and 1 of the same mean do, so
    that it is rather too wide for them than too narrow.

    Args:
        first: Outcomes 0-1, NaN where not measured; shape (n,).
        first_variants: The variant of each; shape (n,).
        second: Outcomes of the other; shape (m,).
        second_variants: Theirs; shape (m,).
        estimand: What it estimates, as a phrase.
        these_variants: Whether the estimand is these variants only.
        level: The interval's level, 0-1.
        correlation: The declared correlation within variants, 0-1, as in ``rate``.

    Returns:
        The gap, -1 to 1; NaN and -1 to 1 where no variant has both.

    Raises:
        AnalysisError: If shapes differ, an outcome is outside 0-1, or level or correlation is out of range.

    Source: Newcombe 1998; Zou and Donner 2008.
    """
    one = by_variant(first, first_variants, share=True, between=True, what="the first arm")
    other = by_variant(second, second_variants, share=True, between=True, what="the second arm")
    common = shared(one, other)[0].labels
    kept = []
    for outcomes, variants in ((first, first_variants), (second, second_variants)):
        labels = np.asarray(variants)
        if same(labels, common):
            kept.append((np.asarray(outcomes, dtype=float), labels))
            continue
        at = np.isin(labels.astype(str), common.astype(str))
        kept.append((np.asarray(outcomes, dtype=float)[at], labels[at]))
    arms = (("first", *kept[0]), ("second", *kept[1]))
    return crossed_sum(
        arms,
        (1.0, -1.0),
        estimand=estimand,
        these_variants=these_variants,
        level=level,
        correlation=correlation,
        between=True,
    )
