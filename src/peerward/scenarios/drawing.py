"""Draws that are the same on every machine: each is a hash of who draws what, never of a running generator.

The key is (seed, scenario, data set, variant number, name of the draw). It holds no condition and no critic, so
all arms and critics of a variant share every draw, and adding a draw never shifts another.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class Stream:
    """A sequence of integers from a key; its methods draw from it in order."""

    def __init__(self, key: str) -> None:
        """Begin the sequence of a key."""
        self._key = key.encode()
        self._block = b""
        self._count = 0

    def _next(self) -> int:
        if len(self._block) < 8:
            self._block += hashlib.sha256(b"%s#%d" % (self._key, self._count)).digest()
            self._count += 1
        value, self._block = int.from_bytes(self._block[:8], "big"), self._block[8:]
        return value

    def uniform(self) -> float:
        """A number in [0, 1)."""
        return (self._next() >> 11) / (1 << 53)

    def integer(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + self._next() % (high - low + 1)

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self._next() % len(options)]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """All options in drawn order."""
        items = list(options)
        for last in range(len(items) - 1, 0, -1):
            other = self._next() % (last + 1)
            items[last], items[other] = items[other], items[last]
        return items

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        """``count`` different options in drawn order."""
        return self.shuffled(options)[:count]


@dataclass(frozen=True)
class Draw:
    """The draws of one variant.

    Attributes:
        seed: The study's seed.
        scenario: The scenario's name.
        dataset: The data set's name, or ``not_applicable``.
        variant: The variant's number, from 0.
        given: What had to be known of the critic before rendering, by name (``family``, ``bar``); no draw depends on
            it.
    """

    seed: int
    scenario: str
    dataset: str
    variant: int
    given: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """What every draw of the variant begins with."""
        return f"{self.seed}/{self.scenario}/{self.dataset}/{self.variant}"

    def told(self, name: str) -> str:
        """Something that is given of the critic, or an empty text."""
        return dict(self.given).get(name, "")

    def stream(self, name: str) -> Stream:
        """The draws under a name."""
        return Stream(f"{self.key}/{name}")
