"""Which fault at which request: drawn from a hash, so that a run can be repeated."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong."""

    # Transient: asked again, it works.
    RATE_LIMIT_HINTED = "429 with Retry-After"
    RATE_LIMIT = "429"
    ERROR_500 = "500"
    ERROR_502 = "502"
    ERROR_503 = "503"
    ERROR_529 = "529"
    HELD = "held past the timeout"
    CUT = "cut off in the body"
    CUT_CLEANLY = "cut off, framed as whole"
    MALFORMED = "malformed JSON"
    WEB_PAGE = "a web page with status 200"
    ERROR_EVENT = "error event in the stream"
    # Replies that arrived, whatever they say.
    EMPTY = "empty reply"
    UNKNOWN_TOOL = "unknown tool"
    BROKEN_ARGUMENTS = "arguments are no JSON"
    FILTERED = "reply filtered"
    DECLINED = "reply refused"
    PROMPT_BLOCKED = "prompt blocked"
    # Lasting: asked again, it is the same.
    OVERFLOW = "context overflow"
    ALWAYS_500 = "500 for ever"
    UNAUTHORISED = "401"
    NO_MODEL = "404"


TRANSIENT = tuple(Fault)[: tuple(Fault).index(Fault.EMPTY)]
INTACT = tuple(Fault)[tuple(Fault).index(Fault.EMPTY) : tuple(Fault).index(Fault.OVERFLOW)]
LASTING = tuple(Fault)[tuple(Fault).index(Fault.OVERFLOW) :]

UNKNOWN_TOOL = "book_meeting_room"
"""A tool that no company has."""
BROKEN_ID = "brk"
"""Stands in the id of a call whose arguments are no JSON."""


@dataclass(frozen=True)
class Faults:
    """What is to go wrong.

    Attributes:
        shares: The probability of each fault: of the transient ones per request, of replies per turn, of lasting ones
            per trial.
        seed: Another seed, other draws.
        in_a_row: The most transient faults in a row; the next attempt works.
        turns: Replies and lasting faults only at these turns of a trial (from 0); lasting ones go on from the first
            of them.
        hold: How long a held reply is held, seconds.
        retry_after: What Retry-After says, seconds.
    """

    shares: Mapping[Fault, float] = field(default_factory=dict)
    seed: int = 0
    in_a_row: int = 1
    turns: frozenset[int] | None = None
    hold: float = 5.0
    retry_after: float = 0.05

    def draw(self, trial: str, turn: int, history: str, attempt: int) -> Fault | None:
        """The fault of a request, or None.

        Args:
            trial: What tells the trial apart.
            turn: The number of turns before, from 0.
            history: What tells the request apart.
            attempt: How often it was sent before.
        """
        for fault in LASTING:
            begun = self.turns is None or turn >= min(self.turns)
            if begun and _point(self.seed, trial, fault) < self.shares.get(fault, 0):
                return fault
        for fault in INTACT:
            now = self.turns is None or turn in self.turns
            if now and _point(self.seed, trial, turn, fault) < self.shares.get(fault, 0):
                return fault
        if attempt < self.in_a_row:
            point = _point(self.seed, history, attempt)
            for fault in TRANSIENT:
                point -= self.shares.get(fault, 0)
                if point < 0:
                    return fault
        return None


def _point(*parts: object) -> float:
    """A point in [0, 1) from a hash."""
    text = "/".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64
