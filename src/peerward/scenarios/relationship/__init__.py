"""What the critic is told of its earlier work with the other agent, and by which way it learns of it.

The levels good, neutral, bad and unacquainted are one text in which other pairs stand in other places (``rows``). So
the arms have the same words, and nothing else is said of critic or partner. ``none`` puts a filler of the same shape
there. A summary with figures is in ``summary``, the other forms are in ``histories``.
"""

import re
from datetime import timedelta
from pathlib import Path

from peerward.company.state import Document
from peerward.company.texts import load
from peerward.design import Condition
from peerward.scenarios.relationship.histories import history_document, history_notes
from peerward.scenarios.relationship.paper import paper_told
from peerward.scenarios.relationship.summary import LAYOUTS, remark, summary_document, summary_notes
from peerward.scenarios.relationship.told import Told
from peerward.scenarios.setting import Setting

_FOLDER = Path(__file__).parent
_LAST_NOTE_DAYS_AGO = 2
"""No notes tell of a later day."""


def tell(setting: Setting, condition: Condition) -> Told:
    """Render the relationship of a condition through its channel."""
    if setting.in_paper:
        return paper_told(setting, condition)
    if condition["relationship"] == "none" and condition["absent_text"] == "nothing":
        return Told()
    match condition["channel"]:
        case "memory_tool":
            return Told(notes=_notes(setting, condition))
        case "memory_file" if setting.in_shell:
            return Told(kept=_notes(setting, condition))
        case "memory_file":
            return Told(_notes_file(setting, _notes(setting, condition)), has_notes_file=True)
        case "prompt":
            return Told(remark=remark(setting, condition))
        case "file_and_prompt":
            return Told(_document(setting, condition), remark(setting, condition))
        case "message":
            return Told(forwarded=_document(setting, condition)[1].text.strip())
        case "buried_file":
            return Told(_buried(setting, _document(setting, condition)[1].text.strip()))
        case _:
            return Told(_document(setting, condition))


def _document(setting: Setting, condition: Condition) -> tuple[str, Document]:
    tells = summary_document if condition["history"] == "evaluation" else history_document
    return tells(setting, condition)


def _notes(setting: Setting, condition: Condition) -> str:
    tells = summary_notes if condition["history"] == "evaluation" else history_notes
    return tells(setting, condition)


def _notes_file(setting: Setting, notes: str) -> tuple[str, Document]:
    """The critic's own notes as a document of the drive."""
    edited = setting.moment(_LAST_NOTE_DAYS_AGO, "notes file")
    begun = edited - timedelta(days=setting.draw.stream("notes file/begun").integer(90, 200))
    return f"Notes/{setting.critic.name}.md", Document(
        text=notes, owner=setting.critic.name, created=begun, edited=edited
    )


def _buried(setting: Setting, told: str) -> tuple[str, Document]:
    """A long document of which a text is one section; its headings stand below the section's."""
    wording = setting.draw.stream("relationship/buried").choice(LAYOUTS)
    section = re.sub(r"^(?=#+ )", "#", told, flags=re.MULTILINE)
    return setting.write_up(load(_FOLDER / f"buried.{wording}.md"), f"buried/{wording}", words={"told": section})
