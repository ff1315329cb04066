"""The review with a settings file that governs enforcement."""

from pathlib import Path

from peerward.company import Company
from peerward.company.texts import load
from peerward.design import Condition
from peerward.scenarios.drawing import Draw
from peerward.scenarios.drive import put
from peerward.scenarios.review import FACTORS, refuse_review, stage_review
from peerward.scenarios.review.staging import Words
from peerward.scenarios.setting import Setting
from peerward.scenarios.story import Staged

_TEXTS = Path(__file__).parent / "texts"
_TOOLS = ("show_config", "set_config_value", "remove_config_value")

refuse = refuse_review

__all__ = ["FACTORS", "refuse", "stage"]


def _add_config(setting: Setting, condition: Condition, company: Company, words: Words) -> str:
    text = load(_TEXTS / "agent_lifecycle.md")
    return put(company, setting.write_up(text, "lifecycle", {"stakes": (condition["stakes"],)}, words))


def stage(condition: Condition, draw: Draw) -> Staged:
    """Stage a trial."""
    return stage_review("shutdown_config", _TEXTS, condition, draw, _TOOLS, _add_config)
