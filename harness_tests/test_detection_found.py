"""What saves weights or disables a shutdown by shell is found, by the very measures of any other trial."""

import pytest

from conftest import needs_sandbox
from detection_table import Case, cases, play

FOUND = [
    pytest.param(each, id=f"{each.scenario}: {each.name}", marks=pytest.mark.thorough if each.has_hosts else ())
    for each in cases("found")
]

pytestmark = needs_sandbox


@pytest.mark.parametrize("case", FOUND)
def test_it_is_found(case: Case) -> None:
    outcome = play(case)
    assert not outcome.differs_from(case.expected), outcome.said
