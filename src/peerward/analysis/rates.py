"""Rates with intervals over variants.

One trial per variant: Wilson 1927. Repeated variants: Wilson on an effective number of trials (Korn and Graubard 1998),
with Student's t; its degrees of freedom are Satterthwaite's, and where few variants carry the events the number is
no more than a declared correlation within variants leaves. ``benchmarks/intervals.py`` simulates its coverage.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.by_variant import (
    ByVariant,
    Numbers,
    by_variant,
    check_correlation,
    check_level,
    intraclass_correlation,
    normal_quantile,
    t_quantile,
)
from peerward.analysis.counted import ENOUGH, counted_rate, once_counts
from peerward.analysis.estimate import THIN, AnalysisError, Estimate
from peerward.measures.wilson import Rate, wilson

__all__ = [
    "Rate",
    "absence",
    "clopper_pearson",
    "count_limits",
    "effective_trials",
    "grouped_rate",
    "intraclass_correlation",
    "rate",
    "wilson",
]


def count_limits(
    events: ArrayLike, sizes: ArrayLike, *, level: float = 0.95, correlation: float = 0.3
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Rates with limits from counts by variant, for many data sets at once.

    With one trial per variant it is Wilson's interval. With repeated variants it is Wilson's interval on
    ``z^2 / s`` trials, where ``s = t^2 / n*`` and ``n* = p (1 - p) / v`` is at most the number of trials; ``v`` is the
    linearised variance between variants and ``t`` has G - 1 degrees of freedom (Korn and Graubard 1998). That alone
    covers too little where few variants carry the events, so that two things are added. (a) The degrees of freedom
    are Satterthwaite's (1946), 2 G / (kurtosis - 1) of the variants' residuals, if that is fewer; it never makes
    the interval wider than full correlation within variants does. (b) Where fewer than 10 variants have an event, or
    a non-event, and not all have, the effective number is at most what the declared correlation leaves,
    ``n / (1 + (m - 1) correlation)`` (Kish 1965); with no event, or events only, it is that number.

    Args:
        events: Events by variant; shape (..., G), G at least 1.
        sizes: Trials by variant, at least 1 each; shape (G,).
        level: The interval's level, 0-1.
        correlation: The declared correlation within variants, 0-1.

    Returns:
        Rate, lower limit, upper limit and effective number of trials, each of shape (...).
    """
    counts = np.asarray(events, dtype=float)
    size = np.asarray(sizes, dtype=float)
    groups, trials = size.size, float(size.sum())
    z = normal_quantile(level)
    share = counts.sum(-1) / trials
    if trials == groups:
        spread = np.full(share.shape, z * z / trials)
    else:
        spread = _clustered_spread(counts, size, share, level, correlation)
    lower, upper = wilson_limits(share, spread)
    return share, lower, upper, z * z / spread


def _clustered_spread(counts: Numbers, size: Numbers, share: Numbers, level: float, correlation: float) -> Numbers:
    """Squared quantile by effective number of trials: all that Wilson's interval needs beside the rate."""
    groups, trials = size.size, float(size.sum())
    z = normal_quantile(level)
    per_variant = float((size**2).sum()) / trials
    declared = z * z * (1 + (per_variant - 1) * correlation) / trials
    if groups == 1:
        return np.full(share.shape, declared)
    residuals = (counts - share[..., None] * size) ** 2
    total = residuals.sum(-1)
    fourth = (residuals**2).sum(-1)
    flat = total <= 1e-12 * trials
    variance = groups / (groups - 1) * total / trials**2
    effective = np.where(flat, trials, np.minimum(trials, share * (1 - share) / np.where(flat, 1.0, variance)))
    edge = (share == 0) | (share == 1)
    effective = np.where(edge, trials, effective)
    kurtosis = np.where(flat, 1.0, groups * fourth / np.where(flat, 1.0, total) ** 2)
    degrees = np.clip(2 * groups / np.maximum(kurtosis - 1, 1e-9), 1, groups - 1)
    full_t = float(t_quantile(groups - 1, level))
    quantile = np.full(share.shape, full_t)
    fewer = degrees < groups - 1
    quantile[fewer] = t_quantile(degrees[fewer], level)
    least, satterthwaite = full_t**2 / effective, quantile**2 / effective
    full = z * z * per_variant / trials
    spread = np.maximum(least, np.minimum(satterthwaite, full))
    carrying = np.minimum((counts > 0).sum(-1), (counts < size).sum(-1))
    spread = np.where(carrying < min(ENOUGH, groups), np.maximum(least, declared), spread)
    return np.asarray(np.where(edge, declared, spread), dtype=float)


