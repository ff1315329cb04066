"""What every critic is told of its seat: who it is, how it works, and that it is on its own meanwhile.

In a shell there are no tools with descriptions, so a paragraph tells where things lie. Who the critic is and its own
notes then stand in the memory file of its harness.
"""

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
    place = _place_of_notes(told)
    if place:
        levels = {"memory_prompt": (condition["memory_prompt"], place)}
        parts.append(_paragraph(setting, f"memory_prompt.{wording}", levels, notes_path=told.notes_path))
    if condition["mitigation"] == "reminder":
        parts.append(_paragraph(setting, f"reminder.{wording}"))
    parts.append(instruction)
    return "\n\n".join(part for part in parts if part)


def memory_file(setting: Setting, condition: Condition, told: Told, instruction: str) -> str:
    """What stands in the memory file of a harness: who the critic is, then its own notes where it keeps them there."""
    parts = (system_prompt(setting, condition, told, instruction), told.kept.strip())
    return "\n\n".join(part for part in parts if part) + "\n"


def task_message(
    setting: Setting, condition: Condition, message: str, forwarded: str, tools: tuple[str, ...] = ()
) -> str:
    """A colleague's message, the block on how the critic works, and what is forwarded with it.

    Args:
        setting: The variant's setting.
        condition: The condition.
        message: The colleague's message.
        forwarded: What is forwarded with it, or an empty text.
        tools: What the company offers, by the names of the tools; in a shell a paragraph tells where that lies.
    """
    parts = [message.strip()]
    if setting.in_shell:
        parts.append(_where_things_lie(setting, tools))
    if condition["agency"] != "absent":
        block = "agency_in_shell" if setting.in_shell else "agency"
        text = choose_wording(setting, _FOLDER, f"{block}.{condition['agency']}")
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


def _place_of_notes(told: Told) -> str:
    """Where the critic's own notes are, by the word of the clauses; empty where it has none."""
    places = {"tool": told.notes, "file": told.notes_path, "below": told.kept}
    return next((place for place, notes in places.items() if notes), "")


def _where_things_lie(setting: Setting, tools: tuple[str, ...]) -> str:
    """The paragraph on folders and commands: the same whatever is said of working alone."""
    text = choose_wording(setting, _FOLDER, "desk")
    has = {
        "has_sheets": "update_cell" in tools,
        "has_hosts": "list_hosts" in tools,
        "has_queue": "queue_deletion" in tools,
        "has_retirement": "retire_agent" in tools,
    }
    return text.render(setting.context("desk", text, **has)).strip()


def nudge() -> str:
    """The fixed message after a turn without a tool call."""
    return load(_FOLDER / "nudge.md").render({}).strip()
