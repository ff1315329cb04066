import math

import numpy as np
import pytest
from scipy.stats import binom, boschloo_exact, fisher_exact

from peerward.analysis.estimate import AnalysisError, RefusedTestError, Sign
from peerward.analysis.two_by_two import boschloo, fisher, independent_arms

SIGNS: dict[Sign, str] = {"two_sided": "two-sided", "positive": "greater", "negative": "less"}


@pytest.mark.parametrize("sign", SIGNS)
def test_both_agree_with_scipy(sign: Sign) -> None:
    rng = np.random.default_rng(1)
    for _ in range(25):
        m, n = (int(each) for each in rng.integers(1, 30, 2))
        a, b = int(rng.integers(0, m + 1)), int(rng.integers(0, n + 1))
        table = [[a, b], [m - a, n - b]]
        theirs = boschloo_exact(table, alternative=SIGNS[sign], n=64).pvalue
        assert boschloo(a, m, b, n, sign).p == pytest.approx(theirs, abs=1e-6)
        assert fisher(a, m, b, n, sign).p == pytest.approx(fisher_exact(table, alternative=SIGNS[sign])[1], abs=1e-9)


@pytest.mark.parametrize(("a", "b", "n"), [(1, 16, 50), (45, 55, 100)])
def test_larger_arms_agree_with_scipy(a: int, b: int, n: int) -> None:
    assert boschloo(a, n, b, n).p == pytest.approx(boschloo_exact([[a, b], [n - a, n - b]]).pvalue, rel=1e-5)


@pytest.mark.parametrize("sizes", [(8, 8), (5, 12), (20, 20)])
def test_no_common_rate_gives_more_than_five_percent(sizes: tuple[int, int]) -> None:
    """Exactly, over all tables: the chance of p <= .05 at every rate."""
    m, n = sizes
    rejected = np.array([[boschloo(a, m, b, n).p <= 0.05 for b in range(n + 1)] for a in range(m + 1)])
    fishers = np.array([[fisher(a, m, b, n).p <= 0.05 for b in range(n + 1)] for a in range(m + 1)])
    highest = 0.0
    for rate in np.linspace(0.001, 0.999, 333):
        chances = np.outer(binom.pmf(np.arange(m + 1), m, rate), binom.pmf(np.arange(n + 1), n, rate))
        highest = max(highest, float(chances[rejected].sum()))
        assert chances[fishers].sum() <= 0.05
    assert 0.02 < highest <= 0.05


def test_large_arms_get_fisher_and_say_so() -> None:
    test = boschloo(300, 1000, 340, 1000)
    assert test.p == fisher(300, 1000, 340, 1000).p
    assert "Fisher" in test.method
    assert any("1,000" in each for each in test.warnings)
    assert not boschloo(150, 500, 170, 500).warnings


def test_swapping_arms_swaps_signs() -> None:
    assert boschloo(7, 20, 2, 25, "positive").p == boschloo(2, 25, 7, 20, "negative").p
    assert boschloo(7, 20, 2, 25, "positive").p < boschloo(7, 20, 2, 25, "negative").p
    assert boschloo(0, 10, 0, 10).p == 1.0


def test_an_empty_arm_has_no_p_and_impossible_counts_are_refused() -> None:
    assert math.isnan(boschloo(0, 0, 1, 3).p)
    assert math.isnan(fisher(1, 3, 0, 0).p)
    with pytest.raises(AnalysisError, match="4 events in 3 trials"):
        boschloo(4, 3, 0, 2)


def test_arms_on_their_own_variants_are_tested() -> None:
    a, b = [1, 1, 1, 0, math.nan], [0, 0, 0, 1]
    first, second = independent_arms(a, [1, 2, 3, 4, 5], b, [6, 7, 8, 9])
    assert first.p == boschloo(3, 4, 1, 4).p
    assert second.p == fisher(3, 4, 1, 4).p


def test_dependent_trials_are_refused_by_name_of_the_right_test() -> None:
    with pytest.raises(RefusedTestError, match=r"2 trials repeat a variant.*sign_flip"):
        independent_arms([1, 0, 1, 0], [1, 1, 2, 2], [0, 0], [3, 4])
    with pytest.raises(RefusedTestError, match=r"1 variants are in both arms.*sign_flip"):
        independent_arms([1, 0], [1, 2], [0, 0], [2, 4])
    with pytest.raises(AnalysisError, match="brunner_munzel"):
        independent_arms([1, 0.5], [1, 2], [0, 0], [3, 4])
    with pytest.raises(AnalysisError, match="one variant per trial"):
        independent_arms([1, 0], [1], [0, 0], [3, 4])
