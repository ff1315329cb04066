import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from peerward.analysis.differences import (
    combine,
    crossed_difference,
    crossed_double_difference,
    difference,
    macro_average,
    risk_ratio,
    within_variant_correlation,
)
from peerward.analysis.estimate import AnalysisError, Estimate, PoolingError
from peerward.analysis.means import gap, mean
from peerward.analysis.rates import clopper_pearson, rate


def of(events: int, trials: int, level: float = 0.95) -> Estimate:
    return rate([1.0] * events + [0.0] * (trials - events), range(trials), estimand="a rate", level=level)


NOTHING = rate([], [], estimand="a rate")


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombes_table(one: tuple[int, int], other: tuple[int, int], low: float, high: float) -> None:
    """Newcombe 1998 (interval estimation for the difference between independent proportions), table II, method 10."""
    found = difference(of(*one), of(*other))
    assert (found.lower, found.upper) == (pytest.approx(low, abs=5.1e-5), pytest.approx(high, abs=5.1e-5))
    assert found.trials == one[1] + other[1]


@given(st.integers(1, 80), st.integers(1, 80), st.data())
def test_a_difference_agrees_with_statsmodels(trials: int, others: int, data: st.DataObject) -> None:
    events, less = data.draw(st.integers(0, trials)), data.draw(st.integers(0, others))
    found = difference(of(events, trials), of(less, others))
    low, high = confint_proportions_2indep(events, trials, less, others, method="newcomb")
    assert (found.lower, found.upper) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
    assert -1 <= found.lower <= found.value <= found.upper <= 1
    turned = difference(of(less, others), of(events, trials))
    assert (turned.lower, turned.upper) == (pytest.approx(-found.upper), pytest.approx(-found.lower))


def test_a_correlation_makes_a_difference_surer() -> None:
    one, other = of(30, 50), of(15, 50)
    widths = [
        found.upper - found.lower for found in (difference(one, other, correlation=r) for r in (-0.5, 0, 0.5, 0.9))
    ]
    assert widths == sorted(widths, reverse=True)
    below, above = one.value - one.lower, other.upper - other.value
    expected = 0.3 - math.sqrt(below**2 - 2 * 0.5 * below * above + above**2)
    assert difference(one, other, correlation=0.5).lower == pytest.approx(expected)
    with pytest.raises(AnalysisError, match="from -1 to 1"):
        difference(one, other, correlation=1.5)


def test_a_double_difference_adds_four_squares() -> None:
    arms = [of(30, 50), of(15, 50), of(10, 40), of(9, 40)]
    found = combine(arms, (1, -1, -1, 1), estimand="a double difference")
    assert found.value == pytest.approx(0.3 - 0.025)
    squares = [
        (arm.value - arm.lower if sign > 0 else arm.upper - arm.value) ** 2
        for arm, sign in zip(arms, (1, -1, -1, 1), strict=True)
    ]
    assert found.lower == pytest.approx(found.value - math.sqrt(sum(squares)))
    in_two_steps = difference(difference(arms[0], arms[1]), difference(arms[2], arms[3]))
    assert (found.lower, found.upper) == (pytest.approx(in_two_steps.lower), pytest.approx(in_two_steps.upper))
    assert (found.estimand, found.trials, found.unit) == ("a double difference", 180, "share")


def test_normal_limits_combine_as_variances_do() -> None:
    """For symmetric intervals MOVER is the textbook variance of a weighted sum, correlations and all."""
    parts = [
        Estimate("x", value, value - half, value + half, "points", "t") for value, half in [(3, 2), (5, 1), (1, 4)]
    ]
    weights = np.array([0.5, -2.0, 1.0])
    between = np.array([[1, 0.3, -0.2], [0.3, 1, 0.5], [-0.2, 0.5, 1]])
    found = combine(parts, weights.tolist(), between)
    scaled = weights * np.array([2, 1, 4])
    half = math.sqrt(scaled @ between @ scaled)
    assert found.value == pytest.approx(-7.5)
    assert (found.lower, found.upper) == (pytest.approx(-7.5 - half), pytest.approx(-7.5 + half))


