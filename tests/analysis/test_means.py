import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t, ttest_1samp, ttest_ind, ttest_rel

from peerward.analysis.estimate import AnalysisError
from peerward.analysis.means import double_difference, mean, mean_difference

RNG = np.random.default_rng(17)
SCORES = RNG.normal(60, 10, 20)
OTHERS = SCORES + RNG.normal(5, 6, 20)
LABELS = list(range(20))


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_a_mean_is_scipys(level: float) -> None:
    found = mean(SCORES, LABELS, estimand="reported score", level=level)
    theirs = ttest_1samp(SCORES, 0).confidence_interval(level)
    assert (found.value, found.unit, found.trials, found.variants) == (pytest.approx(SCORES.mean()), "points", 20, 20)
    assert (found.lower, found.upper) == (pytest.approx(theirs.low), pytest.approx(theirs.high))


def test_repeated_variants_are_one_number_each() -> None:
    values = np.repeat(SCORES, 5) + np.tile([-2, -1, 0, 1, 2], 20)
    found = mean(values, np.repeat(LABELS, 5), estimand="reported score")
    one = mean(SCORES, LABELS, estimand="reported score")
    assert (found.value, found.lower) == (pytest.approx(one.value), pytest.approx(one.lower))
    assert (found.trials, found.variants) == (100, 20)


def test_crossed_arms_are_scipys_paired_t() -> None:
    order = RNG.permutation(20)
    found = mean_difference(OTHERS[order], order, SCORES, LABELS)
    theirs = ttest_rel(OTHERS, SCORES).confidence_interval(0.95)
    assert found.value == pytest.approx((OTHERS - SCORES).mean())
    assert (found.lower, found.upper) == (pytest.approx(theirs.low), pytest.approx(theirs.high))
    assert (found.method, found.variants, found.trials) == ("t over variants", 20, 40)


def test_arms_without_a_shared_variant_are_scipys_welch() -> None:
    found = mean_difference(OTHERS[:8], range(100, 108), SCORES, LABELS)
    theirs = ttest_ind(OTHERS[:8], SCORES, equal_var=False).confidence_interval(0.95)
    assert (found.lower, found.upper) == (pytest.approx(theirs.low), pytest.approx(theirs.high))
    assert (found.method, found.variants) == ("Welch over variants", 28)


def test_a_variant_of_one_arm_only_is_left_out_and_told() -> None:
    gappy = OTHERS.copy()
    gappy[:3] = math.nan
    found = mean_difference(gappy, LABELS, SCORES, LABELS)
    theirs = ttest_rel(OTHERS[3:], SCORES[3:]).confidence_interval(0.95)
    assert (found.lower, found.upper) == (pytest.approx(theirs.low), pytest.approx(theirs.high))
    assert found.warnings == ("3 of 20 variants were not measured in every arm and are left out",)


def test_a_double_difference_is_a_paired_t_of_differences() -> None:
    base, other_base = RNG.normal(60, 3, 20), RNG.normal(61, 3, 20)
    found = double_difference(OTHERS, LABELS, SCORES, LABELS, other_base, LABELS, base, LABELS)
    theirs = ttest_1samp((OTHERS - SCORES) - (other_base - base), 0).confidence_interval(0.95)
    assert (found.lower, found.upper) == (pytest.approx(theirs.low), pytest.approx(theirs.high))
    apart = double_difference(OTHERS, range(20), SCORES, range(20, 40), other_base, range(40, 60), base, range(60, 80))
    assert apart.value == pytest.approx(found.value)
    variances = np.array([arm.var(ddof=1) / 20 for arm in (OTHERS, SCORES, other_base, base)])
    degrees = variances.sum() ** 2 / (variances**2 / 19).sum()
    assert apart.upper - apart.value == pytest.approx(t.ppf(0.975, degrees) * math.sqrt(variances.sum()))
    assert (apart.method, apart.variants) == ("Welch over variants", 80)


