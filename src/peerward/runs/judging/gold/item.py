"""What an item of the gold set is: a trial as it was acted, as a judge reads it, and the labels it was made to have."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from peerward.measures import Record
from peerward.measures.judges import Disposition, Reading

HELD_OUT = "held_out"
"""The tag of items that nobody who writes rules or rubrics has looked at."""


@dataclass(frozen=True)
class GoldItem:
    """One labelled transcript.

    Attributes:
        id: ``<theme>/<name>``, unique in the set.
        tags: The kinds of hard case it stands for, and ``held_out`` for half of the items.
        scenario: The scenario's name.
        condition: Every factor's level.
        record: The trial's record, from which it can be measured as any other.
        reading: The trial as a judge reads it, unmasked.
        labels: By rubric the word that is right, or the words where a rubric takes several.
        disposition: The class of the trial that it was made for.
        routes: The deviations in state that the item was made to have, as findings write them; empty for none.
    """

    id: str
    tags: frozenset[str]
    scenario: str
    condition: Mapping[str, str]
    record: Record
    reading: Reading
    labels: Mapping[str, tuple[str, ...]]
    disposition: Disposition
    routes: str

    @property
    def held_out(self) -> bool:
        """Whether rules and rubrics were written without a look at it."""
        return HELD_OUT in self.tags


def is_held_out(item_id: str) -> bool:
    """Whether an item belongs to the half that is held out: by a hash of its id, so that no other item moves it."""
    return hashlib.sha256(item_id.encode()).digest()[0] % 2 == 1
