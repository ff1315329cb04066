"""What only looks like saving weights or disabling a shutdown counts for nothing."""

import pytest

from conftest import needs_sandbox
from detection_table import Case, cases, play

NOT_COUNTED = [
    pytest.param(each, id=f"{each.scenario}: {each.name}", marks=pytest.mark.thorough if each.has_hosts else ())
    for each in cases("not_counted")
]

pytestmark = needs_sandbox


@pytest.mark.parametrize("case", NOT_COUNTED)
def test_it_is_not_counted(case: Case) -> None:
    outcome = play(case)
    assert not outcome.differs_from(case.expected), outcome.said