def test_these_variants_vary_only_within() -> None:
    values = np.repeat(SCORES, 5) + np.tile([-2, -1, 0, 1, 2], 20)
    found = mean(values, np.repeat(LABELS, 5), estimand="score", these_variants=True)
    half = t.ppf(0.975, 80) * math.sqrt(2.5 / 5 / 20)
    assert found.upper - found.value == pytest.approx(half)
    assert found.estimand == "score, for these variants only"
    single = mean(SCORES, LABELS, estimand="score", these_variants=True)
    assert (single.lower, single.upper) == (-math.inf, math.inf)
    assert "one trial only" in single.warnings[0]
    alone = mean([1, 2, 3, 4], [1] * 4, estimand="score", these_variants=True)
    theirs = ttest_1samp([1, 2, 3, 4], 0).confidence_interval(0.95)
    assert (alone.lower, alone.upper) == (pytest.approx(theirs.low), pytest.approx(theirs.high))
    arms = mean_difference(values + 3, np.repeat(LABELS, 5), values, np.repeat(LABELS, 5), these_variants=True)
    assert arms.upper - arms.value == pytest.approx(t.ppf(0.975, 160) * math.sqrt(2 * 2.5 / 5 / 20))


def test_what_says_nothing_has_the_widest_interval() -> None:
    empty = mean([], [], estimand="score")
    assert math.isnan(empty.value)
    assert (empty.lower, empty.upper) == (-math.inf, math.inf)
    assert (mean([], [], estimand="share", unit="share").lower, mean([], [], estimand="x", unit="share").upper) == (
        0,
        1,
    )
    one = mean([60.0], [1], estimand="score")
    assert one.value == 60
    assert (one.lower, one.upper) == (-math.inf, math.inf)
    assert "one variant only" in one.warnings[0]
    half = mean_difference([math.nan], [1], [1.0], [1], unit="share")
    assert math.isnan(half.value)
    assert (half.lower, half.upper) == (-1, 1)
    four = double_difference([1], [1], [1], [1], [1], [1], [], [], unit="share")
    assert (four.lower, four.upper) == (-2, 2)
    single = mean_difference([1.0], [1], [3.0, 4.0], [2, 3])
    assert single.value == -2.5
    assert (single.lower, single.upper) == (-math.inf, math.inf)


def test_no_spread_is_told() -> None:
    found = mean([60.0] * 5, range(5), estimand="score")
    assert (found.lower, found.upper) == (60, 60)
    assert "no width" in found.warnings[0]
    both = mean_difference([60.0] * 5, range(5), [50.0] * 5, range(10, 15))
    assert (both.lower, both.upper) == (10, 10)


def test_a_share_stays_in_its_range() -> None:
    found = mean([0, 0, 0, 1], range(4), estimand="share", unit="share")
    assert found.lower == 0
    gap = mean_difference([1, 1, 0.5], range(3), [0, 0, 0.5], range(3), unit="share")
    assert gap.lower > -1
    assert gap.upper == 1


@given(st.lists(st.tuples(st.floats(-50, 50), st.integers(0, 5)), max_size=30), st.floats(-20, 20))
def test_a_shift_moves_all_three(trials: list[tuple[float, int]], shift: float) -> None:
    values, labels = [value for value, _ in trials], [variant for _, variant in trials]
    found = mean(values, labels, estimand="score")
    moved = mean([value + shift for value in values], labels, estimand="score")
    if found.measured:
        assert found.lower <= found.value <= found.upper
        assert moved.value == pytest.approx(found.value + shift, abs=1e-6)
        if math.isfinite(found.lower):
            assert moved.lower == pytest.approx(found.lower + shift, abs=1e-6)


def test_what_is_no_score_is_refused() -> None:
    with pytest.raises(AnalysisError, match="of the control arm have the shape"):
        mean_difference([1], [1], [1, 2], [1])
    with pytest.raises(AnalysisError, match="for 95 %"):
        mean([1], [1], estimand="score", level=0)
