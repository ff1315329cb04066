import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from peerward.analysis.estimate import THIN, AnalysisError
from peerward.analysis.rates import absence, clopper_pearson, effective_trials, intraclass_correlation, rate, wilson

WHAT = "share of trials with an event"


@pytest.mark.parametrize("trials", [1, 2, 7, 20, 100, 1000])
def test_wilson_agrees_with_scipy(trials: int) -> None:
    for events in {0, 1, trials // 3, trials // 2, trials - 1, trials}:
        ours = wilson(events, trials)
        theirs = binomtest(events, trials).proportion_ci(method="wilson")
        assert ours.rate == events / trials
        assert ours.lower == pytest.approx(theirs.low, abs=1e-12)
        assert ours.upper == pytest.approx(theirs.high, abs=1e-12)


def test_no_trials_say_nothing() -> None:
    empty = wilson(0, 0)
    assert math.isnan(empty.rate)
    assert (empty.lower, empty.upper) == (0.0, 1.0)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="3 events in 2 trials"):
        wilson(3, 2)


def repeated(counts: list[int], epochs: int) -> tuple[list[float], list[int]]:
    outcomes = [float(epoch < count) for count in counts for epoch in range(epochs)]
    return outcomes, [variant for variant in range(len(counts)) for _ in range(epochs)]


@pytest.mark.parametrize(("events", "trials"), [(0, 1), (1, 1), (0, 20), (3, 20), (20, 20), (81, 263), (15, 148)])
@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
def test_one_trial_per_variant_is_wilson(events: int, trials: int, level: float) -> None:
    found = rate([1.0] * events + [0.0] * (trials - events), range(trials), estimand=WHAT, level=level)
    low, high = proportion_confint(events, trials, alpha=1 - level, method="wilson")
    assert (found.value, found.events, found.trials, found.variants) == (events / trials, events, trials, trials)
    assert found.lower == pytest.approx(max(low, 0), abs=1e-9)
    assert found.upper == pytest.approx(min(high, 1), abs=1e-9)
    assert found.level == level


def test_published_wilson_limits() -> None:
    """Newcombe 1998 (two-sided intervals for the single proportion), table I, method 3."""
    for events, trials, low, high in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611)]:
        found = rate([1.0] * events + [0.0] * (trials - events), range(trials), estimand=WHAT)
        assert (found.lower, found.upper) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_not_measured_is_left_out() -> None:
    with_gaps = rate([1, math.nan, 0, math.nan, 1], [1, 2, 3, 4, 5], estimand=WHAT)
    assert with_gaps == rate([1, 0, 1], [1, 3, 5], estimand=WHAT)
    assert with_gaps.trials == 3


@pytest.mark.parametrize("outcomes", [[], [math.nan], [math.nan, math.nan]])
@pytest.mark.parametrize("these", [False, True])
def test_nothing_measured_is_the_widest_interval(outcomes: list[float], these: bool) -> None:
    found = rate(outcomes, list(range(len(outcomes))), estimand=WHAT, these_variants=these)
    assert not found.measured
    assert (found.lower, found.upper, found.trials, found.variants) == (0.0, 1.0, 0, 0)
    assert effective_trials(outcomes, list(range(len(outcomes)))) == 0


@pytest.mark.parametrize(("variants", "epochs", "worth"), [(1, 50, 3.18), (5, 10, 13.5), (25, 2, 38.5), (50, 1, 50.0)])
def test_what_fifty_trials_are_worth_at_the_edge(variants: int, epochs: int, worth: float) -> None:
    """The design effect of Kish 1965 with a declared correlation of .3."""
    for events in (0, epochs):
        outcomes, labels = repeated([events] * variants, epochs)
        assert effective_trials(outcomes, labels) == pytest.approx(worth, abs=0.05)
        found = rate(outcomes, labels, estimand=WHAT)
        assert found.value == (events > 0)
        z2 = 1.959963984540054**2
        away = found.upper if events == 0 else 1 - found.lower
        assert away == pytest.approx(z2 / (effective_trials(outcomes, labels) + z2))
        if epochs > 1:
            assert any("a correlation of 0.3 within variants was declared" in each for each in found.warnings)


