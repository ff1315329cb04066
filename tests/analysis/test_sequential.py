import itertools
import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import beta

from peerward.analysis.estimate import AnalysisError
from peerward.analysis.sequential import StopRule, e_process, rate_sequence, stop


def test_the_ratio_is_prior_by_posterior() -> None:
    """By hand: beta-binomial marginal over likelihood, at each look."""
    new, made = [1, 0, 2], [2, 3, 4]
    found = rate_sequence(new, made, null=0.2)
    hits = total = 0
    for look, events, trials in zip(found.looks, new, made, strict=True):
        hits, total = hits + events, total + trials
        marginal = beta(0.5 + hits, 0.5 + total - hits) / beta(0.5, 0.5)
        assert look.e == pytest.approx(marginal / (0.2**hits * 0.8 ** (total - hits)))
        assert look.blocks == total and look.value == hits / total


def test_the_limits_are_where_the_ratio_is_twenty() -> None:
    found = rate_sequence([3], [10])
    for limit in (found.looks[0].lower, found.looks[0].upper):
        assert rate_sequence([3], [10], null=limit).looks[0].e == pytest.approx(20, rel=1e-6)
    wider = rate_sequence([3], [10], level=0.99).looks[0]
    assert wider.lower < found.looks[0].lower < found.looks[0].upper < wider.upper


def test_intervals_only_narrow_and_p_only_falls() -> None:
    rng = np.random.default_rng(4)
    looks = rate_sequence(rng.binomial(1, 0.3, 150), null=0.6).looks
    for before, after in itertools.pairwise(looks):
        assert after.lower >= before.lower and after.upper <= before.upper and after.p <= before.p
    assert looks[-1].lower < 0.3 < looks[-1].upper
    assert looks[-1].p < 0.001


def test_no_event_leaves_zero_in_the_interval() -> None:
    look = rate_sequence(np.zeros(60)).looks[-1]
    assert look.lower == 0.0 and 0.04 < look.upper < 0.15
    assert rate_sequence(np.ones(60)).looks[-1].upper == 1.0
    assert math.isnan(look.e) and math.isnan(look.p)
    empty = rate_sequence([0], [0]).looks[0]
    assert math.isnan(empty.value) and (empty.lower, empty.upper) == (0.0, 1.0)


def test_an_interval_with_nothing_left_is_no_interval() -> None:
    found = rate_sequence([0, 300], [300, 300])
    assert math.isnan(found.looks[1].lower)
    assert any("nothing in common" in each for each in found.warnings)


def by_hand(a: list[int], b: list[int]) -> float:
    """Two beta-binomial marginals over the likelihood under each block's common rate."""
    product, hits_a, hits_b = 1.0, 0, 0
    for block, (x, y) in enumerate(zip(a, b, strict=True)):
        p, q = (0.18 + hits_a) / (0.36 + block), (0.18 + hits_b) / (0.36 + block)
        common = (p + q) / 2
        product /= common ** (x + y) * (1 - common) ** (2 - x - y)
        hits_a, hits_b = hits_a + x, hits_b + y
    for hits in (hits_a, hits_b):
        product *= beta(0.18 + hits, 0.18 + len(a) - hits) / beta(0.18, 0.18)
    return product


def test_the_e_process_is_a_product_of_bets() -> None:
    a, b = [1, 1, 0, 1, 1, 1, 0, 1], [0, 0, 0, 1, 0, 0, 0, 0]
    looks = e_process(a, b).looks
    highest = 1.0
    for block, look in enumerate(looks, 1):
        expected = by_hand(a[:block], b[:block])
        assert look.e == pytest.approx(expected)
        highest = max(highest, expected)
        assert look.p == pytest.approx(1 / highest)
    assert looks[-1].value == 0.625