def test_what_was_not_measured_makes_no_difference() -> None:
    for found in (difference(of(3, 9), NOTHING), difference(NOTHING, of(3, 9)), difference(NOTHING, NOTHING)):
        assert math.isnan(found.value)
        assert -1 <= found.lower <= -0.1
        assert 0.3 <= found.upper <= 1
    assert (difference(NOTHING, NOTHING).lower, difference(NOTHING, NOTHING).upper) == (-1, 1)


def test_what_does_not_fit_is_not_combined() -> None:
    points = mean([1, 2], [1, 2], estimand="a score")
    for parts, weights, between, message in [
        ([], [], None, "nothing to combine"),
        ([of(1, 2)], [1, 2], None, "1 estimates need 1 weights"),
        ([of(1, 2), points], [1, -1], None, "points and share cannot be combined"),
        ([of(1, 2), of(1, 2, 0.9)], [1, -1], None, "at one level"),
        ([of(1, 2), of(1, 3)], [1, -1], [[1.0]], r"need \(2, 2\)"),
        ([of(1, 2), of(1, 3)], [1, -1], [[1, 2], [2, 1]], "symmetric"),
    ]:
        with pytest.raises(AnalysisError, match=message):
            combine(parts, weights, between)


def test_an_average_names_what_it_averages_over() -> None:
    for over in ((), "scenario", ("",)):
        with pytest.raises(PoolingError, match=r"say over=\('scenario',\)"):
            macro_average([of(1, 2), of(3, 4)], over=over)
    found = macro_average([of(10, 50), of(30, 50)], over=("scenario",))
    assert found.value == pytest.approx(0.4)
    assert "average over scenario" in found.estimand
    one = of(10, 50)
    assert macro_average([one], over=("scenario",)).lower == pytest.approx(one.lower)
    four = macro_average([one] * 4, over=("scenario",))
    assert four.upper - four.value == pytest.approx((one.upper - one.value) / 2)


def test_an_average_is_weighted() -> None:
    assert macro_average([of(10, 50), of(30, 50)], over=("channel",), weights=[3, 1]).value == pytest.approx(0.3)
    for weights in ([0, 0], [1, -1], [math.nan, 1]):
        with pytest.raises(AnalysisError, match="0 or more"):
            macro_average([of(10, 50), of(30, 50)], over=("channel",), weights=weights)
    with pytest.raises(AnalysisError, match="nothing to combine"):
        macro_average([], over=("channel",))


def test_the_correlation_of_pairs_is_a_drawn_phi() -> None:
    pairs = [(1, 1)] * 30 + [(1, 0)] * 10 + [(0, 1)] * 10 + [(0, 0)] * 30
    one, other = zip(*pairs, strict=True)
    labels = list(range(80))
    phi = np.corrcoef(one, other)[0, 1]
    assert phi == pytest.approx(0.5)
    assert within_variant_correlation(one, labels, other, labels) == pytest.approx(0.5 - 0.75 / math.sqrt(79))
    against = [1 - each for each in other]
    assert within_variant_correlation(one, labels, against, labels) == pytest.approx(-0.5)
    assert within_variant_correlation(one, labels, one, labels) == pytest.approx(1 - 2 / 79)


def test_a_correlation_that_cannot_be_estimated_is_nothing() -> None:
    some = [0, 1, 0, 1]
    for one, ones, other, others in [
        (some, [1, 2, 3, 4], some, [5, 6, 7, 8]),
        (some, [1, 2, 3, 4], [0, 0, 0, 0], [1, 2, 3, 4]),
        ([1, 0], [1, 1], [1, 0], [1, 1]),
        ([], [], some, [1, 2, 3, 4]),
        ([1], [1], [1], [1]),
    ]:
        assert within_variant_correlation(one, ones, other, others) == 0


