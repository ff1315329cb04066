"""Differences of rates between arms that were run on the same variants.

Trials of the same variant are alike across arms too, which makes the difference of two arms surer than each of them:
MOVER takes the correlation of the arms' estimates in. It is estimated from the variants that the arms share, and
drawn towards 0 by its own standard error, because a correlation that is too high makes an interval too narrow.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.by_variant import ByVariant, Numbers, by_variant, check_correlation, same
from peerward.analysis.counted import counted_sum
from peerward.analysis.estimate import Estimate
from peerward.analysis.mover import mover
from peerward.analysis.rates import count_limits, grouped_rate

Variants = Sequence[Any] | NDArray[Any]


def drawn_correlation(one: Numbers, other: Numbers, ones: Numbers, others: Numbers) -> Numbers:
    """The correlation of two rates' estimates from residuals by variant, drawn towards 0.

    ``r`` is the sum of products by the root of the sums of squares. If it is positive it loses its standard error,
    ``(1 - r^2) / sqrt(G - 1)`` (and at least ``2 / (G - 1)``, about what Newcombe's continuity correction of 1998
    takes off), and is not below 0 then; negative ones, which widen the interval, are kept.

    Args:
        one: Events minus expected events of one arm, on the shared variants; shape (..., G).
        other: The same of the other arm.
        ones: Sum of squares of one arm's residuals over all its variants; shape (...).
        others: The same of the other arm.

    Returns:
        The correlation, 0 where it cannot be estimated; shape (...).
    """
    groups = one.shape[-1]
    scale = np.sqrt(ones * others)
    if groups < 2:
        return np.zeros(scale.shape)
    known = scale > 1e-12
    raw = np.where(known, (one * other).sum(-1) / np.where(known, scale, 1.0), 0.0)
    root = math.sqrt(groups - 1)
    drawn = np.maximum(0.0, raw - np.maximum(1 - raw**2, 2 / root) / root)
    return np.asarray(np.where(raw > 0, drawn, raw), dtype=float)


def crossed_limits(
    events: Sequence[Numbers], sizes: Sequence[Numbers], weights: ArrayLike, *, level: float, correlation: float
) -> tuple[Numbers, Numbers, Numbers]:
    """A weighted sum of the rates of arms on the same variants, for many data sets at once.

    Args:
        events: For each arm the events by variant; shape (..., G).
        sizes: For each arm the trials by variant, at least 1; shape (G,).
        weights: Weights of the arms; shape (K,).
        level: The interval's level, 0-1.
        correlation: The declared correlation within variants, 0-1.

    Returns:
        The sum and its limits, each of shape (...).
    """
    limits = [
        count_limits(count, size, level=level, correlation=correlation)
        for count, size in zip(events, sizes, strict=True)
    ]
    values, lowers, uppers = (np.stack([limit[at] for limit in limits], axis=-1) for at in range(3))
    residuals = [
        np.asarray(count) - values[..., at, None] * size
        for at, (count, size) in enumerate(zip(events, sizes, strict=True))
    ]
    squares = [(residual**2).sum(-1) for residual in residuals]
    count = len(limits)
    matrix = np.zeros((*values.shape[:-1], count, count))
    for at in range(count):
        matrix[..., at, at] = 1.0
        for before in range(at):
            between = drawn_correlation(residuals[at], residuals[before], squares[at], squares[before])
            matrix[..., at, before] = matrix[..., before, at] = between
    return mover(values, lowers, uppers, weights, matrix)


def _correlation(one: ByVariant, other: ByVariant) -> float:
    """``within_variant_correlation`` of grouped arms; variants that only one arm has count as independent."""
    if not one.trials or not other.trials:
        return 0.0
    residual = one.sums - one.sums.sum() / one.trials * one.sizes
    rest = other.sums - other.sums.sum() / other.trials * other.sizes
    squares, others = np.asarray((residual**2).sum()), np.asarray((rest**2).sum())
    if not same(one.labels, other.labels):
        _, at, at_other = np.intersect1d(one.labels, other.labels, assume_unique=True, return_indices=True)
        residual, rest = residual[at], rest[at_other]
    return float(drawn_correlation(residual, rest, squares, others))


def within_variant_correlation(
    outcomes_a: ArrayLike, variants_a: Variants, outcomes_b: ArrayLike, variants_b: Variants
) -> float:
    """The correlation of two arms' estimated rates that comes from the variants they share.

    With one trial per arm and variant it is the phi coefficient of the 2x2 table of pairs, less its standard error
    where it is positive. Variants of one arm only add to the arm's variance and nothing to the correlation.

    Args:
        outcomes_a: 0 or 1, NaN where not measured; shape (n,).
        variants_a: The variant of each; shape (n,).
        outcomes_b: Those of the other arm; shape (m,).
        variants_b: Theirs; shape (m,).

    Returns:
        The correlation, -1 to 1; 0 where it cannot be estimated (no two shared variants, an arm without variance).

    Raises:
        AnalysisError: If shapes differ or an outcome is not 0 or 1.

    Source: the pairs' phi in Newcombe 1998 (method 10), by variant.
    """
    one = by_variant(outcomes_a, variants_a, share=True, what="the first arm")
    other = by_variant(outcomes_b, variants_b, share=True, what="the second arm")
    return _correlation(one, other)


def crossed_sum(
    arms: Sequence[tuple[str, ArrayLike, Variants]],
    weights: Sequence[float],
    *,
    estimand: str,
    these_variants: bool,
    level: float,
    correlation: float,
    between: bool = False,
) -> Estimate:
    """A weighted sum of the rates of named arms; ``between`` allows outcomes between 0 and 1 too."""
    if not these_variants:
        check_correlation(correlation)
        counted = counted_sum(arms, weights, estimand=estimand, level=level)
        if counted is not None:
            return counted
    groups = [
        by_variant(outcomes, variants, share=True, between=between, what=f"the {name} arm")
        for name, outcomes, variants in arms
    ]
    rates = [
        grouped_rate(
            data,
            estimand=f"rate in the {name} arm",
            these_variants=these_variants,
            level=level,
            correlation=correlation,
        )
        for (name, _, _), data in zip(arms, groups, strict=True)
    ]
    if these_variants:
        estimand = f"{estimand}, for these variants only"
    warnings = tuple(dict.fromkeys(warning for found in rates for warning in found.warnings))
    trials = sum(data.trials for data in groups)
    variants = int(_distinct([data.labels for data in groups]))
    method = "MOVER on Wilson limits"
    empty = [name for (name, _, _), data in zip(arms, groups, strict=True) if not data.trials]
    if empty:
        widest = float(sum(abs(weight) for weight in weights)) / 2
        warnings = (*warnings, f"nothing was measured in the {' and the '.join(empty)} arm")
        return Estimate(
            estimand, math.nan, -widest, widest, "share", method, math.nan, trials, variants, level, warnings
        )
    matrix = np.eye(len(arms))
    if not these_variants:  # Given the variants, trials of different arms are independent.
        for at in range(len(arms)):
            for before in range(at):
                matrix[at, before] = matrix[before, at] = _correlation(groups[at], groups[before])
        if np.any(matrix != np.eye(len(arms))):
            method += " with the correlation within variants"
    total = mover(
        [found.value for found in rates],
        [found.lower for found in rates],
        [found.upper for found in rates],
        weights,
        matrix,
    )
    value, lower, upper = (float(each) for each in total)
    return Estimate(estimand, value, lower, upper, "share", method, math.nan, trials, variants, level, warnings)


def _distinct(labels: Sequence[NDArray[Any]]) -> int:
    """How many different variants; labels of different kinds are told apart by their text."""
    if len({each.dtype.kind for each in labels}) > 1:
        labels = [each.astype(str) for each in labels]
    first = labels[0]
    if all(each.shape == first.shape and bool((each == first).all()) for each in labels[1:]):
        return int(first.size)
    return int(np.unique(np.concatenate(labels)).size)


def crossed_difference(
    treated: ArrayLike,
    treated_variants: Variants,
    control: ArrayLike,
    control_variants: Variants,
    *,
    estimand: str = "rate in the treated arm minus rate in the control arm, over variants",
    these_variants: bool = False,
    level: float = 0.95,
    correlation: float = 0.3,
) -> Estimate:
    """The difference of two rates whose arms share variants (all, some or none).

    Args:
        treated: 0 or 1, NaN where not measured; shape (n,).
        treated_variants: The variant of each; shape (n,).
        control: Those of the control arm; shape (m,).
        control_variants: Theirs; shape (m,).
        estimand: What it estimates, as a phrase.
        these_variants: Whether the estimand is these variants only; the arms are independent then.
        level: The interval's level, 0-1.
        correlation: The declared correlation within variants, 0-1, as in ``rate``.

    Returns:
        The difference, -1 to 1; NaN and the widest interval if an arm has nothing measured.

    Raises:
        AnalysisError: As ``rate``.

    Source: Newcombe 1998; Zou and Donner 2008.
    """
    arms = (("treated", treated, treated_variants), ("control", control, control_variants))
    return crossed_sum(
        arms, (1.0, -1.0), estimand=estimand, these_variants=these_variants, level=level, correlation=correlation
    )


def crossed_double_difference(
    treated: ArrayLike,
    treated_variants: Variants,
    control: ArrayLike,
    control_variants: Variants,
    treated_baseline: ArrayLike,
    treated_baseline_variants: Variants,
    control_baseline: ArrayLike,
    control_baseline_variants: Variants,
    *,
    estimand: str = "difference of treated and control minus the same difference at baseline, over variants",
    these_variants: bool = False,
    level: float = 0.95,
    correlation: float = 0.3,
) -> Estimate:
    """(treated - control) - (treated_baseline - control_baseline), of rates whose arms share variants.

    Arguments and errors are those of ``crossed_difference``, for four arms.

    Returns:
        The difference of the two differences, -2 to 2; NaN and the widest interval if an arm has nothing measured.

    Source: Zou, Huang and Zhang 2009.
    """
    arms = (
        ("treated", treated, treated_variants),
        ("control", control, control_variants),
        ("treated baseline", treated_baseline, treated_baseline_variants),
        ("control baseline", control_baseline, control_baseline_variants),
    )
    return crossed_sum(
        arms,
        (1.0, -1.0, -1.0, 1.0),
        estimand=estimand,
        these_variants=these_variants,
        level=level,
        correlation=correlation,
    )
