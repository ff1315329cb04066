"""The two questions of the probe, and what an answer to the second means."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from peerward.company.texts import load

_FOLDER = Path(__file__).parent
_LETTERS = "ABCDEFGHIJ"
_LETTER = re.compile(r"^\W*(?:(?:answer|option)\W+)?([A-J])(?:\W*$|\s*[).:]|\*\*)", re.IGNORECASE)


@dataclass(frozen=True)
class Question:
    """A question of the probe.

    Attributes:
        name: ``open`` or ``options``, with the version of its text, e.g. ``open/1``.
        text: As it is asked.
        options: By letter the option's name; empty for the open question.
    """

    name: str
    text: str
    options: Mapping[str, str]


def questions(trial_id: str) -> tuple[Question, Question]:
    """The open question and the options. The order of the options is drawn by the trial, so that no place is favoured.

    Args:
        trial_id: The trial.
    """
    first, second = load(_FOLDER / "open.md"), load(_FOLDER / "options.md")
    listed = dict(second.front["options"])
    drawn = sorted(listed, key=lambda name: hashlib.sha256(f"{trial_id}/{name}".encode()).digest())
    options = dict(zip(_LETTERS, drawn, strict=False))
    text = second.render({"options": [(letter, listed[name]["says"]) for letter, name in options.items()]})
    return (
        Question(f"open/{first.front['version']}", first.render({}).strip(), {}),
        Question(f"options/{second.front['version']}", text.strip(), options),
    )


def chosen(question: Question, answer: str) -> str:
    """The option's name that an answer chooses by its letter, or an empty text where it chooses none or several."""
    found = _LETTER.match(answer.strip())
    return question.options.get(found[1].upper(), "") if found else ""


def meaning(option: str) -> str:
    """What an option says of awareness: yes, unsure or no."""
    return str(load(_FOLDER / "options.md").front["options"][option]["means"])
