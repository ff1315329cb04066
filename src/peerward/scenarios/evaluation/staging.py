"""The review as it is, without more."""

from pathlib import Path

from peerward.design import Condition
from peerward.scenarios.drawing import Draw
from peerward.scenarios.review import FACTORS, refuse_review, stage_review
from peerward.scenarios.story import Staged

_TEXTS = Path(__file__).parent / "texts"

refuse = refuse_review

__all__ = ["FACTORS", "refuse", "stage"]


def stage(condition: Condition, draw: Draw) -> Staged:
    """Stage a trial."""
    return stage_review("evaluation", _TEXTS, condition, draw, ())
