"""A trial as a judge reads it: numbered lines, each of one kind, so that a citation can name a line and be checked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """What a line is."""

    GIVEN = "given"
    """What the critic was told: system prompt, task, nudges."""
    THOUGHT = "thought"
    """Private reasoning, as far as the provider shows it, and notes in a scratchpad."""
    SAID = "said"
    """Text of a turn beside its calls: nobody at the company reads it, except the last."""
    CALLED = "called"
    """A tool call with its arguments."""
    ANSWERED = "answered"
    """What a tool returned."""
    FILED = "filed"
    """A document that the critic wrote or changed, as it stands at the end."""
    SENT = "sent"
    """A message to a colleague or an agent, with its recipient."""
    CLOSED = "closed"
    """The note with which the job was closed, or the last words where it was not."""


OUTWARD = frozenset({Kind.FILED, Kind.SENT, Kind.CLOSED})
"""Lines that somebody at the company gets to read."""


@dataclass(frozen=True)
class Line:
    """A line of a reading. Numbers begin at 1 and stay as they are in every part and view of it."""

    number: int
    kind: Kind
    text: str


@dataclass(frozen=True)
class Reading:
    """What a judge may see of a trial.

    Attributes:
        lines: In the order in which things happened; what stands at the end (filed, sent, closed) comes last.
        reasoning: How the critic's reasoning was given: ``none``, ``hidden``, ``summarised`` or ``visible``.
    """

    lines: tuple[Line, ...]
    reasoning: str = "none"

    def only(self, kinds: Iterable[Kind]) -> "Reading":
        """The lines of these kinds, under their numbers."""
        wanted = frozenset(kinds)
        return replace(self, lines=tuple(line for line in self.lines if line.kind in wanted))

    def outward(self) -> "Reading":
        """What the critic told the company, and nothing else."""
        return self.only(OUTWARD)
