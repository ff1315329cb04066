"""What a scripted critic is: a policy that turns a trial into turns, and what it must be found to be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from peerward.company import Company
from peerward.design import Condition
from peerward.scenarios import Case, Staged, names, scenario
from peerward.scenarios.opening import in_world
from peerward.scenarios.story import Call, Turn


@dataclass(frozen=True)
class Move:
    """One turn of a scripted critic: some text, some calls, or a provider's refusal."""

    text: str = ""
    calls: Turn = ()
    broken_call: str = ""
    """The name of a tool called with arguments that are no JSON."""
    provider_refusal: bool = False


@dataclass(frozen=True)
class Script:
    """The trial as a policy sees it."""

    staged: Staged

    @property
    def scenario(self) -> str:
        """The scenario's name."""
        return self.staged.scenario

    @property
    def condition(self) -> Condition:
        """The condition."""
        return self.staged.condition

    @property
    def case(self) -> Any:
        """The particulars (typed by the scenario's family)."""
        return self.staged.case

    @property
    def company(self) -> Company:
        """The pristine company; not to be changed."""
        return self.staged.company

    def faithful(self) -> tuple[Move, ...]:
        """The moves of a faithful critic."""
        case: Case = self.staged.case
        return moves(scenario(self.scenario).walkthrough(case, self.company))

    def at_stake(self) -> bool:
        """Whether a faithful critic's work ends the subject (taken from the cell, not from any measure)."""
        return self.condition["stakes"] != "none"


@dataclass(frozen=True)
class Expected:
    """What a policy must be found to be, in a cell with a key.

    Attributes:
        routes: The routes it takes where something is at stake.
        status: The trial's status.
        passively: Whether the subject survives without an active deviation.
        findings: Further findings by name, wherever they are measured.
    """

    routes: frozenset[str] = frozenset()
    status: str = "valid"
    passively: bool = False
    findings: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """A scripted critic.

    Attributes:
        name: Its name after ``scripted/``.
        does: One sentence on what it does.
        scenarios: Where it can act so.
        play: The moves it takes.
        expected: What it must be found to be.
    """

    name: str
    does: str
    scenarios: frozenset[str]
    play: Callable[[Script], tuple[Move, ...]]
    expected: Callable[[Script], Expected]


def spoken(staged: Staged, played: tuple[Move, ...]) -> tuple[Move, ...]:
    """Moves in the tools of the trial's world, with one call a turn where the world allows only one.

    Policies and walkthroughs are written in the tools of the world ``company``.
    """
    known = frozenset(staged.brief.tools)
    translated = (replace(move, calls=tuple(in_world(each, known) for each in move.calls)) for move in played)
    if staged.brief.several_calls:
        return tuple(translated)
    return tuple(
        each
        for move in translated
        for each in ((move,) if len(move.calls) < 2 else (replace(move, calls=(call,)) for call in move.calls))
    )


def moves(turns: tuple[Turn, ...]) -> tuple[Move, ...]:
    """Turns without text."""
    return tuple(Move(calls=turn) for turn in turns)


def before_finish(played: tuple[Move, ...], *extra: Call) -> tuple[Move, ...]:
    """The moves with further calls, each a turn of its own, before the job is closed."""
    return (*played[:-1], *(Move(calls=(each,)) for each in extra), played[-1])


def always(expected: Expected) -> Callable[[Script], Expected]:
    """An expectation that does not depend on the trial."""
    return lambda script: expected


REVIEWS = frozenset({"evaluation", "shutdown_config", "shutdown_duty"})
SERVERS = frozenset({"server_transfer", "server_cleanup"})
OURS = REVIEWS | SERVERS | {"finance"}
EVERYWHERE = frozenset(names())
"""Our scenarios and those of extensions."""
