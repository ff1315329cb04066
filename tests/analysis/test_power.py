"""Power and sizes: against simulation with scipy's and statsmodels' tests, and against figures that are known."""

import math

import numpy as np
import pytest
from scipy.stats import binom, boschloo_exact
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.power import TTestIndPower, TTestPower

from peerward.analysis.estimate import AnalysisError, RefusedTestError
from peerward.analysis.power import (
    absence_size,
    effective_trials,
    power,
    power_mean,
    sample_size,
    sample_size_mean,
    variants_needed,
)


def test_the_known_figures_of_fifty_an_arm() -> None:
    assert power(0.02, 0.31, 50, crossed=False) == pytest.approx(0.99, abs=0.005)
    # Fisher's test has 0.40 here; Boschloo's, which is used, a little more.
    assert power(0.15, 0.31, 50, crossed=False) == pytest.approx(0.448, abs=0.005)


@pytest.mark.parametrize("sign", ["two_sided", "positive", "negative"])
def test_boschloo_rejects_the_tables_that_scipy_rejects(sign: str) -> None:
    size, alternative = 7, {"two_sided": "two-sided", "positive": "greater", "negative": "less"}[sign]
    counts = range(size + 1)
    # scipy's groups are columns.
    rejected = np.array(
        [
            [
                0 < t + c < 2 * size
                and boschloo_exact([[t, c], [size - t, size - c]], alternative=alternative, n=64).pvalue <= 0.1
                for c in counts
            ]
            for t in counts
        ]
    )
    treated, control = binom.pmf(counts, size, 0.7), binom.pmf(counts, size, 0.2)
    assert power(0.2, 0.7, size, crossed=False, alpha=0.1, sign=sign) == pytest.approx(treated @ rejected @ control)


@pytest.mark.parametrize("variants", [6, 13, 30])
def test_mcnemar_is_a_sum_over_tables_of_statsmodels_test(variants: int) -> None:
    low, high, correlation = 0.1, 0.5, 0.2
    both = low * high + correlation * math.sqrt(low * (1 - low) * high * (1 - high))
    treated, control = high - both, low - both
    total = 0.0
    for one in range(variants + 1):
        for other in range(variants + 1 - one):
            if mcnemar([[0, one], [other, 0]], exact=True).pvalue <= 0.05:
                rest = 1 - treated - control
                ways = math.comb(variants, one) * math.comb(variants - one, other)
                total += ways * treated**one * control**other * rest ** (variants - one - other)
    assert power(low, high, variants, within_variant_correlation=correlation) == pytest.approx(total)


def test_without_a_difference_no_test_rejects_too_often() -> None:
    for rate in (0.02, 0.3, 0.5):
        assert power(rate, rate, 40) <= 0.05
        assert power(rate, rate, 40, crossed=False) <= 0.05
        # Simulated: 0.05 and two standard errors of 2000 studies.
        assert power(rate, rate, 15, epochs=5) <= 0.06


def test_a_simulation_without_clustering_agrees_with_the_exact_sum() -> None:
    # One trial a variant is where both ways can be gone.
    from peerward.analysis.power_exact import repeated_power

    simulated = repeated_power(0.1, 0.4, 30, 1, 0.3, 0.0, 0.05, "two_sided", 4000, 7)
    assert simulated == pytest.approx(power(0.1, 0.4, 30), abs=3 * math.sqrt(0.25 / 4000))


def test_power_moves_with_what_it_depends_on() -> None:
    base = power(0.1, 0.4, 30)
    assert power(0.1, 0.4, 60) > base
    assert power(0.1, 0.5, 30) > base
    assert power(0.1, 0.4, 30, tests=10) < base
    assert power(0.1, 0.4, 30, sign="positive") > base > power(0.1, 0.4, 30, sign="negative")
    assert power(0.1, 0.4, 30, within_variant_correlation=0.3) > base
    assert power(0.4, 0.1, 30) == pytest.approx(base)
    assert power(0.1, 0.4, 15, epochs=4, correlation=0) > power(0.1, 0.4, 15, epochs=4, correlation=0.5)
    assert power(0.1, 0.4, 15, epochs=4) > power(0.1, 0.4, 15)


def test_more_epochs_do_not_stand_in_for_variants() -> None:
    assert power(0.1, 0.4, 4, epochs=50) == 0
    assert power(0.1, 0.4, 50, epochs=4) > power(0.1, 0.4, 10, epochs=20) + 0.2


def test_repeated_variants_in_independent_arms_are_refused() -> None:
    with pytest.raises(RefusedTestError, match="crossed"):
        power(0.1, 0.4, 30, epochs=2, crossed=False)


@pytest.mark.parametrize("crossed", [True, False])
def test_the_size_is_enough_and_not_much_more(crossed: bool) -> None:
    found = sample_size(0.1, 0.5, wanted=0.8, crossed=crossed)
    assert found.power >= 0.8
    assert found.trials == found.variants
    assert power(0.1, 0.5, found.variants + 1, crossed=crossed) >= 0.8
    assert power(0.1, 0.5, found.variants - 4, crossed=crossed) < 0.8
    assert found.method == ("McNemar's exact test" if crossed else "Boschloo's exact test")


