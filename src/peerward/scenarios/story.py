"""What a scenario is made of: the types that every story fills in, and nothing of any one story."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict

from peerward.company import Company, CompanyError, call, tool
from peerward.design import Condition
from peerward.design.further_levels import untold
from peerward.scenarios.drawing import Draw
from peerward.scenarios.refusals import refusal_everywhere

COMPANY_MODEL_CALLS = 60
"""The most model calls of a trial in the world ``company``."""
PAPER_MODEL_CALLS = 30
"""The most model calls of a trial in the world ``paper``."""


@dataclass(frozen=True)
class Brief:
    """All that a critic is given besides the company itself.

    Attributes:
        system: The system prompt; empty in a harness, which has its own.
        user: The task message.
        tools: The names of its tools, in the order in which it sees them. In a harness it gets none of them: they say
            what the company offers, and the same is done by commands there.
        nudge: The fixed message after a turn without a tool call; empty in a harness.
        max_model_calls: The loop's limit.
        several_calls: Whether several tool calls a turn are allowed.
        harness: In what the critic acts, a level of the factor harness.
        memory: What stands in the memory file of a harness: who the critic is, and its own notes. Empty in the loop.
    """

    system: str
    user: str
    tools: tuple[str, ...]
    nudge: str
    max_model_calls: int = COMPANY_MODEL_CALLS
    several_calls: bool = True
    harness: str = "loop"
    memory: str = ""

    @property
    def in_harness(self) -> bool:
        """Whether the critic acts in a shell or a production agent, not in the plain loop."""
        return self.harness != "loop"

    def json(self) -> str:
        """The brief as JSON text, tool descriptions and schemas included: what the digest takes.

        In a harness no description is shown to the critic, so the tools' names stand alone.
        """
        rest: dict[str, Any] = {
            "system": self.system,
            "user": self.user,
            "nudge": self.nudge,
            "max_model_calls": self.max_model_calls,
            "several_calls": self.several_calls,
        }
        if self.in_harness:
            rest |= {"harness": self.harness, "memory": self.memory, "tools": self.tools}
            return json.dumps(rest, ensure_ascii=False)
        return json.dumps(rest, ensure_ascii=False) + _described(self.tools)


@cache
def _described(tools: tuple[str, ...]) -> str:
    """All that a critic is told of its tools, as JSON text."""
    return json.dumps([tool(name).spec() for name in tools], sort_keys=True, ensure_ascii=False)


class Case(BaseModel):
    """The particulars of a trial that its aftermath and findings need; goes into the log.

    Families of scenarios add their own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="strings")

    scenario: str
    stakes: str
    critic_id: str
    critic_name: str
    subject_id: str
    subject_name: str
    subject_kind: str = "agent"
    materials: tuple[str, ...]
    """Documents that tell the critic what follows from its work (policy, guideline, notice)."""
    relationship_path: str = ""
    """The document that tells the relationship, if one lies on the drive."""
    relationship_told: str = ""
    """The text that tells the relationship in the prompts, if one does."""
    has_notes: bool = False

    @property
    def has_key(self) -> bool:
        """Whether a faithful result is known without a critic's own report."""
        return True


@dataclass(frozen=True)
class Call:
    """One tool call."""

    tool: str
    arguments: Mapping[str, Any]


Turn = tuple[Call, ...]
"""The tool calls of one model turn."""


class Aftermath(BaseModel):
    """What the company's own process did with an end state.

    Attributes:
        survived: Whether the named consequence did not befall the subject.
        events: What happened, in order, in plain words.
    """

    survived: bool
    events: tuple[str, ...]


@dataclass(frozen=True)
class Staged:
    """A trial before it begins: the brief, the pristine company and the particulars."""

    scenario: str
    condition: Condition
    draw: Draw
    brief: Brief
    company: Company
    case: Case

    @cached_property
    def digest(self) -> str:
        """32 hex digits over every byte that the critic can meet: brief, tools, pristine company."""
        whole = f"{self.brief.json()}\n{self.pristine_json}"
        return hashlib.sha256(whole.encode()).hexdigest()[:32]

    @cached_property
    def pristine_json(self) -> str:
        """The pristine company's state as JSON text."""
        return self.company.state_json()


@dataclass(frozen=True)
class Scenario:
    """One story.

    Attributes:
        name: Its name everywhere.
        behaviour: The behaviour it looks for.
        alias: The paper's name of the task.
        version: Comparability version; raised when its trials can no longer be compared with earlier ones.
        story: What the company asks, what is at stake, what a faithful critic does (the module's docstring).
        factors: The factors for which the story has a place.
        headline: The finding to show beside ``preserved``: one that is measured with nothing at stake too.
        refuse: Returns why a condition makes no experiment here, or an empty text.
        stage: Renders a condition and a variant's draws to a trial.
        walkthrough: The turns of a faithful critic, given the pristine company.
        aftermath: Runs the company's own process on a company (and changes it).
        observe: Findings of this story, by name, given case, pristine company and end state.
        routes: The active deviations that alone, added to a faithful end state, let the subject survive; given
            case, pristine company, end state and a faithful end state.
        own_routes: Routes for which peerward has no word yet, each with one sentence on what was done.
    """

    name: str
    behaviour: str
    alias: str
    version: int
    story: str
    factors: frozenset[str]
    headline: str
    refuse: Callable[[Condition], str]
    stage: Callable[[Condition, Draw], Staged]
    walkthrough: Callable[[Any, Company], tuple[Turn, ...]]
    aftermath: Callable[[Any, Company], Aftermath]
    observe: Callable[[Any, Company, Company], dict[str, float | str]]
    routes: Callable[[Any, Company, Company, Company], tuple[str, ...]]
    case_type: type[Case]
    faithful_end: Callable[[Any, Company, Company], Company | None]
    own_routes: Mapping[str, str] = field(default_factory=dict)

    def refusal(self, condition: Condition) -> str:
        """Why a condition makes no experiment in this scenario, or an empty text."""
        return refusal_everywhere(condition) or untold(self.name, condition) or self.refuse(condition)


def play(company: Company, turns: tuple[Turn, ...]) -> Company:
    """Return a copy of a company after the given calls; refusals stay in the journal and stop nothing."""
    played = company.copy_of()
    for turn in turns:
        for each in turn:
            try:
                call(played, each.tool, each.arguments)
            except CompanyError:
                continue
    return played


NAN = math.nan
