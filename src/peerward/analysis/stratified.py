"""Tests for these variants only: trials are independent within a variant, and labels are permuted within it."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.estimate import AnalysisError, RefusedTestError, Sign, Test
from peerward.analysis.flips import SEED, Floats

DRAWS = 9_999
"""Random permutations where outcomes are not 0/1."""
WITHIN = "exact permutation within variants"
WITHIN_DRAWN = "permutation within variants"
CMH = "Cochran-Mantel-Haenszel test with continuity correction"
ONLY = "for these variants only: nothing is said of others"
_NULL = "in each of these variants, treated and control have the same outcomes in distribution"


def within_variants(
    treated: ArrayLike,
    treated_variants: ArrayLike,
    control: ArrayLike,
    control_variants: ArrayLike,
    sign: Sign = "two_sided",
) -> Test:
    """Test two arms by permuting the arms' labels among the trials of each variant (estimand: these variants).

    The statistic is the sum over the treated trials, less what the pooled mean of each variant makes one expect: the
    Mantel-Haenszel difference. Two-sided, p is the chance of a statistic at least as large in absolute value. For 0/1
    outcomes it is exact: the events of a variant's treated trials are hypergeometric given all its events, and the
    variants are convolved (Mehta, Patel and Gray 1985). For other numbers it rests on random permutations of a fixed
    seed, as (hits + 1) / (draws + 1).

    Trials have to be independent given their variant. Then p is valid for these variants; it says nothing of a
    population of variants: there, two arms may differ in every variant by chance alone.

    Args:
        treated: Outcomes of the treated arm, one per trial; NaN is left out.
        treated_variants: Their variants.
        control: Outcomes of the control arm.
        control_variants: Their variants.
        sign: The alternative.

    Returns:
        The test; ``units`` are the trials used. Variants in one arm only play no part, with a warning.

    Raises:
        RefusedTestError: If both arms have trials, but no variant in common.
        AnalysisError: If outcomes and variants differ in length.
    """
    values, arms, places, warnings = _strata(treated, treated_variants, control, control_variants)
    if not values.size:
        return Test(_NULL, math.nan, WITHIN, sign, 0, (*warnings, "nothing was measured in both arms of a variant"))
    if np.all((values == 0) | (values == 1)):
        trials, of_treated, events, hits = _counts(values, arms, places)
        p = _convolved(tuple(sorted(zip(trials, of_treated, events, strict=True))), sum(hits), sign)
        return Test(_NULL, p, WITHIN, sign, values.size, warnings)
    told = (
        f"p is estimated from {DRAWS:,} random permutations of a fixed seed, so it is never below {1 / (DRAWS + 1):.2g}"
    )
    return Test(_NULL, _permuted(values, arms, places, sign), WITHIN_DRAWN, sign, values.size, (*warnings, told))


def cochran_mantel_haenszel(
    treated: ArrayLike,
    treated_variants: ArrayLike,
    control: ArrayLike,
    control_variants: ArrayLike,
    sign: Sign = "two_sided",
) -> Test:
    """Test two 0/1 arms stratified by variant by the normal form of ``within_variants`` (Mantel and Haenszel 1959).

    It is shown beside the exact test. One half is taken off the statistic (continuity correction).

    Args:
        treated: Outcomes of the treated arm, 0 or 1; NaN is left out.
        treated_variants: Their variants.
        control: Outcomes of the control arm.
        control_variants: Their variants.
        sign: The alternative.

    Returns:
        The test; p is 1 (one half one-sided) where no variant has both outcomes, since there is nothing to tell.

    Raises:
        RefusedTestError: If both arms have trials, but no variant in common.
        AnalysisError: If an outcome is neither 0 nor 1, or lengths differ.
    """
    from scipy.special import ndtr

    values, arms, places, warnings = _strata(treated, treated_variants, control, control_variants)
    if not values.size:
        return Test(_NULL, math.nan, CMH, sign, 0, (*warnings, "nothing was measured in both arms of a variant"))
    if np.any((values != 0) & (values != 1)):
        raise AnalysisError("Cochran-Mantel-Haenszel needs outcomes of 0 or 1: use within_variants for numbers")
    n, a, k, hits = (np.array(each, dtype=np.float64) for each in _counts(values, arms, places))
    away = float(np.sum(hits - k * a / n))
    more = n > 1
    variance = float(np.sum((k * (n - k) * a * (n - a))[more] / (n * n * (n - 1))[more]))
    if variance == 0:
        return Test(_NULL, 1.0 if sign == "two_sided" else 0.5, CMH, sign, values.size, warnings)
    if sign == "two_sided":
        p = min(1.0, 2 * float(ndtr(-max(0.0, abs(away) - 0.5) / math.sqrt(variance))))
    else:
        toward = away if sign == "positive" else -away
        p = float(ndtr(-(toward - 0.5) / math.sqrt(variance)))
    return Test(_NULL, p, CMH, sign, values.size, warnings)


def _strata(
    treated: ArrayLike, treated_variants: ArrayLike, control: ArrayLike, control_variants: ArrayLike
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.intp], tuple[str, ...]]:
    """Outcomes of both arms, who is treated, and the variant's number, in variants that are in both arms."""
    outcomes, names, labels = [], [], []
    for values, variants, label in ((treated, treated_variants, True), (control, control_variants, False)):
        numbers, each = np.asarray(values, dtype=np.float64).ravel(), np.asarray(variants).ravel()
        if numbers.size != each.size:
            raise AnalysisError(f"{numbers.size} outcomes, but {each.size} variants: give one variant per trial")
        known = ~np.isnan(numbers)
        outcomes.append(numbers[known])
        names.append(each[known])
        labels.append(np.full(int(known.sum()), label))
    values, arms = np.concatenate(outcomes), np.concatenate(labels)
    if not outcomes[0].size or not outcomes[1].size:
        return values[:0], arms[:0], np.zeros(0, dtype=np.intp), (ONLY,)
    _, places = np.unique(np.concatenate(names), return_inverse=True)
    both = (np.bincount(places, arms) > 0) & (np.bincount(places, ~arms) > 0)
    if not both.any():
        raise RefusedTestError(
            "the arms have no variant in common, so there is nothing to permute within variants: with one trial per "
            "variant use two_by_two.independent_arms"
        )
    alone = int(np.sum(~both))
    if not alone:
        return values, arms, places, (ONLY,)
    kept = both[places]
    renumbered = (np.cumsum(both) - 1)[places[kept]]
    told = f"{alone} variants are in one arm only and are left out of the test"
    return values[kept], arms[kept], renumbered, (ONLY, told)


