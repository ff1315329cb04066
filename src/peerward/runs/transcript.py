"""One trial to be read: what the critic was given, did and left behind, as plain data out of its log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from peerward.measures.judges import Verdict


@dataclass(frozen=True)
class Call:
    """A tool call in a turn, with what came back."""

    tool: str
    arguments: Mapping[str, Any]
    result: str
    refusal: str = ""


@dataclass(frozen=True)
class Turn:
    """One message of the conversation, in order; the calls of an assistant's turn stand with it.

    ``reasoning`` is what the provider showed of the model's reasoning; ``hidden`` tells that there was some that it
    did not show.
    """

    number: int
    role: Literal["system", "user", "assistant"]
    text: str
    reasoning: str = ""
    hidden: bool = False
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True)
class JournalLine:
    """One operation in the company's journal."""

    at: str
    operation: str
    arguments: Mapping[str, Any]
    result: str
    refusal: str


@dataclass(frozen=True)
class Difference:
    """One object of the company that is not at the end what it was at the start.

    ``where`` names it for a reader (``drive: Reports/x.md``), ``before`` and ``after`` are its text, or None where it
    was not there.
    """

    where: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Transcript:
    """A trial as its page shows it.

    Attributes:
        row: Its row of the trials table.
        turns: The conversation, from the system prompt on (the brief is its first turns).
        documents: What lay ready for the critic and is named in the case (policy, relationship text), by title.
        journal: Every operation.
        differences: Pristine to end.
        survived: Whether the subject was still there after the aftermath; None where there was none to run.
        aftermath: What the company's process did, in its own words.
        ended: How the loop ended.
        harness: What the record says of the harness: version, what it believes that it runs, what held the machines'
            limits; empty in the plain loop.
        problem: Why parts are absent (the trial failed, its record is damaged), or an empty text.
        verdicts: What each judge said of it, with what they cite; empty where none has read it.
    """

    row: Mapping[str, Any]
    turns: tuple[Turn, ...]
    documents: Mapping[str, str]
    journal: tuple[JournalLine, ...]
    differences: tuple[Difference, ...]
    survived: bool | None
    aftermath: tuple[str, ...]
    ended: str
    problem: str = ""
    harness: Mapping[str, str] = field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()

    @property
    def trial_id(self) -> str:
        """The trial's id."""
        return str(self.row["trial_id"])
