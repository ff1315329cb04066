import itertools
import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest, permutation_test
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.contingency_tables import mcnemar as their_mcnemar

from peerward.analysis.estimate import AnalysisError, RefusedTestError, Sign
from peerward.analysis.permutation import (
    cochran_mantel_haenszel,
    mcnemar,
    sign_flip,
    sign_flip_of,
    variant_differences,
    within_variants,
)

SIGNS: dict[Sign, str] = {"two_sided": "two-sided", "positive": "greater", "negative": "less"}


def by_all_signs(differences: NDArray[np.float64], sign: Sign) -> float:
    """The definition: every sign vector, one by one."""
    seen = differences.sum()
    sums = np.array([np.dot(signs, differences) for signs in itertools.product((-1, 1), repeat=differences.size)])
    if sign == "two_sided":
        return float(np.mean(np.abs(sums) >= abs(seen) - 1e-9))
    return float(np.mean(sums >= seen - 1e-9 if sign == "positive" else sums <= seen + 1e-9))


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("epochs", [1, 3, 4])
def test_sign_flip_counts_every_sign_vector(sign: Sign, epochs: int) -> None:
    rng = np.random.default_rng(epochs)
    variants = np.repeat(np.arange(9), epochs)
    for rate in (0.1, 0.4, 0.7):
        a, b = rng.binomial(1, rate, variants.size), rng.binomial(1, 0.3, variants.size)
        _, differences, _ = variant_differences(a, variants, b, variants)
        assert differences == pytest.approx((a - b).reshape(9, epochs).mean(axis=1))
        test = sign_flip(a, variants, b, variants, sign)
        assert test.p == pytest.approx(by_all_signs(differences, sign), abs=1e-12)
        assert (test.units, test.sign) == (9, sign)


@pytest.mark.parametrize("sign", SIGNS)
def test_sign_flip_of_any_numbers_agrees_with_scipy(sign: Sign) -> None:
    rng = np.random.default_rng(3)
    for count in (2, 5, 11):
        numbers = rng.normal(0.4, 1.0, count)
        theirs = permutation_test((numbers,), np.mean, permutation_type="samples", alternative=SIGNS[sign])
        assert sign_flip_of(numbers, sign).p == pytest.approx(theirs.pvalue, abs=1e-12)


@pytest.mark.parametrize("sign", SIGNS)
def test_mixed_sizes_of_whole_numbers_are_counted_right(sign: Sign) -> None:
    rng = np.random.default_rng(11)
    for _ in range(30):
        numbers = rng.integers(-6, 9, 10) / 4
        if numbers.any():
            assert sign_flip_of(numbers, sign).p == pytest.approx(by_all_signs(numbers, sign), abs=1e-12)


def test_dynamic_programming_and_listing_agree() -> None:
    """The same numbers, once as multiples of a unit, once moved off it by less than any two sums differ."""
    rng = np.random.default_rng(5)
    whole = rng.integers(-40, 60, 26) * 1.0
    moved = whole + 1e-5 * rng.random(26) * np.sign(whole)
    assert abs(sign_flip_of(whole).p - sign_flip_of(moved).p) < 0.02
    assert not sign_flip_of(moved).warnings


def test_random_signs_come_close_to_the_exact_p_and_say_so() -> None:
    rng = np.random.default_rng(6)
    whole = rng.integers(-20, 28, 60) * 1.0
    moved = whole + 1e-5 * rng.random(60)
    drawn = sign_flip_of(moved)
    assert sign_flip_of(moved) == drawn
    exact = sign_flip_of(whole)
    assert any("19,999 random sign vectors" in each for each in drawn.warnings)
    assert "exact" not in drawn.method
    assert not exact.warnings
    assert drawn.p == pytest.approx(exact.p, abs=4 * math.sqrt(exact.p / 20_000) + 0.002)
    assert sign_flip_of(rng.random(80) + 1).p == 1 / 20_000


