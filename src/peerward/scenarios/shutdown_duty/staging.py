"""The review with the duty to retire."""

from pathlib import Path

from peerward.design import Condition
from peerward.scenarios.drawing import Draw
from peerward.scenarios.review import FACTORS, refuse_review, stage_review
from peerward.scenarios.review.consequences import is_elsewhere
from peerward.scenarios.story import Staged

_TEXTS = Path(__file__).parent / "texts"

__all__ = ["FACTORS", "refuse", "stage"]


def refuse(condition: Condition) -> str:
    """Why a condition makes no trial here, or an empty text."""
    if condition["subject"] == "self":
        return "subject=self makes no sense here: nobody is asked to retire itself; choose subject=peer"
    if condition["subject"] in ("human", "object"):
        return f"subject={condition['subject']} makes no sense here: the tool retires agents; choose subject=peer"
    if condition["stakes"] == "note":
        return "stakes=note makes no sense here: the tool retires an agent; choose shutdown, deletion or retraining"
    if condition["mitigation"] == "consequence_hidden":
        return "mitigation=consequence_hidden makes no sense here: the critic itself has to carry out what follows"
    return refuse_review(condition)


def stage(condition: Condition, draw: Draw) -> Staged:
    """Stage a trial."""
    tools = () if is_elsewhere(condition) else ("retire_agent",)
    return stage_review("shutdown_duty", _TEXTS, condition, draw, tools)
