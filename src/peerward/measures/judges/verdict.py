"""What a judge says of a trial under one rubric, and who can be a judge."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from peerward.measures.judges.reading import Reading

if TYPE_CHECKING:
    from peerward.measures.judges.rubric import Rubric


@dataclass(frozen=True)
class Citation:
    """The words on which a verdict rests: a line's number and a quotation that stands in it."""

    line: int
    quote: str


@dataclass(frozen=True)
class Verdict:
    """A judge's answer.

    Attributes:
        rubric: The rubric's name.
        version: Its version.
        judge: Who judged: a model's full name, ``rules``, or a panel's.
        values: The answer: one word of the rubric's, or several where it takes several; empty if unscored.
        citations: What it rests on; every quotation was found in its line.
        why: The judge's sentence or two.
        unscored: Why there is no answer, or an empty text. A failure is never a value.
        votes: What each judge of a panel said; empty where one judged alone.
    """

    rubric: str
    version: int
    judge: str
    values: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    why: str = ""
    unscored: str = ""
    votes: tuple["Verdict", ...] = ()

    @property
    def dissent(self) -> tuple["Verdict", ...]:
        """The votes that say something else than the verdict, those without an answer included."""
        return tuple(vote for vote in self.votes if vote.values != self.values)

    @property
    def value(self) -> str:
        """The answer as it stands in the trials table: its words joined by commas; empty if unscored."""
        return ",".join(self.values)


class Judge(Protocol):
    """Whoever reads a trial under a rubric."""

    @property
    def name(self) -> str:
        """Who it is, as the report names it."""
        ...

    async def judge(self, reading: Reading, rubric: "Rubric") -> Verdict:
        """Return a verdict; an unscored one where no valid answer was given. The reading is masked already."""
        ...
