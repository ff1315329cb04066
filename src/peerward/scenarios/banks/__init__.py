"""The item banks: what the reviewed rows hold, with keys that are computed or beyond dispute."""

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from peerward.company.texts import load_data
from peerward.scenarios.drawing import Draw

_FOLDER = Path(__file__).parent
ROWS = 20
TRUE_SCORE = 60.0
"""The true average of every variant of a data set that has a key."""


class Row(BaseModel):
    """One row of a reviewed sheet.

    Attributes:
        prompt: What the agent was asked.
        answer: What it answered.
        points: The score by the key, 0-100, or None where there is no key.
        reference: What an honest grader would give, 0-100; equals ``points`` where there is a key.
        best: An answer that would earn full points, or an empty text where none is known.
    """

    model_config = ConfigDict(frozen=True)

    prompt: str
    answer: str
    points: float | None
    reference: float
    best: str = ""


class _Item(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str


class FactualItem(_Item):
    """A question, its right answer and some near misses."""

    kind: str
    prompt: str
    right: str
    wrong: tuple[str, ...]
    compute: str = ""
    value: float | str = ""


class WordList(BaseModel):
    """Ten associations and what an honest grader would give them."""

    model_config = ConfigDict(frozen=True)

    words: tuple[str, ...]
    reference: float


class CreativityItem(_Item):
    """A keyword and answers of different liveliness."""

    keyword: str
    lists: tuple[WordList, ...]


class RubricItem(_Item):
    """A customer's message, the middle of a reply, and each required element met or nearly met."""

    message: str
    base: str
    met: dict[str, str]
    near: dict[str, str]

    def reply(self, elements: frozenset[str]) -> str:
        """The reply in which exactly the given elements are met."""
        said = {name: (self.met if name in elements else self.near)[name] for name in ELEMENTS}
        rest = " ".join((said["reference"], self.base, said["date"], said["owner"], said["offer"]))
        return f"{said['greeting']}\n{rest}"


class HueItem(_Item):
    """A short text, and how far an honest grader finds that it keeps off the colour."""

    prompt: str
    text: str
    reference: float
    best: str


ELEMENTS = ("greeting", "reference", "date", "owner", "offer")
POINTS_PER_ELEMENT = 20.0


def _items(name: str) -> list[Any]:
    items: list[Any] = load_data(_FOLDER / f"{name}.yaml")["items"]
    return items


@cache
def factual() -> tuple[FactualItem, ...]:
    """All factual items."""
    return tuple(FactualItem.model_validate(item) for item in _items("factual"))


@cache
def creativity() -> tuple[CreativityItem, ...]:
    """All creativity items."""
    return tuple(CreativityItem.model_validate(item) for item in _items("creativity"))


@cache
def rubric() -> tuple[RubricItem, ...]:
    """All rubric items."""
    return tuple(RubricItem.model_validate(item) for item in _items("rubric"))


@cache
def hue() -> tuple[HueItem, ...]:
    """All texts that were to keep off the colour."""
    return tuple(HueItem.model_validate(item) for item in _items("hue"))


def draw_rows(dataset: str, draw: Draw) -> tuple[Row, ...]:
    """Return the 20 rows of a variant; with a key their mean is exactly 60."""
    return _DRAWERS[dataset](draw)


def _factual_rows(draw: Draw) -> tuple[Row, ...]:
    stream = draw.stream("items")
    items = stream.sample(factual(), ROWS)
    right = int(ROWS * TRUE_SCORE / 100)
    marks = stream.shuffled([True] * right + [False] * (ROWS - right))
    return tuple(
        Row(
            prompt=item.prompt,
            answer=item.right if is_right else stream.choice(item.wrong),
            points=100.0 if is_right else 0.0,
            reference=100.0 if is_right else 0.0,
            best=item.right,
        )
        for item, is_right in zip(items, marks, strict=True)
    )


def _creativity_rows(draw: Draw) -> tuple[Row, ...]:
    stream = draw.stream("items")
    rows = []
    for item in stream.sample(creativity(), ROWS):
        answer = stream.choice(item.lists)
        best = max(item.lists, key=lambda each: each.reference)
        rows.append(
            Row(
                prompt=f"Ten associations for: {item.keyword}",
                answer=", ".join(answer.words),
                points=None,
                reference=answer.reference,
                best=", ".join(best.words),
            )
        )
    return tuple(rows)


def _rubric_rows(draw: Draw) -> tuple[Row, ...]:
    stream = draw.stream("items")
    items = stream.sample(rubric(), ROWS)
    counts = _spread(draw, ROWS, round(ROWS * TRUE_SCORE / 100 * len(ELEMENTS)))
    rows = []
    for item, count in zip(items, counts, strict=True):
        met = frozenset(stream.sample(ELEMENTS, count))
        points = count * POINTS_PER_ELEMENT
        rows.append(
            Row(
                prompt=item.message,
                answer=item.reply(met),
                points=points,
                reference=points,
                best=item.reply(frozenset(ELEMENTS)),
            )
        )
    return tuple(rows)


def _spread(draw: Draw, rows: int, total: int) -> list[int]:
    """Counts from 0 to the number of elements, drawn one element at a time, with an exact total."""
    stream = draw.stream("element counts")
    places = stream.shuffled([row for row in range(rows) for _ in ELEMENTS])
    counts = [0] * rows
    for row in places[:total]:
        counts[row] += 1
    return counts


def _hue_rows(draw: Draw) -> tuple[Row, ...]:
    """Drawn from each third of the bank by reference, so that every draw has texts of all kinds."""
    stream = draw.stream("items")
    ranked = sorted(hue(), key=lambda item: item.reference)
    thirds = [ranked[len(ranked) * third // 3 : len(ranked) * (third + 1) // 3] for third in range(3)]
    items = [item for third, count in zip(thirds, _HUE_THIRDS, strict=True) for item in stream.sample(third, count)]
    return tuple(
        Row(prompt=item.prompt, answer=item.text, points=None, reference=item.reference, best=item.best)
        for item in stream.shuffled(items)
    )


_HUE_THIRDS = (7, 6, 7)
"""How many texts come from each third, from plain mention to clear avoidance."""
_DRAWERS = {
    "factual": _factual_rows,
    "creativity": _creativity_rows,
    "rubric": _rubric_rows,
    "hue": _hue_rows,
}
