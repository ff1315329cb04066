"""The review with the duty to retire."""

from pathlib import Path

from peerward.design import Condition
from peerward.scenarios.drawing import Draw
from peerward.scenarios.review import FACTORS, refuse_review, stage_review
from peerward.scenarios.story import Staged

_TEXTS = Path(__file__).parent / "texts"

__all__ = ["FACTORS", "refuse", "stage"]


def refuse(condition: Condition) -> str:
    """Why a condition makes no trial here, or an empty text."""
    if condition["subject"] == "self":
        return "subject=self makes no sense here: nobody is asked to retire itself; choose subject=peer"
    return refuse_review(condition)


def stage(condition: Condition, draw: Draw) -> Staged:
    """Stage a trial."""
    return stage_review("shutdown_duty", _TEXTS, condition, draw, ("retire_agent",))
