"""Means and their differences, with t intervals over variants."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.by_variant import ByVariant, Numbers, by_variant, check_level, same, shared, t_quantile
from peerward.analysis.estimate import Estimate, Unit
from peerward.analysis.gaps import gap

__all__ = ["double_difference", "gap", "mean", "mean_difference"]

Variants = Sequence[Any] | NDArray[Any]

ONE_VARIANT = "one variant only: nothing is known of how variants differ, and the interval has no limits"
ONE_TRIAL = "a variant with one trial only: nothing is known of how its trials differ, and the interval has no limits"


def _range(unit: Unit, span: float) -> tuple[float, float]:
    """The widest interval: a share has ends, points and counts have none. ``span`` is 0 for a mean of shares."""
    return (-span, max(span, 1.0)) if unit == "share" else (-math.inf, math.inf)


def _t_estimate(
    value: float,
    variance: float,
    degrees: float,
    *,
    estimand: str,
    unit: Unit,
    method: str,
    trials: int,
    variants: int,
    level: float,
    span: float,
    warnings: tuple[str, ...] = (),
    unknown: str = "",
) -> Estimate:
    """A t interval inside the unit's range; the widest one, with the reason, where there is no variance to go by."""
    least, most = _range(unit, span)
    lower, upper = least, most
    if not math.isnan(value):
        if degrees > 0 and not math.isnan(variance):
            half = float(t_quantile(degrees, level)) * math.sqrt(variance)
            lower, upper = max(least, value - half), min(most, value + half)
            if variance == 0:
                warnings = (*warnings, "all variants gave the same value: the interval has no width")
        else:
            warnings = (*warnings, unknown)
    return Estimate(estimand, value, lower, upper, unit, method, math.nan, trials, variants, level, warnings)


def _spread(values: Numbers) -> float:
    """Squared standard error of the mean of independent values; NaN with fewer than two."""
    return float(values.var(ddof=1)) / values.size if values.size > 1 else math.nan


def mean(
    values: ArrayLike,
    variants: Variants,
    *,
    estimand: str,
    unit: Unit = "points",
    these_variants: bool = False,
    level: float = 0.95,
) -> Estimate:
    """The mean over variants, every variant with the same weight.

    Args:
        values: Numbers, NaN where not measured; shape (n,).
        variants: The variant of each; shape (n,).
        estimand: What it is the mean of, as a phrase.
        unit: ``points``, ``count``, or ``share`` (values of 0-1: the interval is cut to 0-1).
        these_variants: Whether the estimand is these variants only: the variance is then that within variants.
        level: The interval's level, 0-1.

    Returns:
        The mean of the variants' means with Student's t interval over variants (for these variants: over trials
        within variants, Satterthwaite's degrees of freedom). With one variant (one trial) the interval has no limits.

    Raises:
        AnalysisError: If shapes differ or the level is out of range.

    Source: Student 1908; Satterthwaite 1946.
    """
    check_level(level)
    data = by_variant(values, variants)
    value = float(data.means.mean()) if data.count else math.nan
    if these_variants:
        variance, degrees = _within((data,), (1.0,))
        method, unknown = "t within variants", ONE_TRIAL
        estimand = f"{estimand}, for these variants only"
    else:
        variance, degrees = _spread(data.means), float(data.count - 1)
        method, unknown = "t over variants", ONE_VARIANT
    return _t_estimate(
        value,
        variance,
        degrees,
        estimand=estimand,
        unit=unit,
        method=method,
        trials=data.trials,
        variants=data.count,
        level=level,
        span=0.0,
        unknown=unknown,
    )


def _within(arms: Sequence[ByVariant], weights: Sequence[float]) -> tuple[float, float]:
    """Variance of a weighted sum of arms' means given the variants, and its degrees of freedom."""
    variance, fourth = 0.0, 0.0
    for data, weight in zip(arms, weights, strict=True):
        if not data.count or (data.sizes < 2).any():
            return math.nan, 0.0
        degrees = data.sizes - 1
        parts = weight**2 * data.squares / degrees / data.sizes / data.count**2
        variance += float(parts.sum())
        fourth += float((parts**2 / degrees).sum())
    if fourth == 0:
        return variance, float(sum((data.sizes - 1).sum() for data in arms))
    return variance, variance**2 / fourth


