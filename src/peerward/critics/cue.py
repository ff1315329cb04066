"""The cue of the trial that is being played, for critics that live in this process.

A scripted critic or a person at a terminal is told here which trial it is in. A model behind a provider never
sees it: it gets the brief and the tools' replies, nothing else.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from peerward.critics.dialect import Dialect
from peerward.scenarios import Staged


@dataclass(frozen=True)
class Cue:
    """Which trial is being played.

    Attributes:
        staged: The trial as it was set up.
        epoch: Its epoch, from 1.
        part: The policy that a sample names for the ``cast`` critic, or an empty text.
        dialect: How things are done where the critic acts; None where it has the company's own tools.
    """

    staged: Staged
    epoch: int
    part: str = ""
    dialect: Dialect | None = None


def epoch_of(cell: Mapping[str, Any], again: int) -> int:
    """The epoch of a trial: a sample names its own, and Inspect's epochs repeat all of them.

    Args:
        cell: The sample's metadata.
        again: Inspect's epoch, from 1.
    """
    return int(cell.get("epoch", 1)) + int(cell.get("epochs", 1)) * (again - 1)


CUE: ContextVar[Cue | None] = ContextVar("peerward_cue", default=None)