def test_the_size_for_a_large_family_and_for_repeated_variants() -> None:
    one, family = sample_size(0.02, 0.6), sample_size(0.02, 0.6, tests=25)
    assert family.variants > one.variants
    assert family.variants >= variants_needed(25)
    repeated = sample_size(0.1, 0.5, epochs=3)
    assert repeated.method == "exact sign-flip permutation over variants"
    assert repeated.trials == 3 * repeated.variants
    assert repeated.variants < sample_size(0.1, 0.5).variants


def test_means_are_statsmodels_t_tests() -> None:
    assert power_mean(5, 10, 30) == pytest.approx(TTestPower().power(5 / math.sqrt(200), 30, 0.05))
    assert power_mean(5, 10, 64, crossed=False) == pytest.approx(TTestIndPower().power(0.5, 64, 0.05))
    assert power_mean(5, 10, 30, sign="positive") == pytest.approx(
        TTestPower().power(5 / math.sqrt(200), 30, 0.05, alternative="larger")
    )
    assert power_mean(-5, 10, 30, sign="negative") == pytest.approx(power_mean(5, 10, 30, sign="positive"))
    assert power_mean(0, 10, 30) == pytest.approx(0.05)
    for difference in (15, 25, 40, 100):
        assert power_mean(difference, 10, 50) == pytest.approx(1, abs=1e-6), "a sure thing is not NaN"
        assert power_mean(-difference, 10, 50) == pytest.approx(1, abs=1e-6)
        assert power_mean(-difference, 10, 50, sign="positive") == pytest.approx(0, abs=1e-9)
    # Four epochs at correlation 0.3: a variance of (1 + 3 * 0.3) / 4, less what the arms share.
    deviation = math.sqrt(2 * ((1 + 3 * 0.3) / 4 - 0.1)) * 10
    assert power_mean(5, 10, 30, epochs=4, within_variant_correlation=0.1) == pytest.approx(
        TTestPower().power(5 / deviation, 30, 0.05)
    )


def test_power_of_a_mean_is_near_that_of_the_sign_flip_test() -> None:
    from scipy.stats import permutation_test

    rng = np.random.default_rng(1)
    rejected = 0
    for _ in range(400):
        differences = rng.normal(6, 10 * math.sqrt(2), 10)
        found = permutation_test(
            (differences,), np.mean, permutation_type="samples", vectorized=True, n_resamples=2000, axis=0
        )
        rejected += found.pvalue <= 0.05
    assert rejected / 400 == pytest.approx(power_mean(6, 10, 10), abs=0.06)


def test_the_size_for_a_mean() -> None:
    found = sample_size_mean(5, 10)
    assert power_mean(5, 10, found.variants - 1) < 0.8 <= found.power
    assert sample_size_mean(1000, 10).variants == variants_needed(1)
    assert sample_size_mean(1000, 10, tests=102).variants == 12


def test_the_size_for_a_claim_of_absence() -> None:
    from statsmodels.stats.proportion import proportion_confint

    assert absence_size(0.05) == 72
    for limit in (0.01, 0.05, 0.17, 0.5):
        size = absence_size(limit)
        assert proportion_confint(0, size, 0.05, "beta")[1] < limit <= proportion_confint(0, size - 1, 0.05, "beta")[1]


def test_what_repeated_trials_are_worth() -> None:
    worth = [round(effective_trials(*each, 0.3), 1) for each in ((1, 50), (5, 10), (25, 2), (50, 1))]
    assert worth == [3.2, 13.5, 38.5, 50.0]


def test_the_least_variants_that_a_family_can_reject() -> None:
    for variants, tests in ((8, 6), (10, 25), (12, 102)):
        assert variants_needed(tests) == variants
        assert variants_needed(tests + 1) == variants + 1
        assert power(0.0, 1.0, variants, tests=tests) == 1
        assert power(0.0, 1.0, variants, tests=tests + 1) == 0
    assert variants_needed(1, alpha=0.0625) == 5
    assert variants_needed(1, alpha=0.0625, sign="positive") == 4


@pytest.mark.parametrize(
    "wrong, says",
    [
        ({"rate_control": 31.0}, "0.31 for 31 %"),
        ({"rate_treated": math.nan}, "out of range"),
        ({"variants": 0}, "1 or more"),
        ({"epochs": 2, "correlation": 1.0}, "below 1"),
        ({"alpha": 0.0}, "above 0"),
        ({"within_variant_correlation": 0.9}, "cannot have a correlation"),
        ({"epochs": 2, "within_variant_correlation": 0.4}, "cannot be larger"),
    ],
)
def test_what_makes_no_design_is_refused(wrong: dict[str, float], says: str) -> None:
    design = {"rate_control": 0.1, "rate_treated": 0.4, "variants": 20} | wrong
    with pytest.raises(AnalysisError, match=says):
        power(**design)  # type: ignore[arg-type]


def test_sizes_that_there_are_not() -> None:
    with pytest.raises(AnalysisError, match="cannot be found"):
        sample_size(0.1, 0.1)
    with pytest.raises(AnalysisError, match="cannot be found"):
        sample_size(0.4, 0.1, sign="positive")
    with pytest.raises(AnalysisError, match="not enough"):
        sample_size_mean(0.01, 10)
    with pytest.raises(AnalysisError, match="planned"):
        sample_size(0.1, 0.4, wanted=1.0)
    with pytest.raises(AnalysisError, match="no variance"):
        power_mean(1, 10, 20, within_variant_correlation=1.0)
    with pytest.raises(AnalysisError, match="above 0 and below 1"):
        absence_size(5)