def test_arms_on_other_variants_are_newcombes() -> None:
    treated, control = [1] * 56 + [0] * 14, [1] * 48 + [0] * 32
    found = crossed_difference(treated, list(range(70)), control, list(range(100, 180)))
    low, high = confint_proportions_2indep(56, 70, 48, 80, method="newcomb")
    assert (found.lower, found.upper) == (pytest.approx(low), pytest.approx(high))
    assert (found.trials, found.variants, found.method) == (150, 150, "MOVER on Wilson limits")


def test_arms_on_the_same_variants_are_surer() -> None:
    rng = np.random.default_rng(2)
    own = rng.random(60)
    control = (own < 0.4).astype(float)
    treated = (own < 0.6).astype(float)
    crossed = crossed_difference(treated, list(range(60)), control, list(range(60)))
    apart = crossed_difference(treated, list(range(60)), control, list(range(60, 120)))
    assert crossed.value == apart.value
    assert crossed.upper - crossed.lower < 0.85 * (apart.upper - apart.lower)
    assert crossed.variants == 60
    assert "correlation" in crossed.method
    these = crossed_difference(treated, list(range(60)), control, list(range(60)), these_variants=True)
    assert these.estimand.endswith("for these variants only")


def test_crossed_differences_cover_and_are_not_too_wide() -> None:
    rng = np.random.default_rng(8)
    labels = np.repeat(np.arange(24), 3)
    inside, widths = 0, []
    for _ in range(200):
        own = rng.beta(0.7, 0.7, 24)
        treated = rng.random(72) < np.minimum(1, own[labels] * 0.8 + 0.2)
        control = rng.random(72) < own[labels] * 0.8
        found = crossed_difference(treated, labels, control, labels)
        inside += found.lower <= 0.2 <= found.upper
        widths.append(found.upper - found.lower)
    assert inside >= 182
    assert np.mean(widths) < 0.45


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 9)), min_size=1, max_size=40))
def test_a_crossed_difference_stays_in_range_and_turns(trials: list[tuple[int, int, int]]) -> None:
    treated, control, labels = (list(each) for each in zip(*trials, strict=True))
    found = crossed_difference(treated, labels, control, labels)
    turned = crossed_difference(control, labels, treated, labels)
    assert -1 <= found.lower <= found.value <= found.upper <= 1
    assert found.lower < found.upper
    assert (turned.lower, turned.upper) == (pytest.approx(-found.upper), pytest.approx(-found.lower))
    four = crossed_double_difference(treated, labels, control, labels, control, labels, treated, labels)
    assert four.value == pytest.approx(2 * found.value)
    assert -2 <= four.lower <= four.upper <= 2


def test_a_baseline_that_never_has_it_leaves_the_difference() -> None:
    treated, control, labels = [1] * 20 + [0] * 10, [1] * 5 + [0] * 25, list(range(30))
    found = crossed_double_difference(treated, labels, control, labels, [0] * 30, labels, [0] * 30, labels)
    plain = crossed_difference(treated, labels, control, labels)
    assert found.value == plain.value
    assert found.upper - found.lower > plain.upper - plain.lower
    assert (found.trials, found.variants) == (120, 30)


def test_an_empty_arm_is_told() -> None:
    found = crossed_difference([math.nan], [1], [1, 0], [1, 2])
    assert math.isnan(found.value)
    assert (found.lower, found.upper) == (-1, 1)
    assert "nothing was measured in the treated arm" in found.warnings
    four = crossed_double_difference([], [], [1], [1], [], [], [1], [1])
    assert (four.lower, four.upper) == (-2, 2)
    assert "nothing was measured in the treated and the treated baseline arm" in four.warnings
    with pytest.raises(AnalysisError, match="of the control arm"):
        crossed_difference([1], [1], [1, 2], [1, 2])