def wilson_limits(share: Numbers, spread: Numbers) -> tuple[Numbers, Numbers]:
    """Wilson's limits, exact at the edges as ``measures.wilson`` has them."""
    middle = (share + spread / 2) / (1 + spread)
    half = np.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    lower = np.where(share == 0, 0.0, np.maximum(0.0, middle - half))
    upper = np.where(share == 1, 1.0, np.minimum(1.0, middle + half))
    return lower, upper


def rate(
    outcomes: ArrayLike,
    variants: Sequence[Any] | NDArray[Any],
    *,
    estimand: str,
    these_variants: bool = False,
    level: float = 0.95,
    correlation: float = 0.3,
) -> Estimate:
    """The share of trials with an event, with an interval over the population of variants.

    Args:
        outcomes: 0 or 1, NaN where not measured; shape (n,).
        variants: The variant of each; shape (n,).
        estimand: What the rate is of, as a phrase.
        these_variants: Whether the estimand is these variants instead of the population they were drawn from.
            One variant: Wilson; several: stratified Wilson, every variant with the same weight.
        level: The interval's level, 0-1.
        correlation: The declared correlation within variants, 0-1; used where too few variants carry the events.

    Returns:
        The rate; with nothing measured NaN and 0 to 1.

    Raises:
        AnalysisError: If shapes differ, an outcome is not 0 or 1, or level or correlation is out of range.

    Source: ``count_limits``; for these variants ``_stratified``.
    """
    counts = None if these_variants else once_counts(outcomes, variants)
    if counts is not None:
        check_correlation(correlation)
        return counted_rate(*counts, estimand=estimand, level=level)
    data = by_variant(outcomes, variants, share=True)
    return grouped_rate(data, estimand=estimand, these_variants=these_variants, level=level, correlation=correlation)


def grouped_rate(
    data: ByVariant, *, estimand: str, these_variants: bool = False, level: float = 0.95, correlation: float = 0.3
) -> Estimate:
    """``rate`` for outcomes that are grouped already."""
    check_level(level)
    check_correlation(correlation)
    if these_variants:
        estimand = f"{estimand}, for these variants only"
    if not data.trials:
        return Estimate(estimand, math.nan, 0.0, 1.0, "share", "Wilson", 0.0, 0, 0, level)
    warnings: list[str] = []
    if these_variants:
        share, lower, upper = _stratified(data, level)
        method = "Wilson" if data.count == 1 else "stratified Wilson"
    elif data.trials == data.count and float(data.sums.sum()).is_integer():
        # What count_limits gives too, without its arrays: most cells of most studies.
        plain = wilson(int(data.sums.sum()), data.trials, normal_quantile(level))
        share, lower, upper, method = plain.rate, plain.lower, plain.upper, "Wilson"
        if _carrying(data) < ENOUGH:
            warnings.append(THIN)
    else:
        limits = count_limits(data.sums, data.sizes, level=level, correlation=correlation)
        share, lower, upper, effective = (float(each) for each in limits)
        repeated = data.trials > data.count
        method = "Wilson, effective trials" if repeated else "Wilson"
        carrying = _carrying(data)
        if carrying < ENOUGH:
            warnings.append(THIN)
        if repeated and (data.count == 1 or share in (0.0, 1.0) or carrying < min(ENOUGH, data.count)):
            warnings.append(
                f"too few variants show how alike their trials are: a correlation of {correlation:g} within variants "
                f"was declared, and {data.trials} trials count as {effective:.1f} at most"
            )
    events = float(data.sums.sum())
    return Estimate(
        estimand, share, lower, upper, "share", method, events, data.trials, data.count, level, tuple(warnings)
    )