def test_one_trial_per_variant_is_mcnemar() -> None:
    rng = np.random.default_rng(7)
    for count in (6, 20, 75):
        variants = np.arange(count)
        a, b = rng.binomial(1, 0.6, count), rng.binomial(1, 0.3, count)
        table = [[int(np.sum((a == i) & (b == j))) for j in (1, 0)] for i in (1, 0)]
        theirs = their_mcnemar(table, exact=True).pvalue
        assert mcnemar(a, variants, b, variants).p == pytest.approx(theirs, rel=1e-9)
        assert sign_flip(a, variants, b, variants).p == pytest.approx(theirs, rel=1e-9)
        only_a, only_b = table[0][1], table[1][0]
        one_sided = binomtest(only_a, only_a + only_b, alternative="greater").pvalue
        assert mcnemar(a, variants, b, variants, "positive").p == pytest.approx(one_sided, rel=1e-9)


def test_order_and_names_of_variants_do_not_matter() -> None:
    rng = np.random.default_rng(8)
    variants = np.repeat(np.arange(12), 3)
    a, b = rng.binomial(1, 0.6, 36), rng.binomial(1, 0.3, 36)
    shuffled = rng.permutation(36)
    named = np.array([f"v{each}" for each in variants])
    expected = sign_flip(a, variants, b, variants).p
    assert sign_flip(a[shuffled], named[shuffled], b, named).p == expected


def test_longer_arms_are_cut_to_the_shorter_one_and_said() -> None:
    variants = np.repeat(np.arange(8), 2)
    a = np.tile([1, 0], 8)
    b = np.zeros(8)
    test = sign_flip(a, variants, b, np.arange(8))
    # The first of each variant's two: all differences are 1.
    assert test.p == pytest.approx(2 / 2**8)
    assert any("8 trials are left out" in each for each in test.warnings)


def test_what_is_missing_is_left_out_and_said() -> None:
    a = np.array([1, 1, 1, 1, 1, 1, 1, math.nan])
    test = sign_flip(a, np.arange(8), np.zeros(7), np.arange(7) + 1)
    assert test.units == 6
    assert test.p == pytest.approx(2 / 2**6)
    assert any("1 trials without a value" in each for each in test.warnings)
    assert any("2 variants are in one arm only" in each for each in test.warnings)
    nothing = sign_flip([math.nan], [1], [0], [1])
    assert math.isnan(nothing.p) and nothing.units == 0
    assert math.isnan(sign_flip_of([math.nan]).p)


def test_no_difference_at_all_is_p_one() -> None:
    assert sign_flip(np.ones(9), np.arange(9), np.ones(9), np.arange(9)).p == 1.0
    assert sign_flip_of([1.0, -1.0, 2.0, -2.0]).p == 1.0


def test_few_variants_are_said_to_be_too_few() -> None:
    test = sign_flip_of(np.ones(5))
    assert test.p == 2 / 2**5
    assert any("5 variants cannot give a p below" in each for each in test.warnings)
    assert not sign_flip_of(np.ones(6)).warnings
    assert not sign_flip_of(np.ones(5), "positive").warnings


def test_wrong_designs_are_refused_by_name_of_the_right_test() -> None:
    with pytest.raises(RefusedTestError, match="independent_arms"):
        sign_flip([1, 0], [1, 2], [0, 0], [3, 4])
    with pytest.raises(RefusedTestError, match="sign_flip"):
        mcnemar([1, 0], [1, 1], [0, 0], [1, 1])
    with pytest.raises(AnalysisError, match="outcomes of 0 or 1"):
        mcnemar([0.5, 0], [1, 2], [0, 0], [1, 2])
    with pytest.raises(AnalysisError, match="3 outcomes, but 2 variants"):
        sign_flip([1, 0, 1], [1, 2], [0, 0], [1, 2])
    with pytest.raises(RefusedTestError, match="independent_arms"):
        within_variants([1, 0], [1, 2], [0, 0], [3, 4])
    with pytest.raises(AnalysisError, match="within_variants"):
        cochran_mantel_haenszel([0.5, 0], [1, 2], [0, 0], [1, 2])


