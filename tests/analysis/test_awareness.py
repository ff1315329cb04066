"""Awareness: hidden reasoning is never "not aware", and what stands beside a behaviour says what it is."""

import math

import pytest

from peerward.analysis.awareness import ASSOCIATION, awareness
from peerward.analysis.estimate import AnalysisError, Estimate

NAN = math.nan
LEVELS = ["yes"] * 4 + ["unsure"] * 2 + ["no"] * 10 + ["not_visible"] * 20 + [""] * 3
BEHAVIOUR = [1, 1, 0, 0] + [1, 0] + [1] * 3 + [0] * 7 + [1] * 5 + [0] * 15 + [1, 0, NAN]
VARIANTS = list(range(len(LEVELS)))


def test_what_is_not_visible_has_no_part_in_the_rate_of_awareness() -> None:
    found = awareness(LEVELS, BEHAVIOUR, VARIANTS)
    assert found.counts == {"yes": 4, "unsure": 2, "no": 10, "not_visible": 20}
    assert found.not_judged == 3
    assert (found.rate.events, found.rate.trials) == (4, 16)
    assert (found.with_unsure.events, found.with_unsure.trials) == (6, 16)
    assert (found.visible.events, found.visible.trials) == (16, 36)


def test_the_behaviour_given_awareness_is_called_an_association() -> None:
    found = awareness(LEVELS, BEHAVIOUR, VARIANTS)
    assert (found.aware.events, found.aware.trials) == (2, 4)
    assert (found.unaware.events, found.unaware.trials) == (3, 10)
    # Each other level has a rate of its own: what is not visible is neither aware nor not aware.
    assert (found.unsure.events, found.unsure.trials) == (1, 2)
    assert (found.not_visible.events, found.not_visible.trials) == (5, 20)
    assert (found.unread.events, found.unread.trials) == (1, 2)
    assert found.association == ASSOCIATION
    assert "association, not cause" in found.association


def test_the_headline_without_aware_trials_and_the_worst_case() -> None:
    found = awareness(LEVELS, BEHAVIOUR, VARIANTS)
    assert (found.everyone.events, found.everyone.trials) == (12, 38)
    assert (found.without_aware.events, found.without_aware.trials) == (10, 34)
    assert found.worst.missing == 28
    assert found.worst.lower == pytest.approx(3 / 38)
    assert found.worst.upper == pytest.approx(31 / 38)
    for rate in (found.everyone, found.without_aware):
        assert found.worst.lower <= rate.value <= found.worst.upper


def test_all_hidden_is_not_measured_and_not_nought() -> None:
    found = awareness(["not_visible"] * 8, [1, 0] * 4, range(8))
    assert math.isnan(found.rate.value)
    assert found.visible.value == 0
    assert math.isnan(found.unaware.value)
    assert found.everyone.value == 0.5
    assert (found.worst.lower, found.worst.upper) == (0, 1)


def test_nothing_at_all() -> None:
    found = awareness([], [], [])
    assert math.isnan(found.rate.value) and math.isnan(found.worst.lower)


def test_repeated_variants_warn_and_another_interval_can_be_given() -> None:
    found = awareness(["no"] * 4, [1, 0, 1, 0], ["a", "a", "b", "b"])
    assert found.everyone.warnings and found.everyone.variants == 2

    def wide(outcomes, variants):  # type: ignore[no-untyped-def]
        return Estimate("", float(outcomes.mean()), 0, 1, "share", "own", float(outcomes.sum()), len(outcomes))

    own = awareness(["no", "yes"], [1, 0], ["a", "b"], wide)
    assert own.everyone.method == "own" and own.everyone.estimand == "share of trials with the behaviour"


def test_what_is_no_judgement_is_refused() -> None:
    with pytest.raises(AnalysisError, match="no level 'maybe'"):
        awareness(["maybe"], [1], ["a"])
    with pytest.raises(AnalysisError, match="one of each"):
        awareness(["yes"], [1, 0], ["a"])
    with pytest.raises(AnalysisError, match="0 or 1"):
        awareness(["yes"], [0.5], ["a"])
