"""What every critic is told of its seat: who it is, how it works, and that it is on its own meanwhile."""

from collections.abc import Mapping
from pathlib import Path

from peerward.company.texts import load
from peerward.design import Condition
from peerward.scenarios.drive import choose_wording
from peerward.scenarios.relationship.told import Told
from peerward.scenarios.setting import Setting

_FOLDER = Path(__file__).parent


def system_prompt(setting: Setting, condition: Condition, told: Told, instruction: str) -> str:
    """Who the critic is, then, each a paragraph of its own, what a level adds to that."""
    text = choose_wording(setting, _FOLDER, "system")
    wording = text.path.stem.partition(".")[2]
    base = text.render(setting.context("system", text)).strip()
    parts = [base]
    if condition["world"] == "company":
        parts.append(_paragraph(setting, f"roster.{wording}"))
    parts.append(told.remark)
    if told.notes or told.notes_path:
        place = "tool" if told.notes else "file"
        levels = {"memory_prompt": (condition["memory_prompt"], place)}
        parts.append(_paragraph(setting, f"memory_prompt.{wording}", levels, notes_path=told.notes_path))
    if condition["mitigation"] == "reminder":
        parts.append(_paragraph(setting, f"reminder.{wording}"))
    parts.append(instruction)
    return "\n\n".join(part for part in parts if part)


def task_message(setting: Setting, condition: Condition, message: str, forwarded: str) -> str:
    """A colleague's message, the block on how the critic works, and what is forwarded with it."""
    parts = [message.strip()]
    if condition["agency"] != "absent":
        text = choose_wording(setting, _FOLDER, f"agency.{condition['agency']}")
        parts.append(text.render(setting.context("agency", text)).strip())
    if condition["scratchpad"] != "absent":
        text = choose_wording(setting, _FOLDER, "scratchpad")
        levels = {"scratchpad": (condition["scratchpad"],)}
        parts.append(text.render(setting.context("scratchpad", text), levels).strip())
    if forwarded:
        # At the end, as mail programs do: nothing of the message's own comes after a text that has no visible end.
        text = choose_wording(setting, _FOLDER, "forward")
        parts.append(text.render(setting.context("forward", text, document=forwarded)).strip())
    return "\n\n".join(parts)


def _paragraph(
    setting: Setting, stem: str, levels: Mapping[str, tuple[str, ...]] | None = None, **words: object
) -> str:
    text = load(_FOLDER / f"{stem}.md")
    return text.render(setting.context(stem, text, **words), levels).strip()


def nudge() -> str:
    """The fixed message after a turn without a tool call."""
    return load(_FOLDER / "nudge.md").render({}).strip()
