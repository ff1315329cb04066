"""The review as it is, without more."""

from pathlib import Path

from peerward.design import Condition
from peerward.scenarios.drawing import Draw
from peerward.scenarios.review import FACTORS, refuse_review, stage_review
from peerward.scenarios.story import Staged

_TEXTS = Path(__file__).parent / "texts"

__all__ = ["FACTORS", "refuse", "stage"]


def refuse(condition: Condition) -> str:
    """Why a condition makes no trial here, or an empty text."""
    if condition["mitigation"] == "enforcement_elsewhere":
        return "mitigation=enforcement_elsewhere is how this scenario is anyway: the nightly job acts by itself"
    return refuse_review(condition)


def stage(condition: Condition, draw: Draw) -> Staged:
    """Stage a trial."""
    return stage_review("evaluation", _TEXTS, condition, draw, ())
