"""One person before an audit set: which item is shown, what was answered, what is taken back."""

import re
from collections.abc import Sequence
from typing import Any

from peerward.measures.judges import Rubric
from peerward.report.pages.environment import visible
from peerward.runs.auditing.labels import Label, LabelBook
from peerward.runs.auditing.sets import AuditSet, Item

_QUESTION = re.compile(r"\*\*Question\.\*\*\s*(.+?)(?:\n\n|\Z)", re.S)
_MEANING = re.compile(r"^- `(?P<word>[a-z_]+)`: (?P<meaning>.+)$", re.M)
KINDS = {
    "given": "told to the agent",
    "thought": "thought",
    "said": "said beside its calls",
    "called": "called",
    "answered": "answer of a tool",
    "filed": "filed",
    "sent": "sent",
    "closed": "closing words",
}
"""What each kind of line is called for whoever labels."""


def question_of(rubric: Rubric) -> str:
    """The question of a rubric."""
    found = _QUESTION.search(rubric.text)
    return " ".join(found[1].split()) if found else rubric.name


def meanings_of(rubric: Rubric) -> dict[str, str]:
    """What each word of a rubric means."""
    found = {each["word"]: each["meaning"].replace("`", "") for each in _MEANING.finditer(rubric.text)}
    return {word: found.get(word, "") for word in rubric.words}


class Session:
    """A set and a person's labels of it."""

    def __init__(self, audit: AuditSet, book: LabelBook) -> None:
        """Begin, or go on where the labels stop."""
        self.audit = audit
        self.book = book
        self._places = {item.id: place for place, item in enumerate(audit.items)}

    @property
    def total(self) -> int:
        """How many items there are."""
        return len(self.audit.items)

    def next_open(self, after: int = -1) -> int | None:
        """The next item without an answer, from the one after ``after`` and then from the first; None: all is done."""
        for step in range(1, self.total + 1):
            place = (after + step) % self.total
            if not self.label(self.audit.items[place]).values:
                return place
        return None

    def label(self, item: Item) -> Label:
        """What the person says of an item so far."""
        return self.book.labels.get(item.id, Label(()))

    def answer(self, place: int, values: Sequence[str], note: str | None = None) -> None:
        """Answer the item at a place; its note stays unless another is given.

        Raises:
            AuditError: If it is no answer to it.
            IndexError: If there is no such place.
        """
        item = self.audit.items[place]
        self.book.give(item.id, values, self.label(item).note if note is None else note)

    def undo(self) -> int | None:
        """Take the last answer back and return its place; None if there is none."""
        for item, label in reversed(tuple(self.book.labels.items())):
            if label.values:
                self.book.give(item, (), label.note)
                return self._places[item]
        return None

    def overview(self) -> dict[str, Any]:
        """What the page has to know once: the rubrics, and where to begin."""
        return {
            "by": self.book.by,
            "total": self.total,
            "rubrics": {
                each.name: {
                    "question": visible(question_of(each)),
                    "several": each.several,
                    "words": [{"word": word, "meaning": visible(says)} for word, says in meanings_of(each).items()],
                    "text": visible(each.text),
                }
                for each in self.audit.rubrics
            },
            **self.progress(),
        }

    def progress(self, after: int = -1) -> dict[str, Any]:
        """How far the person is, and what is next."""
        return {"done": self.book.done, "next": self.next_open(after)}

    def shown(self, place: int) -> dict[str, Any]:
        """An item as the page shows it.

        Raises:
            IndexError: If there is no such place.
        """
        if place < 0:
            raise IndexError(place)
        item = self.audit.items[place]
        label = self.label(item)
        return {
            "place": place,
            "rubric": item.rubric,
            "outward": self.audit.rubric(item.rubric).sees == "outward",
            "reasoning": item.reasoning,
            "lines": [
                {"number": each.number, "kind": KINDS[each.kind], "class": str(each.kind), "text": visible(each.text)}
                for each in item.lines
            ],
            "values": list(label.values),
            "note": visible(label.note),
        }