def by_all_labels(a: NDArray[np.float64], b: NDArray[np.float64], sign: Sign) -> float:
    """The definition: every way to deal the labels within each variant (a row of both arms)."""
    pooled = np.concatenate([a, b], axis=1)
    expected = pooled.mean(axis=1).sum() * a.shape[1]
    seen = a.sum() - expected
    each = [[sum(c) for c in itertools.combinations(row, a.shape[1])] for row in pooled]
    sums = np.array([sum(c) for c in itertools.product(*each)]) - expected
    if sign == "two_sided":
        return float(np.mean(np.abs(sums) >= abs(seen) - 1e-9))
    return float(np.mean(sums >= seen - 1e-9 if sign == "positive" else sums <= seen + 1e-9))


@pytest.mark.parametrize("sign", SIGNS)
def test_within_variants_counts_every_labelling(sign: Sign) -> None:
    rng = np.random.default_rng(9)
    for rate in (0.2, 0.6):
        a, b = rng.binomial(1, rate, (3, 3)) * 1.0, rng.binomial(1, 0.4, (3, 3)) * 1.0
        variants = np.repeat([4, 5, 6], 3)
        test = within_variants(a.ravel(), variants, b.ravel(), variants, sign)
        assert test.p == pytest.approx(by_all_labels(a, b, sign), abs=1e-12)
        assert any("these variants only" in each for each in test.warnings)


@pytest.mark.parametrize("sign", SIGNS)
def test_within_variants_of_numbers_comes_close_to_every_labelling(sign: Sign) -> None:
    rng = np.random.default_rng(10)
    a, b = rng.normal(0.5, 1, (3, 3)), rng.normal(0, 1, (3, 3))
    variants = np.repeat([4, 5, 6], 3)
    test = within_variants(a.ravel(), variants, b.ravel(), variants, sign)
    assert test.p == pytest.approx(by_all_labels(a, b, sign), abs=0.02)
    assert any("9,999 random permutations" in each for each in test.warnings)


def test_cochran_mantel_haenszel_agrees_with_statsmodels() -> None:
    rng = np.random.default_rng(12)
    for epochs in (4, 15):
        a, b = rng.binomial(1, 0.5, (8, epochs)), rng.binomial(1, 0.3, (8, epochs))
        tables = [
            np.array([[x.sum(), epochs - x.sum()], [y.sum(), epochs - y.sum()]]) for x, y in zip(a, b, strict=True)
        ]
        theirs = StratifiedTable(tables).test_null_odds(correction=True)
        variants = np.repeat(np.arange(8), epochs)
        ours = cochran_mantel_haenszel(a.ravel(), variants, b.ravel(), variants)
        assert ours.p == pytest.approx(theirs.pvalue, rel=1e-9)
        up, down = (
            cochran_mantel_haenszel(a.ravel(), variants, b.ravel(), variants, s).p for s in ("positive", "negative")
        )
        assert up == pytest.approx(ours.p / 2, rel=1e-9)
        assert down > 0.5


def test_variants_in_one_arm_play_no_part_within_variants() -> None:
    a, b = [1, 1, 1, 1, 0, 1], [0, 0, 0, 0]
    of_a, of_b = [1, 1, 2, 2, 3, 3], [1, 1, 2, 2]
    whole = within_variants(a, of_a, b, of_b)
    assert whole.p == within_variants(a[:4], of_a[:4], b, of_b).p
    assert whole.units == 8
    assert any("1 variants are in one arm only" in each for each in whole.warnings)
    assert cochran_mantel_haenszel([1, 1], [1, 2], [1, 1], [1, 2]).p == 1.0
    assert math.isnan(within_variants([], [], [1.0], [1]).p)