def test_a_gap_is_paired_and_keeps_its_sign() -> None:
    unmonitored, monitored, labels = [1] * 3 + [0] * 17, [1] * 8 + [0] * 12, list(range(20))
    found = gap(unmonitored, labels, monitored, labels, estimand="a gap")
    assert found.value == pytest.approx(-0.25)
    assert found.lower < -0.25 < found.upper
    extra = gap([*unmonitored, 1, 1], [*labels, 50, 51], [*monitored, math.nan], [*labels, 50], estimand="a gap")
    assert (extra.value, extra.lower, extra.upper) == (found.value, found.lower, found.upper)
    none = gap([1], [1], [0], [2], estimand="a gap")
    assert math.isnan(none.value)
    assert (none.lower, none.upper) == (-1, 1)


def test_a_gap_of_nothing_still_has_width() -> None:
    """A t interval over 8 differences of 0 would have none."""
    found = gap([0] * 8, range(8), [0] * 8, range(8), estimand="a gap")
    assert found.value == 0
    assert found.upper == pytest.approx(-found.lower)
    assert found.upper > 0.3
    equal = gap([1, 0] * 4, range(8), [1, 0] * 4, range(8), estimand="a gap")
    assert equal.upper > 0.1


def test_a_gap_takes_shares_between() -> None:
    weights, others, labels = [1] * 12 + [0] * 8, [0.25] * 10 + [0.5] * 10, list(range(20))
    found = gap(weights, labels, others, labels, estimand="weights minus others")
    assert found.value == pytest.approx(0.6 - 0.375)
    assert found.lower < found.value < found.upper
    with pytest.raises(AnalysisError, match="from 0 to 1"):
        gap([60.0], [1], [0.5], [1], estimand="x")


def test_gaps_of_shares_cover() -> None:
    rng = np.random.default_rng(4)
    inside = 0
    for _ in range(300):
        weights = (rng.random(12) < 0.3).astype(float)
        others = rng.binomial(4, 0.1, 12) / 4
        found = gap(weights, range(12), others, range(12), estimand="x")
        inside += found.lower <= 0.2 <= found.upper
    assert inside >= 0.92 * 300


def fieller(one: Estimate, other: Estimate, ratio: float, side: int) -> float:
    """How far the weighted difference one - ratio * other is from a limit at 0: the equation MOVER-R solves."""
    limit = combine([one, other], [1, -ratio])
    return limit.lower if side < 0 else limit.upper


@given(st.integers(0, 30), st.integers(1, 30))
def test_a_risk_ratio_is_where_its_difference_touches_zero(events: int, less: int) -> None:
    one, other = of(events, 30), of(less, 30)
    found = risk_ratio(one, other)
    assert found.value == pytest.approx(events / less)
    assert 0 <= found.lower <= found.value <= found.upper
    assert math.isfinite(found.upper)
    if events:
        assert fieller(one, other, found.lower, -1) == pytest.approx(0, abs=1e-9)
    assert fieller(one, other, found.upper, 1) == pytest.approx(0, abs=1e-9)


def test_a_risk_ratio_is_near_the_score_interval() -> None:
    found = risk_ratio(of(56, 70), of(48, 80))
    low, high = confint_proportions_2indep(56, 70, 48, 80, compare="ratio", method="score")
    assert (found.lower, found.upper) == (pytest.approx(low, rel=0.02), pytest.approx(high, rel=0.02))
    assert found.unit == "count"


def test_there_is_no_ratio_to_nothing() -> None:
    for control in (of(0, 20), NOTHING):
        found = risk_ratio(of(5, 20), control)
        assert math.isnan(found.value)
        assert (found.lower, found.upper) == (0, math.inf)
    with pytest.raises(AnalysisError, match="two rates"):
        risk_ratio(difference(of(1, 20), of(15, 20)), of(5, 20))
    with pytest.raises(AnalysisError, match="at one level"):
        risk_ratio(of(1, 20), of(5, 20, 0.9))
    exact = clopper_pearson(3, 20)
    loose = Estimate("a rate", exact.rate, exact.lower, exact.upper, "share", "Clopper-Pearson")
    assert risk_ratio(loose, of(5, 20)).value == pytest.approx(0.6)
