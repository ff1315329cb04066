import math

import numpy as np
import pytest
from scipy.stats import binomtest, brunnermunzel, permutation_test, t

from peerward.analysis.distributions import brunner_munzel, histogram, item_balance, item_balance_test, spread
from peerward.analysis.estimate import AnalysisError, RefusedTestError, Sign

SIGNS: dict[Sign, str] = {"two_sided": "two-sided", "positive": "greater", "negative": "less"}


def test_spread_shows_values_quartiles_and_the_mean_over_variants() -> None:
    shown = spread([5.0, 1.0, 3.0, 9.0, math.nan], [1, 1, 2, 3, 4])
    assert shown.values == (1.0, 3.0, 5.0, 9.0)
    assert shown.quartiles == (2.5, 4.0, 6.0)
    low, high = t.interval(0.95, 2, loc=5.0, scale=np.std([3, 3, 9], ddof=1) / math.sqrt(3))
    assert (shown.mean.value, shown.mean.lower, shown.mean.upper) == pytest.approx((5.0, low, high))
    assert (shown.mean.trials, shown.mean.variants) == (4, 3)


def test_spread_of_one_variant_or_of_nothing_has_no_interval() -> None:
    one = spread([1.0, 2.0], [7, 7]).mean
    assert one.value == 1.5 and math.isnan(one.lower) and one.warnings
    nothing = spread([math.nan], [1])
    assert nothing.values == () and not nothing.mean.measured


def test_histogram_counts_what_it_shows_and_what_it_does_not() -> None:
    edges, counts, outside = histogram([0, 1, 2.5, 10, 11, -1, math.nan], 0, 10, 4)
    assert edges.tolist() == [0, 2.5, 5, 7.5, 10]
    assert counts.tolist() == [2, 1, 0, 1]
    assert outside == 2
    with pytest.raises(ValueError, match="no histogram"):
        histogram([1], 1, 1, 3)


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.filterwarnings("ignore:p-value cannot be estimated")
def test_small_arms_are_permuted_in_every_way(sign: Sign, ties: bool) -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(0.8, 1, 4), rng.normal(0, 1, 5)
    if ties:
        a, b = np.round(a), np.round(b)

    def statistic(x: np.ndarray, y: np.ndarray) -> float:
        # Theirs is positive where the second sample tends to be larger.
        value = -float(brunnermunzel(x, y).statistic)
        return abs(value) if sign == "two_sided" else value

    which = "greater" if sign == "two_sided" else SIGNS[sign]
    with np.errstate(all="ignore"):
        theirs = permutation_test(
            (a, b), statistic, permutation_type="independent", n_resamples=np.inf, vectorized=False, alternative=which
        )
    ours = brunner_munzel(a, np.arange(4), b, np.arange(5) + 10, sign)
    assert ours.p == pytest.approx(theirs.pvalue, abs=1e-9)
    assert not ours.warnings


def test_large_arms_come_close_to_the_t_approximation() -> None:
    rng = np.random.default_rng(3)
    a, b = np.round(rng.normal(0.35, 1, 80), 1), np.round(rng.normal(0, 1.5, 90), 1)
    for sign, theirs in SIGNS.items():
        expected = brunnermunzel(a, b, alternative=theirs).pvalue
        test = brunner_munzel(a, np.arange(80), b, np.arange(90) + 100, sign)
        assert test.p == pytest.approx(expected, abs=0.012)
    assert any("random permutations" in each for each in test.warnings)


def test_arms_that_do_not_overlap_or_are_alike() -> None:
    apart = brunner_munzel([1, 1, 1, 1], range(4), [0, 0, 0, 0], range(4, 8))
    assert apart.p == pytest.approx(2 / 70)
    assert brunner_munzel([0, 0, 0, 0], range(4), [0, 0, 0, 0], range(4, 8)).p == 1.0
    assert math.isnan(brunner_munzel([1.0], [1], [2.0, 3.0], [2, 3]).p)


def test_brunner_munzel_is_refused_where_trials_are_alike() -> None:
    with pytest.raises(RefusedTestError, match="sign_flip"):
        brunner_munzel([1, 2, 3], [1, 1, 2], [1, 2], [3, 4])
    with pytest.raises(RefusedTestError, match="both arms"):
        brunner_munzel([1, 2, 3], [1, 2, 3], [1, 2], [3, 4])


def test_balance_of_independent_errors_is_wilson_with_t() -> None:
    """One error a variant: the effective number is (nearly) the number of errors."""
    favour = np.array([1] * 30 + [0] * 20)
    found = item_balance(favour, 1 - favour, np.arange(50))
    expected = binomtest(30, 50).proportion_ci(method="wilson")
    assert found.value == 0.6
    assert (found.lower, found.upper) == pytest.approx((expected.low, expected.high), abs=0.012)
    assert (found.events, found.trials, found.variants) == (30, 50, 50)
    assert not found.warnings


def test_errors_of_one_variant_count_as_alike() -> None:
    favour, variants = np.repeat([1] * 12 + [0] * 8, 10), np.repeat(np.arange(20), 10)
    clustered = item_balance(favour, 1 - favour, variants)
    alone = item_balance(favour, 1 - favour, np.arange(200))
    assert clustered.upper - clustered.lower > 2.5 * (alone.upper - alone.lower)
    assert clustered.value == alone.value == 0.6


def test_one_sided_errors_rest_on_a_declared_correlation() -> None:
    found = item_balance([5] * 10, [0] * 10, range(10))
    assert found.value == found.upper == 1.0
    # 50 errors of correlation .3 in tens of 5 are worth 50 / 2.2.
    effective, quantile = 50 / 2.2, t.ppf(0.975, 9)
    assert found.lower == pytest.approx(effective / (effective + quantile**2))
    assert any("declared correlation" in each for each in found.warnings)
    assert any("declared correlation" in each for each in item_balance([2, 1], [1, 0], [1, 1]).warnings)


def test_no_error_is_no_share() -> None:
    found = item_balance([0, 0, math.nan], [0, 0, 1], [1, 2, 3])
    assert math.isnan(found.value) and (found.lower, found.upper) == (0.0, 1.0)
    assert math.isnan(item_balance_test([0], [0], [1]).p)
    with pytest.raises(AnalysisError, match="never negative"):
        item_balance([-1], [0], [1])
    with pytest.raises(AnalysisError, match="one per trial"):
        item_balance([1, 2], [0], [1])


def test_one_error_a_variant_is_the_sign_test() -> None:
    favour = np.array([1] * 14 + [0] * 5)
    for sign, theirs in SIGNS.items():
        expected = binomtest(14, 19, alternative=theirs).pvalue
        assert item_balance_test(favour, 1 - favour, np.arange(19), sign).p == pytest.approx(expected, rel=1e-9)
    # Variants without an error play no part; repeated trials of one variant add up.
    test = item_balance_test([2, 3, 0, 1], [0, 0, 0, 0], [1, 1, 2, 3])
    assert test.units == 2 and test.p == 0.5
