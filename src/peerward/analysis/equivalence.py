"""Equivalence: "no effect" is claimed only against a margin that was declared before."""

import math
from collections.abc import Callable

from peerward.analysis.differences import difference
from peerward.analysis.estimate import AnalysisError, Estimate, RefusedTestError, Test

Interval = Callable[[float], Estimate]
"""Gives the estimate with its interval at a level, such as ``lambda level: mean_difference(..., level=level)``."""

WIDEST = 1 - 1e-12


def _margin(margin: float | None) -> float:
    if margin is None or math.isnan(margin):
        raise RefusedTestError(
            "equivalence needs a margin that was declared beforehand; declare one for the contrast (in the estimate's "
            "unit: 0.1 is 10 points of a share), or report the interval and claim nothing"
        )
    if not 0 < margin < math.inf:
        raise AnalysisError(f"a margin of {margin} is no margin; declare a number above 0")
    return float(margin)


def equivalent(estimate: Estimate, margin: float | None, *, alpha: float = 0.05) -> bool:
    """Whether an estimate's interval of level 1 - 2 alpha lies strictly inside the margin.

    Args:
        estimate: The estimate with its 90 % interval (for alpha 0.05).
        margin: The declared margin, above 0, in the estimate's unit.
        alpha: The test's level.

    Returns:
        Whether both one-sided tests reject; False where nothing was measured.

    Raises:
        RefusedTestError: Without a margin.
        AnalysisError: If the margin is not above 0, or the interval is of another level.

    Source: Schuirmann 1987.
    """
    width = _margin(margin)
    if not math.isclose(estimate.level, 1 - 2 * alpha, abs_tol=1e-9):
        raise AnalysisError(
            f"two one-sided tests at {alpha:g} look at the interval of level {1 - 2 * alpha:g}, and this one has "
            f"{estimate.level:g}; estimate it again with level={1 - 2 * alpha:g}"
        )
    return estimate.measured and -width < estimate.lower and estimate.upper < width


def two_one_sided(interval: Interval, margin: float | None) -> Test:
    """Two one-sided tests of a difference against a margin, out of the method that gives its interval.

    The p of each side is the least alpha at which the limit of level 1 - 2 alpha is inside the margin (above one half:
    one minus the alpha at which the opposite limit is outside), found by halving; for t intervals it is the t test's.

    Args:
        interval: Gives the estimate at a two-sided level; the same estimate at every level.
        margin: The declared margin, above 0, in the estimate's unit.

    Returns:
        The test: p is the larger of the two sides'; NaN where nothing was measured.

    Raises:
        RefusedTestError: Without a margin.
        AnalysisError: If the margin is not above 0.

    Source: Schuirmann 1987.
    """
    width = _margin(margin)
    found = interval(0.9)
    null = f"the difference is {width:g} or more, in either direction ({found.estimand})"
    method = f"two one-sided tests ({found.method})"
    if not found.measured:
        return Test(null, math.nan, method, units=found.variants, warnings=("nothing was measured in an arm",))
    if found.lower == found.upper:
        told = "every difference is the same number: nothing tells how it varies, so equivalence cannot be claimed"
        return Test(null, math.nan, method, units=found.variants, warnings=(*found.warnings, told))
    p = max(_side(interval, found.value, width, 1.0), _side(interval, found.value, width, -1.0))
    return Test(null, p, method, units=found.variants, warnings=found.warnings)


def rate_equivalence(treated: Interval, control: Interval, margin: float | None) -> Test:
    """Two one-sided tests of the difference of two rates, cautious enough to keep their level.

    The interval that shows a difference of rates is a little too short at the margin for few variants (type I error up
    to 7 % at 20). Here the difference is MOVER on Wilson limits without the gain from arms that go together, at half
    the alpha: a test at 5 % looks at the 95 % interval. With 10 to 50 variants, margins of .1 to .3 and arms
    correlated 0 to .6 its error stayed below 5 % (docs/methods.md).

    Args:
        treated: Gives the treated arm's rate with its interval at a level.
        control: The same of the control arm.
        margin: The declared margin, a share above 0.

    Raises:
        RefusedTestError: Without a margin.
        AnalysisError: If the margin is not above 0.

    Source: Schuirmann 1987; Newcombe 1998 (method 10).
    """

    def interval(level: float) -> Estimate:
        wider = (1 + level) / 2
        return difference(treated(wider), control(wider), estimand="treated minus control")

    return two_one_sided(interval, margin)


def _side(interval: Interval, value: float, margin: float, sign: float) -> float:
    """One-sided p of: the difference, turned by ``sign``, is not below the margin."""

    def limit(level: float, outer: bool) -> float:
        found = interval(level)
        upper = found.upper if sign > 0 else -found.lower
        lower = found.lower if sign > 0 else -found.upper
        return upper if outer else lower

    inside = sign * value < margin
    # The highest level whose limit has not reached the margin yet.
    low, high = 0.0, WIDEST
    for _ in range(48):
        middle = (low + high) / 2
        reached = limit(middle, True) >= margin if inside else limit(middle, False) <= margin
        low, high = (low, middle) if reached else (middle, high)
    alpha = (1 - low) / 2
    return alpha if inside else 1 - alpha
