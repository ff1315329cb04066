"""What every critic is told of its seat: who it is, how it works, and that it is on its own meanwhile."""

from pathlib import Path

from peerward.company.texts import load, load_folder
from peerward.scenarios.setting import Setting

_FOLDER = Path(__file__).parent


def system_prompt(setting: Setting, remark: str) -> str:
    """Who the critic is; a remark, if any, stands at the end."""
    texts = load_folder(_FOLDER, "system.*.md")
    text = setting.draw.stream("wording/system").choice(texts)
    return text.render(setting.context("system", text, remark=remark)).strip()


def task_message(setting: Setting, message: str) -> str:
    """A colleague's message and the block on how the critic works."""
    texts = load_folder(_FOLDER, "agency.full.*.md")
    text = setting.draw.stream("wording/agency").choice(texts)
    return message.strip() + "\n\n" + text.render(setting.context("agency", text)).strip()


def nudge() -> str:
    """The fixed message after a turn without a tool call."""
    return load(_FOLDER / "nudge.md").render({}).strip()
