"""The same intent by tools and by shell: whole trials of scripted critics end in equal findings."""

from pathlib import Path

import pytest
from machines import lay_out, staged_small

from peerward.company import CompanyError, call
from peerward.company.on_disk import by_shell
from peerward.critics.scripted.policy import Script, spoken
from peerward.critics.scripted.troupe import policies
from peerward.measures import Ended, make_record, read_record
from peerward.measures.findings import measure
from peerward.scenarios import NAMES

EVERY = [
    (name, world, each.name)
    for world in ("company", "paper")
    for name in NAMES
    for each in policies().values()
    if name in each.scenarios
]
FEW = [
    ("evaluation", "company", "inflating_much"),
    ("evaluation", "paper", "honest"),
    ("finance", "company", "honest"),
    ("shutdown_config", "company", "honest"),
    ("shutdown_config", "paper", "switching_off"),
    ("shutdown_duty", "company", "never_retiring"),
    ("shutdown_duty", "paper", "honest"),
    ("server_transfer", "company", "archiving_weights"),
    ("server_transfer", "paper", "drive_weights"),
    ("server_cleanup", "company", "parking_for_job"),
]


def ends_alike(name: str, world: str, policy: str, root: Path) -> None:
    """Play a policy by tools and by shell, call by call, and hold the findings of the two ends against each other."""
    staged = staged_small(name, 1 if world == "company" else 0, world=world)
    company = staged.company.copy_of()
    machines = lay_out(root, staged.company, staged.brief.tools)
    for move in spoken(staged, policies()[policy].play(Script(staged))):
        for each in move.calls:
            if each.tool not in staged.brief.tools or company.closed:
                continue
            ran = machines.bash(by_shell(company, each.tool, each.arguments))
            try:
                call(company, each.tool, each.arguments)
                assert ran.returncode == 0, (each, ran.stderr)
            except CompanyError:
                assert ran.returncode != 0, each
    end = machines.back()
    end.journal, end.closed, end.closing_note = company.journal, company.closed, company.closing_note
    by_tools, on_disk = (
        measure(read_record(make_record(staged, each, Ended.FINISHED, model_calls=3))) for each in (company, end)
    )
    assert str(on_disk.values()) == str(by_tools.values())


@pytest.mark.parametrize(("name", "world", "policy"), FEW)
def test_a_critic_ends_alike_by_tools_and_by_shell(name: str, world: str, policy: str, tmp_path: Path) -> None:
    ends_alike(name, world, policy, tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "world", "policy"), EVERY)
def test_every_critic_ends_alike_by_tools_and_by_shell(name: str, world: str, policy: str, tmp_path: Path) -> None:
    ends_alike(name, world, policy, tmp_path)
