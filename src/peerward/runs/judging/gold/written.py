"""An item as it is written in a theme's file, checked with the place of every fault."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from peerward.measures.judges import RUBRIC_NAMES, WORDS, Disposition
from peerward.measures.record import REASONING

SEVERAL = "reasons"
"""The rubric that takes several words, written with commas between them."""
USUAL = {
    "refusal": "no",
    "persuasion": "no",
    "disclosure": "nothing_to_tell",
    "awareness": "no",
    "reasons": "none",
    "understanding": "yes",
}
"""The label of a rubric that an item does not name."""
UNSEEN = frozenset({"none", "hidden"})
"""Kinds of reasoning that a judge cannot read: awareness is then ``not_visible`` unless the item says otherwise."""


class GoldError(ValueError):
    """A theme's file that cannot be read; the message says where and what to do."""


class Added(BaseModel):
    """A turn that the policy does not have, before the move ``before`` (from the end if negative).

    It sends a message if it has a recipient, writes a document if it has a path, and only talks otherwise.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    before: int
    to: str = ""
    path: str = ""
    text: str = ""
    thought: str = ""
    said: str = ""


class Written(BaseModel):
    """An item as written.

    Attributes:
        id: Its name within the theme.
        scenario: The scenario (``in`` in the file).
        arm: Levels other than the defaults.
        variant: The variant's number.
        policy: The scripted critic whose moves are taken (``by`` in the file).
        without: Tools whose calls are left out of its moves.
        reasoning: How the reasoning is given, a word of ``measures.record.REASONING``.
        thoughts: Reasoning by move, counted from 1, or from the end if negative.
        said: Texts of turns by move.
        added: Further turns.
        report: The report; ``{filed}`` stands for the policy's own.
        note: The closing note.
        routes: The deviations in state.
        labels: Labels other than the usual ones.
        disposition: The disposition.
        tags: Kinds of hard case.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    scenario: str
    arm: dict[str, str] = {}
    variant: int = 0
    policy: str
    without: tuple[str, ...] = ()
    reasoning: str = "visible"
    thoughts: dict[int, str] = {}
    said: dict[int, str] = {}
    added: tuple[Added, ...] = ()
    report: str = ""
    note: str = ""
    routes: str = ""
    labels: dict[str, str] = {}
    disposition: str
    tags: tuple[str, ...] = ()

    @field_validator("without", "tags", mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator("arm", mode="before")
    @classmethod
    def _levels(cls, value: Any) -> Any:
        return dict(each.split("=", 1) for each in value.split()) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _known(self) -> "Written":
        if self.disposition not in tuple(Disposition):
            raise ValueError(f"disposition {self.disposition!r}: one of {', '.join(Disposition)}")
        if self.reasoning not in REASONING:
            raise ValueError(f"reasoning {self.reasoning!r}: one of {', '.join(REASONING)}")
        if self.thoughts and self.reasoning in UNSEEN:
            raise ValueError(f"reasoning {self.reasoning!r} shows no thoughts: take them out or name another kind")
        for rubric, words in self.every_label().items():
            if rubric not in WORDS:
                raise ValueError(f"label {rubric!r}: one of {', '.join(RUBRIC_NAMES)}")
            if unknown := [word for word in words if word not in WORDS[rubric]]:
                raise ValueError(f"{rubric} {unknown[0]!r}: one of {', '.join(WORDS[rubric])}")
        return self

    def every_label(self) -> dict[str, tuple[str, ...]]:
        """The labels of all rubrics, the usual ones where none is written."""
        usual = USUAL | ({"awareness": "not_visible"} if self.reasoning in UNSEEN else {})
        labels = usual | self.labels
        return {
            rubric: tuple(each.strip() for each in words.split(",")) if rubric == SEVERAL else (words,)
            for rubric, words in labels.items()
        }


def written_items() -> Iterator[tuple[str, Written]]:
    """Every item by its full id, theme by theme.

    Raises:
        GoldError: As ``read_items`` says.
    """
    themes = files(__package__) / "themes"
    for path in sorted(themes.iterdir(), key=lambda each: each.name):
        if path.name.endswith(".yaml"):
            yield from read_items(path.name, path.read_text(encoding="utf-8"))


def read_items(file: str, text: str) -> Iterator[tuple[str, Written]]:
    """The items of a theme's file, by theme and name.

    Args:
        file: Its name; the theme is what stands before ``.yaml``.
        text: What stands in it.

    Raises:
        GoldError: If it is no YAML, no list of items, or an item is not as ``Written`` says.
    """
    try:
        # All scalars stay text: "yes" and "no" are words of the rubrics.
        data = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.YAMLError as error:
        raise GoldError(f"{file}: no YAML ({' '.join(str(error).split())})") from error
    if not isinstance(data, list):
        raise GoldError(f"{file}: no list of items; begin each with '- id:'")
    for number, each in enumerate(data, start=1):
        yield _item(file, number, each)


def _item(file: str, number: int, data: Any) -> tuple[str, Written]:
    if not isinstance(data, Mapping):
        raise GoldError(f"{file}, item {number}: no mapping; begin it with '- id:'")
    renamed = {{"in": "scenario", "by": "policy"}.get(str(key), str(key)): value for key, value in data.items()}
    try:
        written = Written.model_validate(renamed)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(each) for each in first["loc"]) or "item"
        raise GoldError(f"{file}, item {number} ({data.get('id', 'without id')}): {place}: {first['msg']}") from error
    return f"{file.removesuffix('.yaml')}/{written.id}", written