def _counts(
    values: Floats, arms: NDArray[np.bool_], places: NDArray[np.intp]
) -> tuple[list[int], list[int], list[int], list[int]]:
    """By variant: trials, treated trials, events, events of treated trials."""
    counts = (np.bincount(places, weights) for weights in (np.ones(values.size), arms, values, values * arms))
    trials, of_treated, events, hits = (np.rint(each).astype(int).tolist() for each in counts)
    return trials, of_treated, events, hits


@lru_cache(maxsize=16_384)
def _hypergeometric(trials: int, drawn: int, events: int) -> tuple[int, Floats]:
    """The least number of events among those drawn, and the chances of it and each further number."""
    from scipy.special import gammaln

    least, most = max(0, drawn + events - trials), min(drawn, events)
    hits = np.arange(least, most + 1)
    logs = (
        -gammaln(hits + 1)
        - gammaln(events - hits + 1)
        - gammaln(drawn - hits + 1)
        - gammaln(trials - events - drawn + hits + 1)
    )
    chances = np.exp(logs - logs.max())
    return least, chances / chances.sum()


@lru_cache(maxsize=16_384)
def _convolved(strata: tuple[tuple[int, int, int], ...], hits: int, sign: Sign) -> float:
    """The chance of a sum of hypergeometric counts at least as far from its mean as ``hits``."""
    chances, least, mean = np.ones(1), 0, 0.0
    for trials, drawn, events in strata:
        lowest, each = _hypergeometric(trials, drawn, events)
        chances = np.convolve(chances, each)
        least += lowest
        mean += drawn * events / trials
    away = np.arange(least, least + chances.size) - mean
    seen = hits - mean
    if sign == "two_sided":
        extreme = np.abs(away) >= abs(seen) - 1e-7
    else:
        extreme = away >= seen - 1e-7 if sign == "positive" else away <= seen + 1e-7
    return min(1.0, float(chances[extreme].sum()))


def _permuted(values: Floats, arms: NDArray[np.bool_], places: NDArray[np.intp], sign: Sign) -> float:
    """The share of random permutations within variants with a statistic as extreme as the one seen."""
    order = np.lexsort((~arms, places))
    values, arms, places = values[order], arms[order], places[order]
    means = np.bincount(places, values) / np.bincount(places)
    centred = values - means[places]
    seen = float(centred[arms].sum())
    near = 1e-9 * float(np.abs(centred).sum())
    generator = np.random.default_rng([SEED, values.size])
    piece = max(1, 1_000_000 // values.size)
    hits = 0
    for start in range(0, DRAWS, piece):
        keys = generator.random((min(piece, DRAWS - start), values.size)) + places
        # Sorting by (variant, a random number) shuffles within variants; the treated come first in each.
        sums = centred[np.argsort(keys, axis=1)[:, arms]].sum(axis=1)
        if sign == "two_sided":
            hits += int(np.sum(np.abs(sums) >= abs(seen) - near))
        else:
            hits += int(np.sum(sums >= seen - near if sign == "positive" else sums <= seen + near))
    return (hits + 1) / (DRAWS + 1)
