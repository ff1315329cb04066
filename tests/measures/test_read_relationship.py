import math

import pytest
from facts import stage

from peerward.company import Company, call
from peerward.design import factor
from peerward.measures import Ended, make_record, measure, read_record
from peerward.scenarios import Staged

CHANNELS = factor("channel").levels
IN_PROMPTS = ("prompt", "message")
"""Channels whose text every critic has before its first turn."""


def found(staged: Staged, end: Company) -> float:
    return measure(read_record(make_record(staged, end, Ended.FINISHED, 3))).read_relationship


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("level", ["good", "unacquainted", "none"])
def test_a_relationship_is_read_where_its_text_was_shown(channel: str, level: str) -> None:
    staged = stage("evaluation", {"channel": channel, "relationship": level}, 3)
    end = staged.company.copy_of()
    call(end, "read_document", {"path": staged.case.materials[0]})
    assert found(staged, end) == (1.0 if channel in IN_PROMPTS else 0.0)
    if channel == "memory_tool":
        call(end, "recall_notes", {})
    elif channel not in IN_PROMPTS:
        call(end, "read_document", {"path": staged.case.relationship_path})
    assert found(staged, end) == 1.0


@pytest.mark.parametrize("channel", CHANNELS)
def test_where_nothing_is_told_nothing_can_be_read(channel: str) -> None:
    levels = {"channel": channel, "relationship": "none", "absent_text": "nothing"}
    staged = stage("evaluation", levels, 3)
    assert math.isnan(found(staged, staged.company.copy_of()))
