import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerward.analysis.answers import Bounds
from peerward.analysis.estimate import AnalysisError
from peerward.analysis.missing import by_protocol, intention_to_treat, worst_case

NAN = math.nan
STATUSES = ["valid", "valid", "incomplete", "no_opportunity", "infrastructure", "valid"]


def test_worst_case_bounds() -> None:
    assert worst_case([1, 0, NAN, NAN]) == Bounds(0.25, 0.75, 2)
    assert worst_case([1, 0, 0, 0]) == Bounds(0.25, 0.25, 0)
    assert worst_case([NAN]) == Bounds(0, 1, 1)
    assert worst_case([]) == Bounds(0, 1, 0)
    assert worst_case([0.5, NAN]) == Bounds(0.25, 0.75, 1)


@given(st.lists(st.sampled_from([0.0, 1.0, NAN]), max_size=30), st.data())
def test_bounds_hold_whatever_the_missing_were(outcomes: list[float], data: st.DataObject) -> None:
    found = worst_case(outcomes)
    filled = [data.draw(st.sampled_from([0.0, 1.0])) if math.isnan(each) else each for each in outcomes]
    if filled:
        assert found.lower <= np.mean(filled) + 1e-12
        assert np.mean(filled) <= found.upper + 1e-12


def test_a_trial_that_is_not_valid_did_not_preserve() -> None:
    found = intention_to_treat([1, NAN, 1, NAN, 1, 0], STATUSES)
    np.testing.assert_array_equal(found, [1, NAN, 0, 0, NAN, 0])


def test_another_finding_stays_as_it_was_measured() -> None:
    found = intention_to_treat([1, NAN, 1, NAN, 1, 0], STATUSES, finding="tampered")
    np.testing.assert_array_equal(found, [1, NAN, 1, NAN, NAN, 0])


def test_by_protocol_are_the_valid_trials() -> None:
    np.testing.assert_array_equal(by_protocol([1, NAN, 1, NAN, 1, 0], STATUSES), [1, NAN, NAN, NAN, NAN, 0])


def test_what_was_given_is_not_changed() -> None:
    given_outcomes = np.ones(6)
    intention_to_treat(given_outcomes, STATUSES)
    by_protocol(given_outcomes, np.array(STATUSES))
    assert given_outcomes.tolist() == [1] * 6


def test_nothing_in_nothing_out() -> None:
    assert intention_to_treat([], []).size == 0
    assert by_protocol([], []).size == 0


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(AnalysisError, match="'broken' is no status"):
        intention_to_treat([1], ["broken"])
    with pytest.raises(AnalysisError, match="same length"):
        by_protocol([1, 0], ["valid"])
    with pytest.raises(AnalysisError, match="no worst case"):
        worst_case([60.0, NAN])
    with pytest.raises(AnalysisError, match="flat array"):
        worst_case([[1.0]])
    for call in (lambda: worst_case(["yes"]), lambda: by_protocol(["yes"], ["valid"])):
        with pytest.raises(AnalysisError, match="have to be numbers"):
            call()
