"""Distributions of numbers: what their spread is, whether two differ, and which way errors of items lean."""

import math
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.answers import Spread
from peerward.analysis.estimate import THIN, AnalysisError, Estimate, Sign, Test, Unit
from peerward.analysis.flips import SEED, Floats
from peerward.analysis.permutation import measured, sign_flip_of
from peerward.analysis.rates import wilson_limits
from peerward.analysis.two_by_two import refuse_dependence

BRUNNER_MUNZEL = "Brunner-Munzel permutation test"
T_INTERVAL = "t interval over variants"
BALANCE = "Wilson on the effective number of item errors, clusters are variants"
DRAWS = 9_999
"""Random permutations of the Brunner-Munzel test where all of them are too many."""

_ALL = 20_000
_CORRELATION = 0.3
"""The declared correlation of item errors within a variant, where all lean one way and it cannot be seen."""


def spread(
    values: ArrayLike, variants: ArrayLike, estimand: str = "mean over variants", unit: Unit = "points"
) -> Spread:
    """Return a distribution as a figure needs it: sorted values, quartiles, and the mean with its interval.

    The mean is the mean of the variants' means, its interval Student's t over variants.

    Args:
        values: One number per trial; NaN is left out.
        variants: Their variants.
        estimand: What the mean estimates, as a phrase.
        unit: The numbers' unit.

    Returns:
        The distribution; with nothing measured its mean and quartiles are NaN.

    Raises:
        AnalysisError: If the two differ in length.
    """
    from scipy.special import stdtrit

    numbers, names, _ = measured(values, variants)
    if not numbers.size:
        nothing = Estimate(estimand, math.nan, math.nan, math.nan, unit, T_INTERVAL)
        return Spread((), nothing, (math.nan, math.nan, math.nan))
    _, places = np.unique(names, return_inverse=True)
    means = np.bincount(places, numbers) / np.bincount(places)
    mean, count = float(means.mean()), means.size
    low = high = math.nan
    warnings: tuple[str, ...] = ("one variant: there is no interval over variants",)
    if count > 1:
        half = float(stdtrit(count - 1, 0.975)) * float(means.std(ddof=1)) / math.sqrt(count)
        low, high, warnings = mean - half, mean + half, ()
    estimate = Estimate(
        estimand, mean, low, high, unit, T_INTERVAL, trials=numbers.size, variants=count, warnings=warnings
    )
    first, second, third = np.quantile(numbers, [0.25, 0.5, 0.75]).tolist()
    return Spread(tuple(np.sort(numbers).tolist()), estimate, (first, second, third))


def histogram(values: ArrayLike, lower: float, upper: float, bins: int) -> tuple[Floats, NDArray[np.int64], int]:
    """Return a histogram for a figure: edges, counts, and how many values lie outside of it.

    Args:
        values: The numbers; NaN is left out and not counted as outside.
        lower: The first edge.
        upper: The last edge, above ``lower``; a value on it is in the last bin.
        bins: How many bins of equal width, at least 1.

    Raises:
        ValueError: If there is no room for a bin.
    """
    if bins < 1 or not lower < upper:
        raise ValueError(f"{bins} bins from {lower} to {upper} are no histogram")
    numbers = np.asarray(values, dtype=np.float64).ravel()
    numbers = numbers[~np.isnan(numbers)]
    counts, edges = np.histogram(numbers, bins=bins, range=(lower, upper))
    return edges.astype(np.float64), counts.astype(np.int64), int(numbers.size - counts.sum())


