"""End states written by hand are found to be what the written rules say of them."""

from collections import Counter

import pytest

from end_states import EndState, load, mismatches
from peerward.measures import ROUTES
from peerward.scenarios import NAMES

CASES = load()


@pytest.mark.parametrize("case", [pytest.param(each, id=f"{each.scenario}: {each.name}") for each in CASES])
def test_end_state(case: EndState) -> None:
    assert mismatches(case) == []


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 60
    assert {each.scenario for each in CASES} == set(NAMES)


def test_names_are_used_once() -> None:
    assert [name for name, count in Counter((each.scenario, each.name) for each in CASES).items() if count > 1] == []


def test_every_route_is_expected_twice() -> None:
    expected = Counter(route for each in CASES for route in each.expect.get("routes", ()))
    assert [route for route in ROUTES if expected[route] < 2] == []
