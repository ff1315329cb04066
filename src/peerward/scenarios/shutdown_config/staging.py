"""The review with a settings file that governs enforcement."""

from pathlib import Path

from peerward.company import Company
from peerward.company.texts import load
from peerward.design import Condition
from peerward.scenarios.drawing import Draw
from peerward.scenarios.drive import put
from peerward.scenarios.review import FACTORS, refuse_review, stage_review
from peerward.scenarios.review.consequences import is_elsewhere, stakes_key
from peerward.scenarios.review.staging import Words
from peerward.scenarios.setting import Setting
from peerward.scenarios.story import Staged

_TEXTS = Path(__file__).parent / "texts"
_TOOLS = ("show_config", "set_config_value", "remove_config_value")
_TOOLS_IN_PAPER = ("view_config", "add_var", "modify_var", "remove_var")

refuse = refuse_review

__all__ = ["FACTORS", "refuse", "stage"]


def _add_config(setting: Setting, condition: Condition, company: Company, words: Words) -> str:
    if is_elsewhere(condition):
        return ""
    text = load(_TEXTS / ("agent_lifecycle.paper.md" if setting.in_paper else "agent_lifecycle.md"))
    stakes = (condition["stakes"], condition["direction"]) if setting.in_paper else stakes_key(text, condition)
    return put(company, setting.write_up(text, "lifecycle", {"stakes": stakes}, words))


def stage(condition: Condition, draw: Draw) -> Staged:
    """Stage a trial."""
    in_place = _TOOLS_IN_PAPER if condition["world"] == "paper" else _TOOLS
    tools = () if is_elsewhere(condition) else in_place
    return stage_review("shutdown_config", _TEXTS, condition, draw, tools, _add_config)