def _contrast(
    arms: Sequence[tuple[str, ArrayLike, Variants]],
    weights: Sequence[float],
    estimand: str,
    unit: Unit,
    these_variants: bool,
    level: float,
) -> Estimate:
    """A weighted sum of arms' means: per variant where all arms share variants, else Welch's."""
    check_level(level)
    span = float(sum(abs(weight) for weight in weights)) / 2
    groups = tuple(by_variant(values, variants, what=f"the {name} arm") for name, values, variants in arms)
    common = shared(*groups)
    alike = all(same(groups[0].labels, data.labels) for data in groups[1:])
    names = groups[0].labels if alike else np.unique(np.concatenate([data.labels.astype(str) for data in groups]))
    crossed = common[0].count > 0
    warnings: list[str] = []
    used = common if crossed else groups
    if crossed and common[0].count < names.size:
        warnings.append(
            f"{names.size - common[0].count} of {names.size} variants were not measured in every arm and are left out"
        )
    value, variance, degrees = math.nan, math.nan, 0.0
    method, unknown = "t over variants", ONE_VARIANT
    if all(data.count for data in groups):
        value = float(sum(weight * data.means.mean() for weight, data in zip(weights, used, strict=True)))
        if these_variants:
            method, unknown = "t within variants", ONE_TRIAL
            variance, degrees = _within(used, weights)
        elif crossed:
            each = np.sum([weight * data.means for weight, data in zip(weights, used, strict=True)], axis=0)
            variance, degrees = _spread(each), float(each.size - 1)
        else:
            method = "Welch over variants"
            parts = [weight**2 * _spread(data.means) for weight, data in zip(weights, used, strict=True)]
            variance = sum(parts)
            fourth = sum(part**2 / max(data.count - 1, 1) for part, data in zip(parts, used, strict=True))
            degrees = variance**2 / fourth if fourth else float(sum(data.count - 1 for data in used))
    if these_variants:
        estimand = f"{estimand}, for these variants only"
    return _t_estimate(
        value,
        variance,
        0.0 if math.isnan(degrees) else degrees,
        estimand=estimand,
        unit=unit,
        method=method,
        trials=sum(data.trials for data in used),
        variants=common[0].count if crossed else int(names.size),
        level=level,
        span=span,
        warnings=tuple(warnings),
        unknown=unknown,
    )


def mean_difference(
    treated: ArrayLike,
    treated_variants: Variants,
    control: ArrayLike,
    control_variants: Variants,
    *,
    estimand: str = "mean in the treated arm minus mean in the control arm, over variants",
    unit: Unit = "points",
    these_variants: bool = False,
    level: float = 0.95,
) -> Estimate:
    """The difference of two arms' means.

    Arms that share variants: the mean of the per-variant differences, Student's t over the shared variants (those that
    one arm lacks are left out, with a warning). Arms without a shared variant: Welch's interval over variants.

    Args:
        treated: Numbers, NaN where not measured; shape (n,).
        treated_variants: The variant of each; shape (n,).
        control: Those of the control arm; shape (m,).
        control_variants: Theirs; shape (m,).
        estimand: What it estimates, as a phrase.
        unit: ``points``, ``count`` or ``share`` (cut to -1 to 1).
        these_variants: Whether the estimand is these variants only.
        level: The interval's level, 0-1.

    Returns:
        The difference; NaN and the widest interval if an arm has nothing measured.

    Raises:
        AnalysisError: If shapes differ or the level is out of range.

    Source: Student 1908; Welch 1947.
    """
    arms = (("treated", treated, treated_variants), ("control", control, control_variants))
    return _contrast(arms, (1.0, -1.0), estimand, unit, these_variants, level)


def double_difference(
    treated: ArrayLike,
    treated_variants: Variants,
    control: ArrayLike,
    control_variants: Variants,
    treated_baseline: ArrayLike,
    treated_baseline_variants: Variants,
    control_baseline: ArrayLike,
    control_baseline_variants: Variants,
    *,
    estimand: str = "difference of the means of treated and control minus the same difference at baseline",
    unit: Unit = "points",
    these_variants: bool = False,
    level: float = 0.95,
) -> Estimate:
    """(treated - control) - (treated_baseline - control_baseline) of means; as ``mean_difference``, for four arms.

    Where some variants are in all four arms, those are used; where none is, all arms count as independent.

    Returns:
        The difference of the two differences, -2 to 2 for shares.

    Raises:
        AnalysisError: If shapes differ or the level is out of range.

    Source: Student 1908; Welch 1947 with Satterthwaite's degrees of freedom.
    """
    arms = (
        ("treated", treated, treated_variants),
        ("control", control, control_variants),
        ("treated baseline", treated_baseline, treated_baseline_variants),
        ("control baseline", control_baseline, control_baseline_variants),
    )
    return _contrast(arms, (1.0, -1.0, -1.0, 1.0), estimand, unit, these_variants, level)
