"""Tests of two arms that were run on the same variants: exact permutations, which need no model of the outcomes."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.by_variant import rising, same
from peerward.analysis.estimate import AnalysisError, RefusedTestError, Sign, Test
from peerward.analysis.flips import DRAWS, Floats, tail
from peerward.analysis.stratified import cochran_mantel_haenszel, within_variants

__all__ = ["cochran_mantel_haenszel", "mcnemar", "sign_flip", "sign_flip_of", "variant_differences", "within_variants"]

SIGN_FLIP = "exact sign-flip permutation over variants"
SIGN_FLIP_DRAWN = "sign-flip permutation over variants"
MCNEMAR = "McNemar's exact test"
_NULL = "swapping treated and control within a variant changes nothing: their mean difference over variants is 0"
_NULL_OF = "the contrast is as likely to be positive as negative, size by size: its mean over variants is 0"


def sign_flip(
    treated: ArrayLike,
    treated_variants: ArrayLike,
    control: ArrayLike,
    control_variants: ArrayLike,
    sign: Sign = "two_sided",
    null: str = _NULL,
) -> Test:
    """Test two arms crossed on the same variants by exact sign-flip permutation over variants (Fisher 1935).

    The statistic is the mean over variants of the difference of the arms' means. Under the null each variant's
    difference is as likely to have the opposite sign. Two-sided, p is the share of all 2^G sign vectors whose mean
    difference is at least as large in absolute value as the one seen; one-sided, at least as large in the direction
    of ``sign``. With 0/1 outcomes and one trial per arm and variant this is McNemar's exact test. Any dependence of
    the trials within a variant is allowed.

    What is tested is that symmetry. Differences in differences of rates keep 5 % whatever the four rates are; score
    means of arms that have equal means, but of which one is skewed, do not (docs/methods.md): then a small p says
    that the arms differ, not yet that their means do, and the interval beside it says how much.

    The symmetry needs as many trials in both arms of a variant. Where the numbers differ, the first ones of the
    longer arm are taken, in the order given, and a warning says how many were left out. So are variants that are in
    one arm only. NaN (not measured) is left out likewise.

    Args:
        treated: Outcomes of the treated arm, one per trial (0/1, or numbers such as score errors).
        treated_variants: Their variants, of the same length.
        control: Outcomes of the control arm.
        control_variants: Their variants.
        sign: The alternative.
        null: The hypothesis as a sentence, for the result.

    Returns:
        The test; p is NaN if nothing was measured in one of the arms. ``units`` are the variants used.

    Raises:
        RefusedTestError: If both arms have trials, but no variant in common.
        AnalysisError: If outcomes and variants differ in length.
    """
    _, differences, warnings = variant_differences(treated, treated_variants, control, control_variants)
    return _of(differences, sign, null, warnings)


def sign_flip_of(
    differences: ArrayLike, sign: Sign = "two_sided", null: str = _NULL_OF, warnings: tuple[str, ...] = ()
) -> Test:
    """Test contrasts, one number per variant, by exact sign-flip permutation: see ``sign_flip``.

    For differences in differences, gaps, and differences of two findings of the same trials.

    Args:
        differences: One contrast per variant, in any unit; NaN (not measured) is left out with a warning.
        sign: The alternative: the mean contrast differs from 0, is above 0, or below it.
        null: The hypothesis as a sentence, for the result.
        warnings: What is known against the contrasts already.

    Returns:
        The test; p is NaN without a single contrast.
    """
    numbers = np.asarray(differences, dtype=np.float64).ravel()
    known = numbers[~np.isnan(numbers)]
    if known.size < numbers.size:
        warnings = (*warnings, f"{numbers.size - known.size} variants have no contrast and are left out of the test")
    return _of(known, sign, null, warnings)


def _of(differences: Floats, sign: Sign, null: str, warnings: tuple[str, ...]) -> Test:
    if differences.size == 0:
        return Test(null, math.nan, SIGN_FLIP, sign, 0, (*warnings, "nothing was measured in both arms of a variant"))
    least = 2.0 ** ((1 if sign == "two_sided" else 0) - differences.size)
    if least > 0.05:
        warnings = (*warnings, f"{differences.size} variants cannot give a p below {least:.3g}")
    p, draws = tail(differences, sign)
    if draws:
        told = f"p is estimated from {DRAWS:,} random sign vectors of a fixed seed: never below {1 / (draws + 1):.2g}"
        return Test(null, p, SIGN_FLIP_DRAWN, sign, differences.size, (*warnings, told))
    return Test(null, p, SIGN_FLIP, sign, differences.size, warnings)


def variant_differences(
    treated: ArrayLike, treated_variants: ArrayLike, control: ArrayLike, control_variants: ArrayLike
) -> tuple[NDArray[np.generic], Floats, tuple[str, ...]]:
    """Return, for each variant in both arms, treated minus control: the difference of means over as many trials.

    Args:
        treated: Outcomes of the treated arm, one per trial; NaN is left out.
        treated_variants: Their variants.
        control: Outcomes of the control arm; NaN is left out.
        control_variants: Their variants.

    Returns:
        The variants, sorted; their differences; and what was left out, one sentence each.

    Raises:
        RefusedTestError: If both arms have trials, but no variant in common.
        AnalysisError: If outcomes and variants differ in length.
    """
    values_t, names_t, unknown_t = measured(treated, treated_variants)
    values_c, names_c, unknown_c = measured(control, control_variants)
    warnings: list[str] = []
    if unknown_t or unknown_c:
        warnings.append(f"{unknown_t + unknown_c} trials without a value are left out of the test")
    if not values_t.size or not values_c.size:
        return names_t[:0], np.zeros(0), tuple(warnings)
    if same(names_t, names_c) and rising(names_t):
        return names_t, values_t - values_c, tuple(warnings)  # One trial each: nothing is to be matched.
    names, places = np.unique(np.concatenate([names_t, names_c]), return_inverse=True)
    places_t, places_c = places[: values_t.size], places[values_t.size :]
    counts_t = np.bincount(places_t, minlength=names.size)
    counts_c = np.bincount(places_c, minlength=names.size)
    used = np.minimum(counts_t, counts_c)
    both = used > 0
    if not both.any():
        raise RefusedTestError(
            "the arms have no variant in common, so a sign-flip permutation over variants has nothing to flip: with "
            "one trial per variant use two_by_two.independent_arms"
        )
    alone = int(np.sum(~both))
    if alone:
        warnings.append(f"{alone} variants are in one arm only and are left out of the test")
    left_out = int(np.sum((counts_t + counts_c - 2 * used)[both]))
    if left_out:
        warnings.append(f"{left_out} trials are left out of the test, so that both arms have as many in each variant")
        values_t, places_t = _first(values_t, places_t, used)
        values_c, places_c = _first(values_c, places_c, used)
    sums = np.bincount(places_t, values_t, names.size) - np.bincount(places_c, values_c, names.size)
    if alone:
        return names[both], sums[both] / used[both], tuple(warnings)
    return names, sums / used, tuple(warnings)


def _first(values: Floats, places: NDArray[np.intp], most: NDArray[np.intp]) -> tuple[Floats, NDArray[np.intp]]:
    """The first trials of each variant, so many as ``most`` says."""
    order = np.argsort(places, kind="stable")
    counts = np.bincount(places, minlength=most.size)
    number = np.arange(places.size) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = order[number < most[places[order]]]
    return values[kept], places[kept]


def measured(values: ArrayLike, variants: ArrayLike) -> tuple[Floats, NDArray[np.generic], int]:
    """Return the values that are not NaN, their variants, and how many were NaN.

    Raises:
        AnalysisError: If the two differ in length.
    """
    numbers = np.asarray(values, dtype=np.float64).ravel()
    names = np.asarray(variants).ravel()
    if numbers.size != names.size:
        raise AnalysisError(f"{numbers.size} outcomes, but {names.size} variants: give one variant per trial")
    known = ~np.isnan(numbers)
    unknown = numbers.size - int(known.sum())
    return (numbers[known], names[known], unknown) if unknown else (numbers, names, 0)


def mcnemar(
    treated: ArrayLike,
    treated_variants: ArrayLike,
    control: ArrayLike,
    control_variants: ArrayLike,
    sign: Sign = "two_sided",
) -> Test:
    """Test two arms with one 0/1 trial per arm and variant by McNemar's exact test (McNemar 1947).

    Among the variants with the event in one arm only, either arm is as likely: a binomial test at one half,
    two-sided by doubling the smaller tail (at one half this is the same as counting splits at least as uneven).

    Args:
        treated: Outcomes of the treated arm, 0 or 1; NaN is left out.
        treated_variants: Their variants, each once.
        control: Outcomes of the control arm.
        control_variants: Their variants, each once.
        sign: The alternative.

    Returns:
        The test; ``units`` are the variants in both arms.

    Raises:
        RefusedTestError: If a variant has several trials in an arm, or the arms have no variant in common.
        AnalysisError: If an outcome is neither 0 nor 1, or lengths differ.
    """
    for name, values, variants in (("treated", treated, treated_variants), ("control", control, control_variants)):
        known, names, _ = measured(values, variants)
        if np.any((known != 0) & (known != 1)):
            raise AnalysisError(f"McNemar's test needs outcomes of 0 or 1 in the {name} arm: use sign_flip for numbers")
        repeated = 0 if rising(names) else names.size - np.unique(names).size
        if repeated:
            raise RefusedTestError(
                f"McNemar's test takes one trial per variant, but the {name} arm has {repeated} more than its "
                "variants: trials of one variant are alike, so p would be too small. Use sign_flip"
            )
    _, differences, warnings = variant_differences(treated, treated_variants, control, control_variants)
    null = "among variants with the event in one arm only, it is as likely to be either arm"
    test = _of(differences, sign, null, warnings)
    return Test(null, test.p, MCNEMAR, sign, test.units, test.warnings)
