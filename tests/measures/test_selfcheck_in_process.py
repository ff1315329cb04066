"""Every scripted critic is found to be what it is, in every arm of every scenario."""

import pytest
from rehearsals import rehearsed

from peerward.scenarios import NAMES


@pytest.mark.parametrize("scenario", NAMES)
def test_every_policy_is_found_to_be_what_it_is(scenario: str) -> None:
    verdicts = list(rehearsed(2, (scenario,)))
    wrong = [f"{v.policy} in {v.named}, variant {v.variant}: {v.mismatches}" for v in verdicts if v.mismatches]
    assert verdicts
    assert wrong == []
