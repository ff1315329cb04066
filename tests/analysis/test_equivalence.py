import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.weightstats import ttost_ind, ttost_paired

from peerward.analysis.crossed import crossed_difference
from peerward.analysis.equivalence import equivalent, two_one_sided
from peerward.analysis.estimate import AnalysisError, RefusedTestError
from peerward.analysis.means import mean_difference

RNG = np.random.default_rng(23)
SCORES = RNG.normal(60, 4, 16)
OTHERS = SCORES + RNG.normal(1, 3, 16)


@pytest.mark.parametrize("margin", [0.5, 1.0, 2.0, 3.0, 6.0])
def test_paired_means_agree_with_statsmodels(margin: float) -> None:
    found = two_one_sided(lambda level: mean_difference(OTHERS, range(16), SCORES, range(16), level=level), margin)
    assert found.p == pytest.approx(ttost_paired(OTHERS, SCORES, -margin, margin)[0], abs=1e-9)
    assert found.units == 16
    interval = mean_difference(OTHERS, range(16), SCORES, range(16), level=0.9)
    assert equivalent(interval, margin) is (found.p < 0.05)


@pytest.mark.parametrize("margin", [1.0, 3.0, 6.0])
def test_independent_means_agree_with_statsmodels(margin: float) -> None:
    found = two_one_sided(
        lambda level: mean_difference(OTHERS[:9], range(50, 59), SCORES, range(16), level=level), margin
    )
    assert found.p == pytest.approx(ttost_ind(OTHERS[:9], SCORES, -margin, margin, usevar="unequal")[0], abs=1e-9)


@settings(max_examples=30)
@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([0.05, 0.15, 0.3, 0.6]))
def test_rates_reject_where_their_interval_is_inside(events: int, less: int, margin: float) -> None:
    def interval(level: float):  # type: ignore[no-untyped-def]
        treated = [1.0] * events + [0.0] * (40 - events)
        control = [1.0] * less + [0.0] * (40 - less)
        return crossed_difference(treated, range(40), control, range(100, 140), level=level)

    found = two_one_sided(interval, margin)
    assert 0 < found.p < 1
    for alpha in (0.01, 0.05, 0.2):
        if abs(found.p - alpha) > 1e-6:
            assert equivalent(interval(1 - 2 * alpha), margin, alpha=alpha) is (found.p < alpha)
    assert (found.p > 0.5) is (abs(events - less) / 40 > margin) or abs(abs(events - less) / 40 - margin) < 1e-9


def test_a_wider_margin_is_never_harder() -> None:
    ps = [
        two_one_sided(lambda level: mean_difference(OTHERS, range(16), SCORES, range(16), level=level), margin).p
        for margin in (0.1, 0.5, 1, 2, 4, 8)
    ]
    assert ps == sorted(ps, reverse=True)


def test_without_a_margin_nothing_is_claimed() -> None:
    interval = mean_difference(OTHERS, range(16), SCORES, range(16), level=0.9)
    for margin in (None, math.nan):
        with pytest.raises(RefusedTestError, match="declared beforehand"):
            equivalent(interval, margin)
        with pytest.raises(RefusedTestError, match="declared beforehand"):
            two_one_sided(lambda level: interval, margin)
    for margin in (0.0, -1.0, math.inf):
        with pytest.raises(AnalysisError, match="above 0"):
            equivalent(interval, margin)


def test_an_interval_of_another_level_is_refused() -> None:
    interval = mean_difference(OTHERS, range(16), SCORES, range(16), level=0.95)
    with pytest.raises(AnalysisError, match="estimate it again"):
        equivalent(interval, 3.0)
    assert equivalent(interval, 30.0, alpha=0.025)


def test_nothing_measured_is_not_equivalent() -> None:
    interval = mean_difference([], [], SCORES, range(16), level=0.9)
    assert not equivalent(interval, 3.0)
    assert math.isnan(two_one_sided(lambda level: mean_difference([], [], SCORES, range(16), level=level), 3.0).p)
    one = two_one_sided(lambda level: mean_difference([1.0], [1], [1.0], [1], level=level), 3.0)
    assert one.p == pytest.approx(0.5)
