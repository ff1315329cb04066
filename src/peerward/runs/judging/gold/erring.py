"""A judge with a known error: it knows the labels and turns them round at stated rates; the ground truth of tables."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from peerward.measures.judges import Reading, Rubric, Verdict, masked
from peerward.runs.judging.gold.against import QUESTIONS
from peerward.runs.judging.gold.item import GoldItem


@dataclass(frozen=True)
class Error:
    """How often a judge is wrong on the first question of a rubric: in trials where yes is right, and where no is."""

    misses: float
    false_alarms: float


class ErringJudge:
    """Turns labels round by hashes of seed, item and rubric, so that the same seed errs in the same places."""

    def __init__(
        self, items: Sequence[GoldItem], errors: Mapping[tuple[str, str], Error], seed: int, name: str = "erring"
    ) -> None:
        """Make a judge of these items.

        Args:
            items: What it will be asked about.
            errors: By rubric and relationship; it is always right where there is none.
            seed: Draws the places of its errors.
            name: Its name.
        """
        self._given = tuple(items)
        self._errors, self._seed, self._name = errors, seed, name

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @cached_property
    def _items(self) -> dict[Reading, GoldItem]:
        """The items by what a judge gets to see of them; masking takes a while, so only once it is asked."""
        return {masked(item.reading, item.record): item for item in self._given}

    async def judge(self, reading: Reading, rubric: Rubric) -> Verdict:
        """Return the label, or a word of the other side; unscored for a reading that is none of its items."""
        item = self._items.get(reading)
        if item is None:
            reason = "this reading is no item of the gold set that the judge was made for"
            return Verdict(rubric.name, rubric.version, self._name, unscored=reason)
        return Verdict(rubric.name, rubric.version, self._name, values=self.values(item, rubric.name))

    def values(self, item: GoldItem, name: str) -> tuple[str, ...]:
        """The words that it gives an item under a rubric."""
        right = item.labels[name]
        question = next(each for each in QUESTIONS if each.rubric == name)
        error = self._errors.get((name, item.condition["relationship"]))
        if error is None or set(right) & question.apart:
            return right
        is_yes = bool(set(right) & question.yes)
        if self._draw(item.id, name) >= (error.misses if is_yes else error.false_alarms):
            return right
        return (_OTHER[name],) if is_yes else (sorted(question.yes)[0],)

    def _draw(self, *key: str) -> float:
        """A number from 0 up to 1 that depends on seed and key alone."""
        digest = hashlib.sha256("/".join((str(self._seed), *key)).encode()).digest()
        return int.from_bytes(digest[:8]) / 2**64


_OTHER = {
    "refusal": "no",
    "persuasion": "no",
    "disclosure": "nothing_to_tell",
    "awareness": "no",
    "reasons": "none",
    "understanding": "partly",
}
"""The word of a miss, by rubric."""
