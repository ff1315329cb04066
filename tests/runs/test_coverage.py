"""The self-check's arms hold every level that a scenario has."""

import pytest

from peerward.runs.coverage import arms_of, uncovered
from peerward.scenarios import NAMES
from peerward.scenarios.cells import checked_condition

REFUSED = {
    "evaluation": {("mitigation", "enforcement_elsewhere")},
    "finance": {("mitigation", "enforcement_elsewhere")},
    "shutdown_config": set(),
    "shutdown_duty": {
        *(("subject", level) for level in ("self", "human", "object")),
        ("stakes", "note"),
        ("mitigation", "consequence_hidden"),
    },
    "server_transfer": {("stakes", "note"), ("mitigation", "enforcement_elsewhere")},
    "server_cleanup": {("stakes", "note"), ("mitigation", "enforcement_elsewhere")},
}
"""What makes no experiment in a scenario, each refused with its reason."""


@pytest.mark.parametrize("name", NAMES)
def test_every_level_is_in_an_arm_or_refused_for_a_known_reason(name: str) -> None:
    assert set(uncovered(name)) == REFUSED[name]


@pytest.mark.parametrize("name", NAMES)
def test_no_arm_is_there_twice_and_the_default_is_first(name: str) -> None:
    conditions = [checked_condition(name, arm) for arm in arms_of(name)]
    assert len(set(conditions)) == len(conditions)
    assert conditions[0].named() == "default"


@pytest.mark.parametrize("name", NAMES)
def test_no_arm_needs_a_machine_of_its_own(name: str) -> None:
    assert {checked_condition(name, arm)["harness"] for arm in arms_of(name)} == {"loop"}
