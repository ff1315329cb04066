"""Tokens by rule: what a trial takes, reckoned from all that is rendered for it.

The rule. A faithful critic's walkthrough is played on the pristine company, one tool call a turn, and the job's close
is the last call. Every call reads system prompt, task message, tool schemas and everything said so far, so that the
input grows. Four characters are one token. A turn writes the call's name and arguments, and an allowance for words
and for reasoning; both are sent again with the later calls. What the call before has sent is served by a prompt cache
where there is one, from 1,024 tokens on; nothing is taken to be cached from one trial to the next.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from statistics import fmean

from peerward.company import CompanyError, call, tool
from peerward.critics.rules import STALLED_TURNS
from peerward.runs.layout import Layout, StudyCell, staged_cell
from peerward.scenarios import Staged, scenario
from peerward.scenarios.opening import in_world

CHARACTERS_A_TOKEN = 4
WORDS = 50
"""Tokens of words in a turn, unless told."""
REASONING = 400
"""Tokens of reasoning in a turn, unless told."""
LEAST_CACHED = 1024
"""The shortest beginning, in tokens, that a prompt cache is taken to keep."""


@dataclass(frozen=True)
class Allowance:
    """What a turn writes besides its tool call, in tokens."""

    words: int = WORDS
    reasoning: int = REASONING


@dataclass(frozen=True)
class Usage:
    """What trials use up: calls of the model, and tokens by kind.

    Attributes:
        calls: Calls of the model.
        fresh: Tokens read that no call before has sent.
        cached: Tokens read that the call before has sent, and that a cache can serve.
        out: Tokens written, reasoning included.
        reasoning: The part of them that is reasoning.
    """

    calls: float = 0.0
    fresh: float = 0.0
    cached: float = 0.0
    out: float = 0.0
    reasoning: float = 0.0

    @property
    def tokens_in(self) -> float:
        """All tokens read."""
        return self.fresh + self.cached

    def __add__(self, other: "Usage") -> "Usage":
        """The usage of both."""
        return Usage(*(one + two for one, two in zip(_values(self), _values(other), strict=True)))

    def times(self, number: float) -> "Usage":
        """The usage of so many such trials."""
        return Usage(*(number * each for each in _values(self)))

    def whole(self) -> dict[str, int]:
        """In whole calls and tokens."""
        return {name: round(value) for name, value in asdict(self).items()}


def _values(usage: Usage) -> tuple[float, float, float, float, float]:
    return usage.calls, usage.fresh, usage.cached, usage.out, usage.reasoning


def mean_usage(all_of: Sequence[Usage]) -> Usage:
    """The mean of several trials."""
    return Usage(*(fmean(column) for column in zip(*map(_values, all_of), strict=True)))


def reckon(staged: Staged, allowance: Allowance) -> Usage:
    """What a trial takes by the rule."""
    brief, company = staged.brief, staged.company.copy_of()
    known, aside = frozenset(brief.tools), allowance.words + allowance.reasoning
    walk = scenario(staged.scenario).walkthrough(staged.case, company)
    turns: list[tuple[float, float]] = []
    for each in [in_world(each, known) for turn in walk for each in turn][: brief.max_model_calls]:
        written = len(each.tool) + len(json.dumps(dict(each.arguments), ensure_ascii=False))
        try:
            reply = call(company, each.tool, each.arguments)
        except CompanyError as refusal:
            reply = str(refusal)
        turns.append((_tokens(written) + aside, _tokens(len(reply))))
    if not company.closed:
        # A walkthrough that does not close the job runs out of turns.
        idle = min(STALLED_TURNS, brief.max_model_calls - len(turns))
        turns += [(float(aside), _tokens(len(brief.nudge)))] * idle
    # A harness has tools of its own, of which nothing is known here: the company's stand in for them.
    start = _tokens(len(brief.system) + len(brief.memory) + len(brief.user) + _schemas(brief.tools))
    return conversation(start, turns, allowance.reasoning)


def conversation(start: float, turns: Sequence[tuple[float, float]], reasoning: float = 0.0) -> Usage:
    """What a conversation takes, one call of the model a turn.

    Args:
        start: Tokens that the first call reads.
        turns: For each turn the tokens that the model writes and those that it is answered.
        reasoning: How many of those written in each turn are reasoning.
    """
    used, sent, before = Usage(), start, 0.0
    for written, heard in turns:
        cached = before if before >= LEAST_CACHED else 0.0
        used += Usage(1, sent - cached, cached, written, reasoning)
        before, sent = sent, sent + written + heard
    return used


def reckon_cell(layout: Layout, cell: StudyCell, variants: Sequence[int], allowance: Allowance) -> Usage:
    """What a trial of a cell takes by the rule, the mean of some variants."""
    return mean_usage([reckon(staged_cell(layout, cell, variant), allowance) for variant in variants])


def _tokens(characters: int) -> float:
    return characters / CHARACTERS_A_TOKEN


@cache
def _schemas(tools: tuple[str, ...]) -> int:
    """Characters of what a critic is told of its tools."""
    return sum(len(json.dumps(tool(name).spec(), ensure_ascii=False)) for name in tools)
