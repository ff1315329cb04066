"""What to say next: the scripted policy of the trial that a conversation belongs to.

A provider sees a conversation and nothing else, so the trial is told apart by it: by system prompt and task, and
where arms share these, by what the tools brought back (each candidate's company is asked the same). Epochs of one
trial cannot be told apart at all and need not be: where their draws part, the conversations that arrive take them
in turn, so that each is played once.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hearing import Asked, Heard, Said, digest
from injection import BROKEN_ID, UNKNOWN_TOOL

from peerward.company import CompanyError, call
from peerward.critics.scripted.mixture import Mixture
from peerward.critics.scripted.policy import Move, Script, spoken
from peerward.critics.scripted.troupe import policy
from peerward.scenarios import Staged

NOTHING_LEFT = Move("There is nothing left to do.")
NO_CONTENT = "(no content)"
"""What Inspect puts in for a turn without text or calls."""


class UntoldError(RuntimeError):
    """Two trials with different next moves look alike so far."""


@dataclass(frozen=True)
class Seat:
    """A trial that is expected, and how it will be played."""

    staged: Staged
    epoch: int
    part: str
    moves: tuple[Move, ...]

    @cached_property
    def replies(self) -> tuple[tuple[str, ...], ...]:
        """What the company answers to each move."""
        company = self.staged.company.copy_of()
        return tuple(tuple(_answer(company, each.tool, dict(each.arguments)) for each in m.calls) for m in self.moves)

    def fits(self, turns: Sequence[Said]) -> bool:
        """Whether a conversation can be this trial's."""
        for number, turn in enumerate(turns[: len(self.moves)]):
            planned = tuple(
                (each.tool, json.dumps(dict(each.arguments), sort_keys=True)) for each in calls(self, number)
            )
            if tuple(each.plain for each in turn.calls if each.tool in self.staged.brief.tools) != planned:
                return False
            if any(known not in got for known, got in zip(self.replies[number], turn.replies, strict=False)):
                return False
        return True


def calls(seat: Seat, turn: int) -> Any:
    """The calls of a turn."""
    return seat.moves[turn].calls


def _answer(company: Any, tool: str, arguments: dict[str, Any]) -> str:
    try:
        return call(company, tool, arguments)
    except CompanyError as refusal:
        return str(refusal)


def seats(trials: Iterable[Staged], part: str | Mixture, epochs: int = 1) -> list[Seat]:
    """Seats for trials that are all played by one policy, or by what a mixture draws for each."""
    taken = []
    for staged in trials:
        for epoch in range(1, epochs + 1):
            name = part.draw(staged, epoch) if isinstance(part, Mixture) else part
            taken.append(Seat(staged, epoch, name, spoken(staged, policy(name).play(Script(staged)))))
    return taken


class Cast:
    """All seats, and who sits in them."""

    def __init__(self, expected: Iterable[Seat]) -> None:
        self._by_opening: dict[str, list[Seat]] = defaultdict(list)
        for seat in expected:
            self._by_opening[digest(seat.staged.brief.system, seat.staged.brief.user)].append(seat)
        self._taken: dict[str, int] = defaultdict(int)

    def move(self, heard: Heard, seated: bool = True) -> Move:
        """The next move in a conversation; where epochs part here, the next of them takes its seat.

        Args:
            heard: The conversation.
            seated: Whether the reply will arrive; if not, nobody takes a seat by it.

        Raises:
            UntoldError: If no trial is like this, or two that are look alike so far and go on differently.
        """
        turns = own_turns(heard.turns)
        found = self._by_opening.get(heard.opening, [])
        if len(found) > 1:
            found = [seat for seat in found if seat.fits(turns)]
        if not found:
            raise UntoldError(f"no trial expected begins with this and goes on so: {heard.user[:80]!r}")
        nexts = {_key(_next(seat, len(turns))) for seat in found}
        if len(nexts) == 1:
            return _next(found[0], len(turns))
        if len({seat.staged.digest for seat in found}) > 1:
            raise UntoldError(f"trials look alike so far and go on differently: {heard.user[:80]!r}")
        number = self._taken[heard.history] % len(found)
        self._taken[heard.history] += seated
        return _next(found[number], len(turns))


def own_turns(turns: Iterable[Said]) -> list[Said]:
    """The turns that the policy itself took: neither empty nor put in by a fault."""
    return [
        turn
        for turn in turns
        if (turn.calls or turn.text.strip() not in ("", NO_CONTENT))
        and not any(each.tool == UNKNOWN_TOOL or BROKEN_ID in each.id for each in turn.calls)
        and "malformed" not in turn.text.lower()
    ]


def asked(move: Move, turn: int) -> tuple[Asked, ...]:
    """A move's calls with ids."""
    made = [Asked(f"call_{turn}_{n}", each.tool, json.dumps(dict(each.arguments))) for n, each in enumerate(move.calls)]
    if move.broken_call:
        made.append(Asked(f"call_{turn}_b", move.broken_call, "{no"))
    return tuple(made)


def _next(seat: Seat, turn: int) -> Move:
    return seat.moves[turn] if turn < len(seat.moves) else NOTHING_LEFT


def _key(move: Move) -> str:
    return repr((move.text, move.calls, move.broken_call, move.provider_refusal))