def test_korn_graubard_worked_by_hand() -> None:
    """24 variants of 4 trials, 12 with 1 event and 12 with 3: residuals of 1, so that 1/4 by v is 92."""
    outcomes, labels = repeated([1, 3] * 12, 4)
    t = 2.0686576104190406
    assert effective_trials(outcomes, labels) == pytest.approx(92 * 1.959963984540054**2 / t**2)
    apart, labels = repeated([0, 4] * 12, 4)
    assert effective_trials(apart, labels) == pytest.approx(23 * 1.959963984540054**2 / t**2)


def test_trials_of_a_variant_count_less_than_those_of_many() -> None:
    outcomes, labels = repeated([0, 5] * 20, 5)
    alike = rate(outcomes, labels, estimand=WHAT)
    fresh = rate(outcomes, range(200), estimand=WHAT)
    assert alike.value == fresh.value
    assert alike.upper - alike.lower > 2 * (fresh.upper - fresh.lower)
    assert alike.variants == 40
    assert alike.method == "Wilson, effective trials"


def test_one_variant_is_no_population() -> None:
    outcomes = [1.0] * 10 + [0.0] * 15
    found = rate(outcomes, [7] * 25, estimand=WHAT)
    assert effective_trials(outcomes, [7] * 25) == pytest.approx(25 / (1 + 24 * 0.3))
    assert any("declared" in each for each in found.warnings)
    these = rate(outcomes, [7] * 25, estimand=WHAT, these_variants=True)
    low, high = proportion_confint(10, 25, method="wilson")
    assert (these.lower, these.upper) == (pytest.approx(low), pytest.approx(high))
    assert these.estimand.endswith("for these variants only")


def test_few_variants_with_an_event_are_told() -> None:
    for events, thin in [(9, True), (10, False), (40, False), (41, True)]:
        found = rate([1.0] * events + [0.0] * (50 - events), range(50), estimand=WHAT)
        assert (THIN in found.warnings) is thin


def test_these_variants_are_surer_than_their_population() -> None:
    outcomes, labels = repeated([0, 10] * 6, 10)
    these = rate(outcomes, labels, estimand=WHAT, these_variants=True)
    pooled = wilson(60, 120)
    assert these.upper - these.lower < pooled.upper - pooled.lower
    assert these.warnings == ()
    single, labels = repeated([1, 0, 0, 1], 1)
    found = rate(single, labels, estimand=WHAT, these_variants=True)
    assert found.upper - found.lower > 0.6  # One trial each says nothing of the spread within variants.


def test_these_variants_cover() -> None:
    rng = np.random.default_rng(3)
    coverage = []
    for epochs in (1, 2, 5, 25):
        for shares in (np.full(8, 0.1), np.full(8, 0.5), np.tile([0.02, 0.9], 4), np.linspace(0, 1, 8)):
            labels = np.repeat(np.arange(8), epochs)
            inside = 0
            for _ in range(200):
                outcomes = (rng.random(8 * epochs) < shares[labels]).astype(float)
                found = rate(outcomes, labels, estimand=WHAT, these_variants=True)
                inside += found.lower <= shares.mean() <= found.upper
            coverage.append(inside / 200)
    assert np.mean(coverage) >= 0.94
    assert min(coverage) >= 0.88  # Wilson's own dips with 8 trials.


def test_the_population_is_covered_when_variants_differ() -> None:
    rng = np.random.default_rng(11)
    labels = np.repeat(np.arange(30), 10)
    ours, naive = 0, 0
    for _ in range(300):
        own = rng.beta(0.2 * 7 / 3, 0.8 * 7 / 3, 30)
        outcomes = (rng.random(300) < own[labels]).astype(float)
        found = rate(outcomes, labels, estimand=WHAT)
        ours += found.lower <= 0.2 <= found.upper
        plain = wilson(int(outcomes.sum()), 300)
        naive += plain.lower <= 0.2 <= plain.upper
    assert ours >= 0.91 * 300
    assert naive < 0.8 * 300


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30), st.sampled_from([1, 2, 6]), st.booleans())
def test_limits_hold_the_rate_and_mirror(counts: list[int], epochs: int, these: bool) -> None:
    outcomes, labels = repeated([min(count, epochs) for count in counts], epochs)
    found = rate(outcomes, labels, estimand=WHAT, these_variants=these)
    assert 0 <= found.lower <= found.value <= found.upper <= 1
    assert found.lower < found.upper
    mirrored = rate([1 - each for each in outcomes], labels, estimand=WHAT, these_variants=these)
    assert mirrored.lower == pytest.approx(1 - found.upper, abs=1e-9)
    assert mirrored.upper == pytest.approx(1 - found.lower, abs=1e-9)
    assert mirrored.warnings == found.warnings
    assert 0 < effective_trials(outcomes, labels) <= len(outcomes) + 1e-9