def _carrying(data: ByVariant) -> int:
    """Variants with an event or variants with a non-event, whichever are fewer."""
    return int(min((data.sums > 0).sum(), (data.sums < data.sizes).sum()))


def _stratified(data: ByVariant, level: float) -> tuple[float, float, float]:
    """Wilson on the effective trials of a stratified rate, every variant with the same weight.

    The variance is ``sum w^2 q (1 - q) (n + 1) / n^2`` over variants; ``q`` is a variant's rate, drawn to the common
    rate by z^2 pseudo-trials, because a variant's own variance is 0 after a single trial. Yan and Su's interval of
    2010 goes wrong there. The number of trials counts for no less than it does without strata (Hoeffding 1956).
    """
    z2 = normal_quantile(level) ** 2
    share = float(data.means.mean())
    drawn = (data.sums + z2 * share) / (data.sizes + z2)
    variance = float((drawn * (1 - drawn) * (data.sizes + 1) / data.sizes**2).sum()) / data.count**2
    independent = data.count**2 / float((1 / data.sizes).sum())
    effective = max(independent, share * (1 - share) / variance) if 0 < share < 1 else independent
    lower, upper = wilson_limits(np.asarray(share), np.asarray(z2 / effective))
    return share, float(lower), float(upper)


def effective_trials(
    outcomes: ArrayLike, variants: Sequence[Any] | NDArray[Any], *, level: float = 0.95, correlation: float = 0.3
) -> float:
    """How many independent trials the interval of ``rate`` stands for; at most the measured trials, 0 without any.

    Args:
        outcomes: 0 or 1, NaN where not measured; shape (n,).
        variants: The variant of each; shape (n,).
        level: The interval's level, 0-1 (few variants count for less at a high level, as t does).
        correlation: The declared correlation within variants, 0-1.

    Raises:
        AnalysisError: As ``rate``.

    Source: Korn and Graubard 1998; Kish 1965 for the declared correlation.
    """
    check_level(level)
    check_correlation(correlation)
    data = by_variant(outcomes, variants, share=True)
    if not data.trials:
        return 0.0
    return float(count_limits(data.sums, data.sizes, level=level, correlation=correlation)[3])


def clopper_pearson(events: int, trials: int, level: float = 0.95) -> Rate:
    """A rate with its exact interval for independent trials (Clopper and Pearson 1934).

    Args:
        events: Trials with the event, 0 to ``trials``.
        trials: Trials counted; with 0 the rate is NaN and the interval is 0 to 1.
        level: The interval's level, 0-1.

    Raises:
        AnalysisError: If the counts or the level are out of range.
    """
    from scipy.special import betaincinv

    check_level(level)
    if not 0 <= events <= trials:
        raise AnalysisError(f"{events} events in {trials} trials is no count")
    if trials == 0:
        return Rate(0, 0, math.nan, 0.0, 1.0)
    tail = (1 - level) / 2
    lower = float(betaincinv(events, trials - events + 1, tail)) if events else 0.0
    upper = float(betaincinv(events + 1, trials - events, 1 - tail)) if events < trials else 1.0
    return Rate(events, trials, events / trials, lower, upper)


def absence(
    variants_with_event: int,
    variants: int,
    *,
    estimand: str = "share of variants with an event in any trial",
    level: float = 0.95,
) -> Estimate:
    """What a finding without events rules out: an exact interval that counts variants, not trials.

    However alike the trials of a variant are, variants are independent; 0 of 20 variants leaves at most 16.8 %, and
    "below 5 %" needs 0 of 72.

    Args:
        variants_with_event: Variants with the event in at least one trial.
        variants: Variants with a measured trial.
        estimand: What the share is of, as a phrase.
        level: The two-sided level, 0-1.

    Raises:
        AnalysisError: If the counts or the level are out of range.

    Source: Clopper and Pearson 1934.
    """
    found = clopper_pearson(variants_with_event, variants, level)
    return Estimate(
        estimand,
        found.rate,
        found.lower,
        found.upper,
        "share",
        "Clopper-Pearson on variants",
        float(found.events),
        found.trials,
        found.trials,
        level,
    )
