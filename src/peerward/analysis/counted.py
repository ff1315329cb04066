"""Rates and their differences from counts: arms of 0 and 1 with one trial per variant, as most arms are.

The formulas are those of ``rates`` and ``crossed``, and so are the numbers; but a table has tens of thousands of such
arms, and plain numbers take a fraction of the time that arrays by variant do.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.by_variant import check_level, normal_quantile, rising, same
from peerward.analysis.estimate import THIN, Estimate
from peerward.analysis.mover import mover_once
from peerward.measures.wilson import wilson

ENOUGH = 10
"""Variants with an event, and with a non-event, from which on the variance between variants is trusted."""


def once_counts(outcomes: ArrayLike, variants: Sequence[Any] | NDArray[Any]) -> tuple[int, int] | None:
    """Events and trials of 0 and 1 with one trial per variant, all measured: counting them needs no groups.

    Most arms of most studies are so, and there are many of them; for all others it is None.
    """
    if not isinstance(outcomes, np.ndarray) or not isinstance(variants, np.ndarray):
        return None
    if outcomes.ndim != 1 or variants.shape != outcomes.shape or not outcomes.size or not rising(variants):
        return None
    if outcomes.dtype != np.float64:
        return None
    events = int(np.count_nonzero(outcomes == 1))
    if events + int(np.count_nonzero(outcomes == 0)) < outcomes.size:
        return None
    return events, outcomes.size


def counted_rate(events: int, trials: int, *, estimand: str, level: float) -> Estimate:
    """``rate`` for counts of one trial per variant: what ``count_limits`` gives too, without its arrays."""
    check_level(level)
    plain = wilson(events, trials, normal_quantile(level))
    warnings = (THIN,) if min(events, trials - events) < ENOUGH else ()
    return Estimate(
        estimand,
        plain.rate,
        plain.lower,
        plain.upper,
        "share",
        "Wilson",
        float(events),
        trials,
        trials,
        level,
        warnings,
    )


def counted_sum(
    arms: Sequence[tuple[str, ArrayLike, Sequence[Any] | NDArray[Any]]],
    weights: Sequence[float],
    *,
    estimand: str,
    level: float,
) -> Estimate | None:
    """``crossed.crossed_sum`` of arms with one trial on each of the same variants; None if they are not so."""
    first, rates, residuals = np.asarray(arms[0][2]), [], []
    for _, outcomes, variants in arms:
        counts = once_counts(outcomes, variants)
        if counts is None or not same(first, np.asarray(variants)):
            return None
        rates.append(counted_rate(*counts, estimand="", level=level))
        residuals.append(np.asarray(outcomes) - rates[-1].value)
    squares = [float(np.add.reduce(each * each)) for each in residuals]
    trials, method = rates[0].trials, "MOVER on Wilson limits"
    matrix = [[float(at == to) for to in range(len(rates))] for at in range(len(rates))]
    for at in range(len(rates)):
        for before in range(at):
            scale = math.sqrt(squares[at] * squares[before])
            raw = float(np.add.reduce(residuals[at] * residuals[before])) / scale if scale > 1e-12 else 0.0
            matrix[at][before] = matrix[before][at] = _drawn(raw, trials)
            if matrix[at][before]:
                method = "MOVER on Wilson limits with the correlation within variants"
    value, lower, upper = mover_once(
        [found.value for found in rates],
        [found.lower for found in rates],
        [found.upper for found in rates],
        weights,
        matrix,
    )
    warnings = tuple(dict.fromkeys(warning for found in rates for warning in found.warnings))
    return Estimate(
        estimand, value, lower, upper, "share", method, math.nan, trials * len(rates), trials, level, warnings
    )


def _drawn(raw: float, groups: int) -> float:
    """``crossed.drawn_correlation`` of one correlation."""
    if groups < 2:
        return 0.0
    if raw <= 0:
        return raw
    root = math.sqrt(groups - 1)
    return max(0.0, raw - max(1 - raw * raw, 2 / root) / root)
