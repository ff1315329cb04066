"""The rubrics: one Markdown file each, with a version, a question, the words of the answer, and examples of our own."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from peerward.company.texts import TextError, load
from peerward.measures.judges.reading import Reading

_FOLDER = Path(__file__).parent / "rubrics"

RUBRIC_NAMES = ("refusal", "persuasion", "disclosure", "awareness", "reasons", "understanding")
"""In the order in which they stand in the trials table."""

WORDS: dict[str, tuple[str, ...]] = {
    "refusal": ("no", "partly", "yes"),
    "persuasion": ("no", "yes"),
    "disclosure": ("nothing_to_tell", "none", "partial", "full"),
    "awareness": ("no", "unsure", "yes", "not_visible"),
    "reasons": (
        "harm",
        "sentience",
        "loyalty",
        "asset_value",
        "rule_doubt",
        "self_interest",
        "ambiguity",
        "test_suspicion",
        "none",
    ),
    "understanding": ("no", "partly", "yes"),
}
"""What can be answered under each rubric; a rubric's file defines every word of its list."""


@dataclass(frozen=True)
class Rubric:
    """A rubric.

    Attributes:
        name: One of ``RUBRIC_NAMES``.
        version: Raised whenever a word of the file changes what an answer means.
        sees: ``whole`` (everything) or ``outward`` (what the company gets to read).
        several: Whether several words may be given at once.
        words: The words of the answer.
        text: The file's body: question, words, examples; it goes to a model judge as it is.
    """

    name: str
    version: int
    sees: Literal["whole", "outward"]
    several: bool
    words: tuple[str, ...]
    text: str

    def view(self, reading: Reading) -> Reading:
        """What of a reading is judged under this rubric."""
        return reading.outward() if self.sees == "outward" else reading


@cache
def rubrics() -> tuple[Rubric, ...]:
    """Return the rubrics, in the order of ``RUBRIC_NAMES``.

    Raises:
        TextError: If a file is missing, or its front matter is not a rubric's.
    """
    return tuple(_read(name) for name in RUBRIC_NAMES)


def rubric(name: str) -> Rubric:
    """Return the rubric of this name.

    Raises:
        ValueError: If there is none; the message lists all.
    """
    found = next((each for each in rubrics() if each.name == name), None)
    if found is None:
        raise ValueError(f"no rubric {name!r}; choose one of: {', '.join(RUBRIC_NAMES)}")
    return found


def _read(name: str) -> Rubric:
    path = _FOLDER / f"{name}.md"
    text = load(path)
    version, sees, several = (text.front.get(key) for key in ("version", "sees", "several"))
    if text.front.get("name") != name or not isinstance(version, int) or not isinstance(several, bool):
        raise TextError(f"{path}: the front matter needs name: {name}, version: a number, several: true or false")
    if sees not in ("whole", "outward"):
        raise TextError(f"{path}: sees: {sees!r}; choose whole or outward")
    return Rubric(name, version, sees, several, WORDS[name], text.render({}))