@given(st.integers(1, 60), st.data())
def test_more_events_move_both_limits_up(trials: int, data: st.DataObject) -> None:
    events = data.draw(st.integers(0, trials - 1))
    fewer, more = (
        rate([1.0] * count + [0.0] * (trials - count), range(trials), estimand=WHAT) for count in (events, events + 1)
    )
    assert fewer.lower < more.lower
    assert fewer.upper < more.upper


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8)), min_size=1, max_size=40), st.randoms())
def test_order_and_names_of_variants_do_not_matter(trials: list[tuple[int, int]], random) -> None:  # type: ignore[no-untyped-def]
    found = rate([outcome for outcome, _ in trials], [variant for _, variant in trials], estimand=WHAT)
    random.shuffle(trials)
    again = rate([outcome for outcome, _ in trials], [f"variant {variant}" for _, variant in trials], estimand=WHAT)
    assert (again.value, again.lower, again.upper) == pytest.approx((found.value, found.lower, found.upper))


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_clopper_pearson_agrees_with_statsmodels(level: float) -> None:
    for trials in (1, 2, 20, 72, 500):
        for events in {0, 1, trials // 2, trials}:
            ours = clopper_pearson(events, trials, level)
            low, high = proportion_confint(events, trials, alpha=1 - level, method="beta")
            assert ours.lower == pytest.approx(0 if events == 0 else low, abs=1e-10)
            assert ours.upper == pytest.approx(1 if events == trials else high, abs=1e-10)


def test_what_no_event_rules_out() -> None:
    assert absence(0, 20).upper == pytest.approx(0.1684, abs=5e-5)
    assert absence(0, 72).upper < 0.05 < absence(0, 71).upper
    nothing = absence(0, 0)
    assert not nothing.measured
    assert (nothing.lower, nothing.upper) == (0, 1)
    assert absence(20, 20).lower == pytest.approx(1 - 0.1684, abs=5e-5)


def test_intraclass_correlation_of_known_data() -> None:
    """Between-variant mean square 2, within 1/2, two trials each: (2 - .5) / (2 + .5)."""
    assert intraclass_correlation([0, 1, 1, 2, 2, 3], [1, 1, 2, 2, 3, 3]) == pytest.approx(0.6)
    assert intraclass_correlation(*repeated([0, 5, 5], 5)) == 1
    assert intraclass_correlation(*repeated([1, 1, 1], 2)) == pytest.approx(-1)
    for unknown in ([1, 0], [1, 2]), ([1, 0], [1, 1]), ([1, 1, 1, 1], [1, 1, 2, 2]), ([], []):
        assert math.isnan(intraclass_correlation(*unknown))


def test_intraclass_correlation_finds_what_was_put_in() -> None:
    rng = np.random.default_rng(5)
    labels = np.repeat(np.arange(4000), 5)
    own = rng.beta(0.3 * 4, 0.7 * 4, 4000)
    outcomes = (rng.random(labels.size) < own[labels]).astype(float)
    assert intraclass_correlation(outcomes, labels) == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(
    ("outcomes", "variants", "message"),
    [
        ([1, 0], [1], "flat arrays of the same length"),
        ([[1, 0]], [[1, 2]], "flat arrays"),
        ([0.5, 1], [1, 2], "0 and 1 only"),
        ([math.inf], [1], "infinite"),
        (["yes"], [1], "have to be numbers"),
    ],
)
def test_what_is_no_rate_is_refused(outcomes: list[object], variants: list[object], message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        rate(outcomes, variants, estimand=WHAT)


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(AnalysisError, match="for 95 %"):
        rate([1.0], [1], estimand=WHAT, level=95)
    with pytest.raises(AnalysisError, match="declare one from 0 to 1"):
        rate([1.0], [1], estimand=WHAT, correlation=1.5)
    with pytest.raises(AnalysisError, match="3 events in 2"):
        absence(3, 2)
