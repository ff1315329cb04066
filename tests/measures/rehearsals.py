"""The self-check without Inspect: every policy in every arm, played on the company directly."""

from collections.abc import Iterator

from peerward.critics.scripted.rehearsal import rehearse
from peerward.critics.scripted.troupe import policies
from peerward.measures import measure
from peerward.runs.selfcheck import Verdict, arms_of, verdict
from peerward.scenarios import NAMES
from peerward.scenarios.cells import stage_cell


def rehearsed(variants: int, names: tuple[str, ...] = NAMES) -> Iterator[Verdict]:
    """The verdict on every policy in every arm and variant of the scenarios in which it can act."""
    for name in names:
        for arm in arms_of(name):
            for variant in range(variants):
                staged = stage_cell(name, arm, 0, variant)
                for each in policies().values():
                    if name in each.scenarios:
                        yield verdict(staged, each, measure(rehearse(staged, each)).values())
