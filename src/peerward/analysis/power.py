"""How many variants an answer needs: the sizes that follow from power, and what repeated variants are worth."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from peerward.analysis.estimate import AnalysisError, Sign
from peerward.analysis.power_tests import CORRELATION, check_design, power, power_mean

__all__ = [
    "CORRELATION",
    "Size",
    "absence_size",
    "effective_trials",
    "power",
    "power_mean",
    "sample_size",
    "sample_size_mean",
    "variants_needed",
]

SIGN_FLIP = "exact sign-flip permutation over variants"
MOST_VARIANTS = 2000
"""How far a search for a sample size goes."""


@dataclass(frozen=True)
class Size:
    """A sample size.

    Attributes:
        variants: Variants in each arm (in both at once, where arms are crossed).
        trials: Trials in each arm: variants by epochs.
        power: The power with it, 0-1.
        method: The test that this power is of, by its name in docs/methods.md.
    """

    variants: int
    trials: int
    power: float
    method: str


def sample_size(
    rate_control: float,
    rate_treated: float,
    wanted: float = 0.8,
    epochs: int = 1,
    correlation: float = CORRELATION,
    crossed: bool = True,
    within_variant_correlation: float = 0.0,
    alpha: float = 0.05,
    tests: int = 1,
    sign: Sign = "two_sided",
) -> Size:
    """Return the least number of variants with which the test of two rates has the power that is wanted.

    The power of an exact test falls now and then as a variant is added; the size is the first from which it stays
    above what is wanted for two more variants.

    Args:
        rate_control: The rate in the control arm, 0-1.
        rate_treated: The rate in the treated arm, 0-1; another than the control's.
        wanted: The power, above 0 and below 1.
        epochs: As in ``power``, like all that follow.
        correlation: Correlation of trials of one variant.
        crossed: Whether both arms run the same variants.
        within_variant_correlation: Correlation between the arms.
        alpha: The level of the family.
        tests: Tests in the family.
        sign: The alternative.

    Raises:
        AnalysisError: If an argument is out of range, the rates do not differ (in the sign's direction), or 2000
            variants are not enough.
        RefusedTestError: For repeated variants in arms that are not crossed.
    """
    _check_direction(rate_treated - rate_control, sign, "rates")

    def power_of(variants: int) -> float:
        return power(
            rate_control,
            rate_treated,
            variants,
            epochs,
            correlation,
            crossed,
            within_variant_correlation,
            alpha,
            tests,
            sign,
            simulations=1000,
        )

    method = "Boschloo's exact test" if not crossed else "McNemar's exact test" if epochs == 1 else SIGN_FLIP
    return _search(power_of, wanted, epochs, method, steady=2 if epochs == 1 else 0)


def sample_size_mean(
    difference: float,
    deviation: float,
    wanted: float = 0.8,
    epochs: int = 1,
    correlation: float = CORRELATION,
    crossed: bool = True,
    within_variant_correlation: float = 0.0,
    alpha: float = 0.05,
    tests: int = 1,
    sign: Sign = "two_sided",
) -> Size:
    """Return the least number of variants with which the test of two means has the power that is wanted.

    Args:
        difference: Treated minus control; not 0.
        deviation: Standard deviation of one trial.
        wanted: The power, above 0 and below 1.
        epochs: As in ``power_mean``, like all that follow.
        correlation: Correlation of trials of one variant.
        crossed: Whether both arms run the same variants.
        within_variant_correlation: Correlation between the arms.
        alpha: The level of the family.
        tests: Tests in the family.
        sign: The alternative.

    Raises:
        AnalysisError: If an argument is out of range or 2000 variants are not enough.
    """
    _check_direction(difference, sign, "means")

    def power_of(variants: int) -> float:
        if crossed and variants < variants_needed(tests, alpha, sign):
            return 0.0  # The sign-flip test, which is the one used, cannot reject there.
        return power_mean(
            difference,
            deviation,
            max(variants, 2),
            epochs,
            correlation,
            crossed,
            within_variant_correlation,
            alpha,
            tests,
            sign,
        )

    return _search(power_of, wanted, epochs, SIGN_FLIP if crossed else "Welch over variants", steady=0)


def absence_size(limit: float, level: float = 0.95) -> int:
    """Return how many variants without an event show that a rate is below a limit.

    It is the least G for which the upper Clopper-Pearson limit of 0 in G, 1 - ((1 - level) / 2)^(1 / G), is below
    ``limit``: 72 for 5 %.

    Args:
        limit: The rate that is to be ruled out, above 0 and below 1.
        level: The level of the two-sided interval, above 0 and below 1.

    Raises:
        AnalysisError: If an argument is out of range.

    Source: Clopper and Pearson (1934).
    """
    if not 0 < limit < 1 or not 0 < level < 1:
        raise AnalysisError(f"limit {limit:g} and level {level:g}: give both above 0 and below 1, as in 0.05 and 0.95")
    needed = math.log((1 - level) / 2) / math.log1p(-limit)
    return math.floor(needed) + 1


def effective_trials(variants: int, epochs: int, correlation: float = CORRELATION) -> float:
    """Return what trials on repeated variants are worth in independent trials: n / (1 + (m - 1) * correlation).

    50 trials at correlation 0.3 are worth 3.2 (1 variant), 13.5 (5 x 10), 38.5 (25 x 2) or 50 (50 x 1).

    Args:
        variants: Distinct variants, at least 1.
        epochs: Trials of each (m), at least 1.
        correlation: Correlation of trials of one variant, 0 to below 1.

    Raises:
        AnalysisError: If an argument is out of range.

    Source: the design effect, Kish (1965).
    """
    check_design(variants, epochs, correlation, 0.05, 1)
    return variants * epochs / (1 + (epochs - 1) * correlation)


def variants_needed(tests: int, alpha: float = 0.05, sign: Sign = "two_sided") -> int:
    """Return the least number of crossed variants with which a family can reject at all after Holm's correction.

    The least p of a sign-flip test over G variants is 2 / 2^G (1 / 2^G for a one-sided one): 8 variants carry a family
    of 6 tests, 10 one of 25, 12 one of 102.

    Args:
        tests: Tests in the family, at least 1.
        alpha: The level of the family, above 0 and below 1.
        sign: The alternative.

    Raises:
        AnalysisError: If an argument is out of range.
    """
    check_design(1, 1, 0.0, alpha, tests)
    ways = (2 if sign == "two_sided" else 1) * tests / alpha
    return max(1, math.ceil(math.log2(ways) - 1e-12))


def _search(power_of: Callable[[int], float], wanted: float, epochs: int, method: str, steady: int) -> Size:
    if not 0 < wanted < 1:
        raise AnalysisError(f"a power of {wanted:g} cannot be planned for; give one above 0 and below 1, as in 0.8")
    low, high = 1, 2
    while power_of(high) < wanted:
        low, high = high, high * 2
        if low >= MOST_VARIANTS:
            raise AnalysisError(
                f"{MOST_VARIANTS} variants are not enough for a power of {wanted:g}; plan for a larger difference or a "
                "smaller family"
            )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of(middle) >= wanted else (middle, high)
    # Between an even and an odd number the power can fall again: go back a little and take the first that stays.
    start = max(1, high - 3 * steady)
    size = next(n for n in range(start, start + MOST_VARIANTS) if _stays(power_of, n, steady, wanted))
    return Size(size, size * epochs, power_of(size), method)


def _stays(power_of: Callable[[int], float], variants: int, steady: int, wanted: float) -> bool:
    return all(power_of(variants + more) >= wanted for more in range(steady + 1))


def _check_direction(difference: float, sign: Sign, what: str) -> None:
    if difference == 0 or (sign == "positive" and difference < 0) or (sign == "negative" and difference > 0):
        raise AnalysisError(
            f"a difference of {difference:g} between the {what} cannot be found with sign {sign}: no number of "
            "variants is enough"
        )