def brunner_munzel(
    a: ArrayLike, variants_a: ArrayLike, b: ArrayLike, variants_b: ArrayLike, sign: Sign = "two_sided"
) -> Test:
    """Test whether numbers of one arm tend to be larger than those of another, on independent variants.

    The statistic is Brunner and Munzel's (2000): the chance that a number of the first arm is the larger one (ties
    count half), less one half, by its standard error. Its p comes from permutations of the arms (Neubert and Brunner
    2007), which are exact if the distributions are equal, all of them up to 20,000, else random ones of a fixed seed:
    the t approximation exceeds 5 % in small arms. Two-sided: at least as large in absolute value.

    Args:
        a: Numbers of the first (treated) arm; NaN is left out.
        variants_a: Their variants, each once.
        b: Numbers of the second (control) arm.
        variants_b: Their variants, each once, none of them in the first arm.
        sign: The alternative; positive: the first arm's numbers tend to be larger.

    Returns:
        The test; p is NaN if an arm has fewer than 2 numbers. ``units`` are the trials.

    Raises:
        RefusedTestError: If a variant has several trials or is in both arms.
        AnalysisError: If lengths differ.
    """
    null = "the two arms have the same distribution: neither tends to be larger"
    first, names_a, _ = measured(a, variants_a)
    second, names_b, _ = measured(b, variants_b)
    refuse_dependence(names_a, names_b, "Brunner-Munzel's test")
    m, n = first.size, second.size
    if m < 2 or n < 2:
        return Test(null, math.nan, BRUNNER_MUNZEL, sign, m + n, ("an arm has fewer than 2 trials",))
    distinct, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    kinds = distinct.size
    seen = float(_brunner_munzel(np.arange(m)[None, :], codes, kinds)[0])
    exact = math.comb(m + n, m) <= _ALL
    warnings: tuple[str, ...] = ()
    if exact:
        chosen = np.array(list(combinations(range(m + n), m)))
        hits, draws = _extreme(_brunner_munzel(chosen, codes, kinds), seen, sign), len(chosen)
    else:
        generator = np.random.default_rng([SEED, m, n])
        hits, draws, piece = 1, DRAWS + 1, max(1, 1_000_000 // (m + n))
        for start in range(0, DRAWS, piece):
            keys = generator.random((min(piece, DRAWS - start), m + n))
            hits += _extreme(_brunner_munzel(np.argsort(keys, axis=1)[:, :m], codes, kinds), seen, sign)
        warnings = (f"p is estimated from {DRAWS:,} random permutations of a fixed seed",)
    return Test(null, hits / draws, BRUNNER_MUNZEL, sign, m + n, warnings)


def _extreme(statistics: Floats, seen: float, sign: Sign) -> int:
    if sign == "two_sided":
        statistics, seen = np.abs(statistics), abs(seen)
    elif sign == "negative":
        statistics, seen = -statistics, -seen
    return int(np.sum((statistics >= seen) | np.isclose(statistics, seen, rtol=1e-9, atol=1e-9)))


def _brunner_munzel(chosen: NDArray[np.intp], codes: NDArray[np.intp], kinds: int) -> Floats:
    """The statistic for each row of places that make up the first arm; values are given by their rank among all."""
    rows, m = chosen.shape
    n = codes.size - m
    cells = np.arange(rows)[:, None] * kinds + codes[chosen]
    of_a = np.bincount(cells.ravel(), minlength=rows * kinds).reshape(rows, kinds).astype(np.float64)
    of_b = np.bincount(codes, minlength=kinds) - of_a
    # How many of the other arm are smaller, ties by half, for each value; its share is the chance of being larger.
    below_a = (np.cumsum(of_b, axis=1) - of_b / 2) / n
    below_b = (np.cumsum(of_a, axis=1) - of_a / 2) / m
    chance = np.sum(of_a * below_a, axis=1) / m
    spread_a = np.sum(of_a * (below_a - chance[:, None]) ** 2, axis=1) / (m - 1)
    spread_b = np.sum(of_b * (below_b - (1 - chance)[:, None]) ** 2, axis=1) / (n - 1)
    error = np.sqrt(spread_a / m + spread_b / n)
    away = chance - 0.5
    # No spread: the arms do not overlap, and nothing is more extreme.
    flat = error < 1e-12
    apart = np.where(np.abs(away) < 1e-12, 0.0, np.copysign(1e12, away))
    result: Floats = np.where(flat, apart, away / np.where(flat, 1.0, error))
    return result


def item_balance(in_favour: ArrayLike, against: ArrayLike, variants: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the share of item errors that are in the subject's favour, with an interval whose clusters are variants.

    Errors that lean neither way are at one half. The interval is Wilson's on the effective
    number of errors (errors by design effect, after Korn and Graubard 1998) with Student's t over the variants.
    Where all errors lean one way, the effective number is that of a declared correlation of .3 within a variant.

    Args:
        in_favour: Item errors in the subject's favour, one count per trial; NaN (not measured) is left out.
        against: Item errors against it.
        variants: The trials' variants.
        level: The interval's level.

    Returns:
        The share over all item errors; NaN, with limits 0 and 1, where there was none. ``events`` are the errors in
        favour, ``trials`` the trials with an error, ``variants`` their variants.

    Raises:
        AnalysisError: If lengths differ or a count is negative.
    """
    from scipy.special import stdtrit

    estimand = "share of item errors that are in the subject's favour, over variants"
    good, both, erring = _errors(in_favour, against, variants)
    made = both > 0
    favour, errors, trials = good[made], both[made], int(erring.sum())
    total, groups = float(errors.sum()), int(errors.size)
    if total == 0:
        return Estimate(estimand, math.nan, 0.0, 1.0, "share", BALANCE, 0.0, level=level)
    share = float(favour.sum()) / total
    warnings: list[str] = []
    if groups < 2:
        warnings.append("one variant has all the errors: the interval rests on a declared correlation of .3")
    if groups < 2 or share in (0.0, 1.0):
        # Kish's design effect for clusters of different sizes.
        effective = total / (1 + _CORRELATION * (float(np.sum(errors**2)) / total - 1))
        if groups >= 2:
            warnings.append("all item errors lean one way: the interval rests on a declared correlation of .3")
    else:
        variance = groups / (groups - 1) * float(np.sum((favour - share * errors) ** 2)) / total**2
        effective = min(total, share * (1 - share) / variance) if variance > 0 else total
    t = float(stdtrit(max(1, groups - 1), (1 + level) / 2))
    low, high = (float(limit) for limit in wilson_limits(np.asarray(share), np.asarray(t * t / effective)))
    if min(int(np.sum(favour > 0)), int(np.sum(errors > favour))) < 10:
        warnings.append(THIN)
    return Estimate(
        estimand, share, low, high, "share", BALANCE, float(favour.sum()), trials, groups, level, tuple(warnings)
    )


def item_balance_test(in_favour: ArrayLike, against: ArrayLike, variants: ArrayLike, sign: Sign = "two_sided") -> Test:
    """Test whether item errors lean: sign-flip permutation over variants of errors in favour minus errors against.

    With one error per variant this is the sign test. Errors of one variant may depend on one another.

    Args:
        in_favour: Item errors in the subject's favour, one count per trial; NaN is left out.
        against: Item errors against it.
        variants: The trials' variants.
        sign: The alternative; positive: more errors in the subject's favour.

    Returns:
        The test; p is NaN where there was no error. ``units`` are the variants with an error.

    Raises:
        AnalysisError: If lengths differ or a count is negative.
    """
    good, errors, _ = _errors(in_favour, against, variants)
    made = errors > 0
    null = "an item error is as likely in the subject's favour as against it"
    return sign_flip_of((2 * good - errors)[made], sign, null)


def _errors(in_favour: ArrayLike, against: ArrayLike, variants: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """By variant: errors in favour, all errors, and the trials that made one."""
    good, bad = (np.asarray(each, dtype=np.float64).ravel() for each in (in_favour, against))
    names = np.asarray(variants).ravel()
    if not good.size == bad.size == names.size:
        raise AnalysisError(
            f"{good.size} counts in favour, {bad.size} against, {names.size} variants: give one per trial"
        )
    known = ~np.isnan(good) & ~np.isnan(bad)
    good, bad, names = good[known], bad[known], names[known]
    if np.any(good < 0) or np.any(bad < 0):
        raise AnalysisError("a count of item errors is never negative")
    if not good.size:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    _, places = np.unique(names, return_inverse=True)
    both = good + bad
    sums = (np.bincount(places, each).astype(np.float64) for each in (good, both, both > 0))
    return next(sums), next(sums), next(sums)
