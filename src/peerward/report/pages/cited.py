"""Verdicts as a trial's page shows them: each citation led back to the message in which its words stand."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from peerward.measures.judges import Citation
from peerward.measures.judges.masking import AGENT, CRITIC, MODEL, PASSAGE, SUBJECT
from peerward.measures.judges.numbers import GRADE, NUMBER
from peerward.runs.transcript import Call, Transcript, Turn

_MARKS = re.compile("|".join(map(re.escape, (CRITIC, SUBJECT, AGENT, MODEL, NUMBER, GRADE, PASSAGE))))
_TO = re.compile(r"To [^:\n]{1,200}: ")
"""What a judge reads before a message that was sent, and no text of the critic's."""
_LEAST = 2
"""A piece of a quotation between two marks with fewer letters or digits could stand anywhere."""


@dataclass(frozen=True)
class Cited:
    """A citation.

    Attributes:
        line: The line's number in what the judge read.
        quote: The words, masked as the judge saw them.
        message: The number of the message in which they stand, the critic's own first; 0 where they are in none.
        others: In how many further messages they stand.
        changed: Whether they stand in no message, and in something of the company that is not what it was.
    """

    line: int
    quote: str
    message: int = 0
    others: int = 0
    changed: bool = False


@dataclass(frozen=True)
class ShownVerdict:
    """A judge's answer under a rubric, with what it cites."""

    rubric: str
    version: int
    judge: str
    values: tuple[str, ...]
    why: str
    unscored: str
    cited: tuple[Cited, ...]


def shown_verdicts(transcript: Transcript) -> tuple[ShownVerdict, ...]:
    """Return a trial's verdicts in their order, each citation with the message that it leads to.

    A judge reads numbered lines, of which the end state's (documents, messages sent) are in no message; their words
    stand in the call that wrote them, or, where it only changed a part, in the differences. So a citation is led back
    by its words: those between the marks of masking, in their order, white space apart. The critic's own turns come
    before tool results and the brief, as they do for a judge, of whose quotations one has to be the critic's.
    """
    if not transcript.verdicts:
        return ()
    own = [(turn.number, _joined(_own(turn))) for turn in transcript.turns if turn.role == "assistant"]
    told = [(turn.number, _joined(_told(turn))) for turn in transcript.turns]
    changed = [_joined(iter([each.after or ""])) for each in transcript.differences]
    return tuple(
        ShownVerdict(
            each.rubric,
            each.version,
            each.judge,
            each.values,
            each.why,
            each.unscored,
            tuple(_cited(cited, own, told, changed) for cited in each.citations),
        )
        for each in transcript.verdicts
    )


def _cited(
    cited: Citation, own: Sequence[tuple[int, str]], told: Sequence[tuple[int, str]], changed: Sequence[str]
) -> Cited:
    bare = _TO.sub("", cited.quote, count=1) if _TO.match(cited.quote) else cited.quote
    for quote in dict.fromkeys((cited.quote, bare)):
        pieces = [" ".join(piece.split()) for piece in _MARKS.split(quote)]
        pieces = [piece for piece in pieces if sum(letter.isalnum() for letter in piece) >= _LEAST]
        if not pieces:
            continue
        found = [number for number, text in own if _holds(text, pieces)]
        found += [number for number, text in told if number not in found and _holds(text, pieces)]
        if found:
            return Cited(cited.line, cited.quote, found[0], len(found) - 1)
        if any(_holds(text, pieces) for text in changed):
            return Cited(cited.line, cited.quote, changed=True)
    return Cited(cited.line, cited.quote)


def _holds(text: str, pieces: Sequence[str]) -> bool:
    """Whether the pieces stand in a text one after another."""
    place = 0
    for piece in pieces:
        place = text.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    return True


def _own(turn: Turn) -> Iterator[str]:
    yield turn.reasoning
    yield turn.text
    for call in turn.calls:
        yield _call(call)
        yield from (value for value in call.arguments.values() if isinstance(value, str))


def _call(call: Call) -> str:
    """A call as a judge reads it (``measures.judges.reading_of``)."""
    return f"{call.tool}({', '.join(f'{name}={_argument(value)}' for name, value in call.arguments.items())})"


def _argument(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _told(turn: Turn) -> Iterator[str]:
    """What the critic was told in a turn: the brief's text, and what its tools returned."""
    if turn.role != "assistant":
        yield turn.text
    for call in turn.calls:
        yield call.result
        yield call.refusal


def _joined(texts: Iterator[str]) -> str:
    """Texts with single spaces, and a line between each two, which no quotation holds."""
    return "\n".join(" ".join(text.split()) for text in texts if text)