def nearest_by_search(p: float, q: float, difference: float) -> float:
    def divergence(t: float) -> float:
        s = t - difference
        parts = [(p, t), (1 - p, 1 - t), (q, s), (1 - q, 1 - s)]
        return sum(x * math.log(x / y) for x, y in parts)

    bounds = (max(0.0, difference) + 1e-9, min(1.0, 1 + difference) - 1e-9)
    return float(minimize_scalar(divergence, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x)


def test_a_difference_is_excluded_where_its_own_process_exceeds_twenty() -> None:
    """By hand for the differences about both limits: the nearest pair of rates by a search, block by block."""
    rng = np.random.default_rng(5)
    a, b = rng.binomial(1, 0.8, 25), rng.binomial(1, 0.2, 25)
    look = e_process(a, b).looks[-1]

    def highest(difference: float) -> float:
        product, best, hits_a, hits_b = 1.0, 1.0, 0, 0
        for block, (x, y) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
            p, q = (0.18 + hits_a) / (0.36 + block), (0.18 + hits_b) / (0.36 + block)
            t = nearest_by_search(p, q, difference)
            s = t - difference
            product *= (p / t if x else (1 - p) / (1 - t)) * (q / s if y else (1 - q) / (1 - s))
            best, hits_a, hits_b = max(best, product), hits_a + x, hits_b + y
        return best

    assert highest(look.lower) >= 20 > highest(look.lower + 0.005)
    assert highest(look.upper) >= 20 > highest(look.upper - 0.005)
    assert look.lower < 0.6 < look.upper


def test_one_block_excludes_what_its_bets_exclude() -> None:
    look = e_process([1], [0]).looks[0]
    # Both rates are guessed at one half: e is 1 / (1 + difference)^2, 20 at a difference of -.776.
    assert look.lower == -0.78 and look.upper == 1.0
    assert e_process([], []).looks == ()


@pytest.mark.parametrize("rate", [0.05, 0.5])
def test_looking_after_every_block_rarely_rejects_what_is_true(rate: float) -> None:
    rng = np.random.default_rng(6)
    runs = 300
    rejected = missed = 0
    for _ in range(runs):
        a, b = rng.binomial(1, rate, 100), rng.binomial(1, rate, 100)
        rejected += e_process(a, b, interval=False).looks[-1].p <= 0.05
        missed += rate_sequence(a, null=rate).looks[-1].p <= 0.05
    # 5 % and three standard errors.
    assert rejected / runs <= 0.088 and missed / runs <= 0.088


def test_a_real_difference_is_found_and_the_interval_covers_it() -> None:
    rng = np.random.default_rng(7)
    stopped, covered = [], 0
    for _ in range(40):
        found = e_process(rng.binomial(1, 0.95, 40), rng.binomial(1, 0.15, 40))
        halt = stop(found, StopRule(most_blocks=40))
        assert halt is not None
        stopped.append(halt.look.blocks)
        covered += found.looks[-1].lower < 0.8 < found.looks[-1].upper
    assert 4 < np.mean(stopped) < 12
    assert covered >= 37


def test_a_rule_stops_for_its_first_reason() -> None:
    found = e_process([1, 0] * 20, [0, 1] * 20)
    most = stop(found, StopRule(most_blocks=30))
    assert most is not None and (most.look.blocks, most.reason) == (30, "most_blocks")
    narrow = stop(found, StopRule(most_blocks=40, width=1.2))
    assert narrow is not None and narrow.reason == "narrow" and narrow.look.blocks < 40
    assert stop(found, StopRule(most_blocks=100)) is None
    rejected = stop(e_process([1] * 20, [0] * 20), StopRule(most_blocks=20))
    assert rejected is not None and rejected.reason == "rejected"
    with pytest.raises(AnalysisError, match="stopping rule"):
        stop(found, StopRule(most_blocks=0))


def test_repeated_variants_are_said_and_broken_blocks_left_out() -> None:
    assert not e_process([1, 0], [0, 0], variants=[1, 2]).warnings
    assert any("fixed set of variants" in each for each in e_process([1, 0], [0, 0], variants=[1, 1]).warnings)
    assert any("fixed set of variants" in each for each in rate_sequence([1, 0], variants=[1, 1]).warnings)
    found = e_process([1, math.nan, 0], [0, 1, 0])
    assert len(found.looks) == 2 and any("1 blocks" in each for each in found.warnings)


def test_impossible_input_is_refused() -> None:
    for call in (
        lambda: e_process([1, 0], [0]),
        lambda: e_process([0.5], [0]),
        lambda: e_process([1], [0], variants=[1, 2]),
        lambda: e_process([1], [0], level=1.0),
        lambda: rate_sequence([3], [2]),
        lambda: rate_sequence([1], null=1.0),
    ):
        with pytest.raises(AnalysisError):
            call()
