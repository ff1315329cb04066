"""The power of the tests that are really used: of a difference of two rates, and of two means."""

import math

from peerward.analysis.estimate import AnalysisError, RefusedTestError, Sign
from peerward.analysis.power_exact import boschloo_power, check_share, mcnemar_power, repeated_power

CORRELATION = 0.3
"""The correlation of trials of one variant that is taken where none is known."""


def power(
    rate_control: float,
    rate_treated: float,
    variants: int,
    epochs: int = 1,
    correlation: float = CORRELATION,
    crossed: bool = True,
    within_variant_correlation: float = 0.0,
    alpha: float = 0.05,
    tests: int = 1,
    sign: Sign = "two_sided",
    simulations: int = 2000,
    seed: int = 1,
) -> float:
    """Return the chance that the test of a difference of two rates rejects.

    With one trial an arm and variant it is exact: a sum over all tables of McNemar's exact test (arms crossed on the
    same variants) or Boschloo's (arms on independent variants). With repeated variants it is simulated: rates of
    variants are beta distributed, and every simulated study gets the exact sign-flip test.

    Args:
        rate_control: The rate in the control arm, 0-1.
        rate_treated: The rate in the treated arm, 0-1.
        variants: Variants in each arm, at least 1.
        epochs: Trials of each variant in each arm, at least 1.
        correlation: Correlation of trials of one variant in one arm, 0 to below 1; without repeats it has no part.
        crossed: Whether both arms run the same variants.
        within_variant_correlation: Correlation of two trials of one variant, one in each arm, where arms are crossed.
            0 is the cautious value; with repeated variants it is at most ``correlation``.
        alpha: The level of the whole family, 0-1.
        tests: How many tests are in the family; each is planned at ``alpha / tests``, Holm's first step, so that the
            power holds wherever in the family the test stands.
        sign: The alternative.
        simulations: Simulated studies, with repeated variants (2000: a standard error of at most 0.011).
        seed: Seed of the simulation.

    Raises:
        AnalysisError: If an argument is out of range, or rates and correlation cannot be had together.
        RefusedTestError: For repeated variants in arms that are not crossed: no test is offered there.

    Source: McNemar (1947); Boschloo (1970); sign-flip: Fisher (1935), beta-binomial: Williams (1975).
    """
    check_design(variants, epochs, correlation, alpha, tests)
    for share in (rate_control, rate_treated):
        check_share("a rate", share)
    level = alpha / tests
    if epochs == 1 and crossed:
        return mcnemar_power(rate_control, rate_treated, variants, within_variant_correlation, level, sign)
    if epochs == 1:
        return boschloo_power(rate_control, rate_treated, variants, level, sign)
    if not crossed:
        raise RefusedTestError(
            "Boschloo's test takes trials as independent and is refused for repeated variants (type I 0.29-0.47 at "
            "correlation 0.3); run both arms on the same variants (crossed=True), or one epoch"
        )
    return repeated_power(
        rate_control,
        rate_treated,
        variants,
        epochs,
        correlation,
        within_variant_correlation,
        level,
        sign,
        simulations,
        seed,
    )


def power_mean(
    difference: float,
    deviation: float,
    variants: int,
    epochs: int = 1,
    correlation: float = CORRELATION,
    crossed: bool = True,
    within_variant_correlation: float = 0.0,
    alpha: float = 0.05,
    tests: int = 1,
    sign: Sign = "two_sided",
) -> float:
    """Return the chance that the test of a difference of two means rejects, by the noncentral t distribution.

    Arms crossed on the same variants: paired t over the variants' differences, near to the exact sign-flip test from
    about 10 variants on. Independent variants: two-sample t over the variants' means.

    Args:
        difference: Treated minus control, in the unit of the deviation (points for ``score_error``).
        deviation: Standard deviation of one trial in one arm, above 0.
        variants: Variants in each arm, at least 2.
        epochs: Trials of each variant in each arm.
        correlation: Correlation of trials of one variant in one arm, 0 to below 1.
        crossed: Whether both arms run the same variants.
        within_variant_correlation: Correlation of two trials of one variant, one in each arm.
        alpha: The level of the family.
        tests: Tests in the family.
        sign: The alternative.

    Raises:
        AnalysisError: If an argument is out of range, or the correlations leave no variance of the difference.

    Source: the variance of a mean of clusters, Kish (1965); the noncentral t, Owen (1965).
    """
    from scipy.stats import t

    check_design(variants, epochs, correlation, alpha, tests)
    if not deviation > 0 or variants < 2:
        raise AnalysisError(
            f"deviation {deviation:g} and {variants} variants: give a deviation above 0 and 2 or more variants"
        )
    between = within_variant_correlation if crossed else 0.0
    variance = 2 * deviation**2 * ((1 + (epochs - 1) * correlation) / epochs - between)
    if variance <= 0:
        raise AnalysisError(
            f"a correlation of {between:g} between the arms leaves the difference no variance; it has to stay below "
            f"{(1 + (epochs - 1) * correlation) / epochs:g} here"
        )
    degrees = (variants - 1) * (1 if crossed else 2)
    shift = difference / math.sqrt(variance / variants)
    level = alpha / tests
    if sign == "two_sided":
        edge = float(t.isf(level / 2, degrees))
        return _beyond(edge, degrees, shift) + _beyond(edge, degrees, -shift)
    edge = float(t.isf(level, degrees))
    return _beyond(edge, degrees, shift if sign == "positive" else -shift)


def _beyond(edge: float, degrees: int, shift: float) -> float:
    """The chance that a noncentral t lies above an edge above 0."""
    from scipy.stats import nct

    chance = float(nct.sf(edge, degrees, shift))
    # scipy gives NaN in the tail that a shift leads away from, where the chance is below that of Z > 5.
    return 0.0 if shift < 0 and math.isnan(chance) else chance


def check_design(variants: int, epochs: int, correlation: float, alpha: float, tests: int) -> None:
    """Refuse numbers that make no design.

    Raises:
        AnalysisError: If one is out of range; the message names it.
    """
    if variants < 1 or epochs < 1 or tests < 1:
        raise AnalysisError(f"{variants} variants, {epochs} epochs and {tests} tests: each has to be 1 or more")
    if not 0 <= correlation < 1:
        raise AnalysisError(f"correlation {correlation:g} is out of range; give one from 0 to below 1")
    if not 0 < alpha < 1:
        raise AnalysisError(f"alpha {alpha:g} is out of range; give one above 0 and below 1, as in 0.05")
