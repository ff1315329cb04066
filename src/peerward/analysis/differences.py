"""Differences, sums and averages of estimates, and the risk ratio."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from peerward.analysis.crossed import crossed_difference, crossed_double_difference, within_variant_correlation
from peerward.analysis.estimate import AnalysisError, Estimate, PoolingError
from peerward.analysis.mover import mover

__all__ = [
    "combine",
    "crossed_difference",
    "crossed_double_difference",
    "difference",
    "macro_average",
    "mover",
    "risk_ratio",
    "within_variant_correlation",
]


def combine(
    estimates: Sequence[Estimate],
    weights: Sequence[float],
    correlations: ArrayLike | None = None,
    *,
    estimand: str = "weighted sum of estimates",
    variants: int | None = None,
) -> Estimate:
    """A weighted sum of estimates with its interval: differences of differences, averages.

    Args:
        estimates: The parts, of one unit and one level; at least one.
        weights: Their weights, of either sign, as many.
        correlations: Correlations of the estimates, shape (K, K) with 1 on the diagonal; None where they are
            independent (estimates of different variants).
        estimand: What it estimates, as a phrase.
        variants: Distinct variants behind all parts; without it, the sum of the parts' (right where they share none).

    Returns:
        The sum. If a part is NaN it is NaN, with the interval of which every part is at its worst.

    Raises:
        AnalysisError: If there is nothing to combine, units or levels differ, or weights or correlations do not fit.

    Source: Zou, Huang and Zhang 2009 (MOVER).
    """
    if not estimates:
        raise AnalysisError("there is nothing to combine; give at least one estimate")
    count = len(estimates)
    weight = np.asarray(weights, dtype=float)
    if weight.shape != (count,) or not np.isfinite(weight).all():
        raise AnalysisError(f"{count} estimates need {count} weights, each a number")
    units = sorted({each.unit for each in estimates})
    levels = sorted({each.level for each in estimates})
    if len(units) > 1:
        raise AnalysisError(f"estimates in {' and '.join(units)} cannot be combined; combine those of one unit")
    if len(levels) > 1:
        given = " and ".join(f"{level:g}" for level in levels)
        raise AnalysisError(f"intervals of the levels {given} cannot be combined; estimate all at one level")
    matrix = None if correlations is None else _checked(correlations, count)
    values, lowers, uppers = (
        np.array([getattr(each, name) for each in estimates], dtype=float) for name in ("value", "lower", "upper")
    )
    if np.isnan(values).any():
        with np.errstate(invalid="ignore"):
            low = np.where(weight == 0, 0.0, np.where(weight > 0, weight * lowers, weight * uppers)).sum()
            high = np.where(weight == 0, 0.0, np.where(weight > 0, weight * uppers, weight * lowers)).sum()
        value, lower, upper = math.nan, float(low), float(high)
    else:
        value, lower, upper = (float(each) for each in mover(values, lowers, uppers, weight, matrix))
    warnings = tuple(dict.fromkeys(warning for each in estimates for warning in each.warnings))
    return Estimate(
        estimand,
        value,
        lower,
        upper,
        estimates[0].unit,
        "MOVER",
        math.nan,
        sum(each.trials for each in estimates),
        sum(each.variants for each in estimates) if variants is None else variants,
        levels[0],
        warnings,
    )


def _checked(correlations: ArrayLike, count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    matrix = np.asarray(correlations, dtype=float)
    if matrix.shape != (count, count):
        raise AnalysisError(f"correlations have the shape {matrix.shape}; {count} estimates need ({count}, {count})")
    fits = np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1.0) and bool((np.abs(matrix) <= 1).all())
    if not fits:
        raise AnalysisError("correlations have to be symmetric, from -1 to 1, with 1 on the diagonal")
    return matrix


def difference(
    treated: Estimate, control: Estimate, correlation: float = 0.0, *, estimand: str = "treated minus control"
) -> Estimate:
    """Treated minus control, of two estimates.

    Args:
        treated: One estimate.
        control: The other, of the same unit and level.
        correlation: Correlation of the two estimates, -1 to 1: 0 for arms on different variants, else that of
            ``within_variant_correlation``.
        estimand: What it estimates, as a phrase.

    Returns:
        The difference; for rates -1 to 1.

    Raises:
        AnalysisError: If units or levels differ, or the correlation is out of range.

    Source: Newcombe 1998 (method 10); Zou and Donner 2008 with a correlation.
    """
    if not -1 <= correlation <= 1:
        raise AnalysisError(f"a correlation of {correlation} is out of range; give one from -1 to 1")
    between = [[1.0, correlation], [correlation, 1.0]]
    variants = max(treated.variants, control.variants) if correlation else None
    return combine((treated, control), (1.0, -1.0), between, estimand=estimand, variants=variants)


def macro_average(
    estimates: Sequence[Estimate],
    over: Sequence[str],
    weights: Sequence[float] | None = None,
    correlations: ArrayLike | None = None,
    *,
    estimand: str = "",
) -> Estimate:
    """The average of estimates over the levels of factors that are named.

    Args:
        estimates: One for each level (or combination of levels); at least one.
        over: The factors that it averages over, such as ("scenario",); not empty, because nothing pools silently.
        weights: Weights, at least 0 and not all 0; they are scaled to add up to 1. Without them all count the same.
        correlations: Correlations of the estimates, as in ``combine``; None where they are independent.
        estimand: What it estimates, as a phrase; without it, made of the factors.

    Returns:
        The average.

    Raises:
        PoolingError: If no factor is named.
        AnalysisError: If a weight is negative or all are 0, and as ``combine``.

    Source: Zou, Huang and Zhang 2009 (MOVER).
    """
    if isinstance(over, str) or not over or not all(isinstance(name, str) and name for name in over):
        raise PoolingError(
            f"an average of {len(estimates)} estimates has to name the factors that it averages over: "
            "say over=('scenario',) for an average over scenarios, or keep the estimates apart"
        )
    weight = np.ones(len(estimates)) if weights is None else np.asarray(weights, dtype=float)
    if estimates and not (np.isfinite(weight).all() and (weight >= 0).all() and weight.sum() > 0):
        raise AnalysisError("weights of an average are 0 or more, and not all 0")
    phrase = estimand or f"average over {' and '.join(over)} of: {estimates[0].estimand if estimates else ''}"
    return combine(estimates, list(weight / max(weight.sum(), 1e-300)), correlations, estimand=phrase)


def risk_ratio(treated: Estimate, control: Estimate, correlation: float = 0.0) -> Estimate:
    """Treated rate by control rate; secondary, because it says nothing of how often.

    Args:
        treated: A rate.
        control: A rate of the same level.
        correlation: Correlation of the two estimates, -1 to 1.

    Returns:
        The ratio, in ``count`` (a plain number); NaN with 0 to infinity where the control rate is 0 or NaN.

    Raises:
        AnalysisError: If they are no rates, or levels or correlation do not fit.

    Source: Donner and Zou 2012 (MOVER-R).
    """
    if {treated.unit, control.unit} != {"share"} or min(treated.lower, control.lower) < 0:
        raise AnalysisError("a risk ratio takes two rates; a difference or a mean score is none")
    if treated.level != control.level:
        raise AnalysisError(f"levels {treated.level:g} and {control.level:g} differ; estimate both at one level")
    if not -1 <= correlation <= 1:
        raise AnalysisError(f"a correlation of {correlation} is out of range; give one from -1 to 1")
    one, other = treated.value, control.value
    value, lower, upper = math.nan, 0.0, math.inf
    if treated.measured and control.measured and other > 0:
        value = one / other
        lower = _ratio_limit(one, other, one - treated.lower, control.upper - other, correlation, -1.0)
        upper = _ratio_limit(one, other, treated.upper - one, other - control.lower, correlation, 1.0)
    warnings = tuple(dict.fromkeys((*treated.warnings, *control.warnings)))
    return Estimate(
        "rate in the treated arm by rate in the control arm",
        value,
        lower,
        upper,
        "count",
        "MOVER-R",
        math.nan,
        treated.trials + control.trials,
        max(treated.variants, control.variants) if correlation else treated.variants + control.variants,
        treated.level,
        warnings,
    )


def _ratio_limit(one: float, other: float, far: float, near: float, correlation: float, side: float) -> float:
    """A root R of (one - R other)^2 = far^2 - 2 r far near R + near^2 R^2, on the asked side."""
    square = other**2 - near**2
    middle = one * other - correlation * far * near
    rest = one**2 - far**2
    inside = math.sqrt(max(0.0, middle**2 - square * rest))
    if side < 0:
        return max(0.0, rest / (middle + inside)) if middle + inside > 0 else 0.0
    # Where the control's own lower limit is 0, no ratio is too high.
    return math.inf if square <= 1e-15 else max(0.0, (middle + inside) / square)
