import math

import pytest
from scipy.stats import binomtest

from peerward.analysis import wilson


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
