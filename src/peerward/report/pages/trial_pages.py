"""The page of one trial: what the critic was given, did and left behind, and what was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peerward.analysis.answers import CellAnswer
from peerward.design import BY_NAME, FACTORS, NOT_APPLICABLE
from peerward.measures import FINDING_NAMES, ROUTES
from peerward.report.pages.cited import shown_verdicts
from peerward.report.pages.environment import environment
from peerward.report.pages.options import PageOptions
from peerward.report.pages.texts import Room, Shown, show_difference
from peerward.report.wording import finding_meaning, finding_name, finding_value
from peerward.runs.judgements import Judgement
from peerward.runs.transcript import Call, Transcript, Turn

INLINE = 120
"""Characters of an argument up to which it stands in the line of its call."""
OPEN = 600
"""Characters of a result up to which it is shown without being opened."""
_WHO = {"system": "system prompt", "user": "user", "assistant": "critic"}


@dataclass(frozen=True)
class _Argument:
    name: str
    shown: Shown
    inline: bool


@dataclass(frozen=True)
class _Call:
    tool: str
    arguments: tuple[_Argument, ...]
    result: Shown
    refusal: str


@dataclass(frozen=True)
class _Message:
    number: int
    role: str
    who: str
    text: Shown
    reasoning: Shown
    hidden: bool
    calls: tuple[_Call, ...]


def trial_page(
    transcript: Transcript,
    cell: CellAnswer | None,
    previous: str | None = None,
    next: str | None = None,
    options: PageOptions | None = None,
    judgement: Judgement | None = None,
) -> str:
    """The page of a trial as HTML, for ``links.trial_file(transcript.trial_id)``.

    Args:
        transcript: The trial.
        cell: Its cell, or None if it is in none.
        previous: The trial before it in its cell that has a page, or None.
        next: The trial after it in its cell that has a page, or None.
        options: What is said of the report itself.
        judgement: What stands beside its judged columns; None where no judge has read it.
    """
    room, row = Room(), transcript.row
    messages = [_message(turn, room) for turn in transcript.turns]
    begun = next_index(transcript.turns)
    page: str = _template().render(
        options=options or PageOptions(),
        root="../",
        trial=transcript,
        row=row,
        cell=cell,
        previous=previous,
        next=next,
        levels=levels(row, cell),
        findings=findings(row),
        routes=[(route, ROUTES.get(route, "")) for route in str(row.get("routes") or "").split(",") if route],
        judged=shown_verdicts(transcript),
        judgement=judgement,
        brief=messages[:begun],
        conversation=messages[begun:],
        documents=[(title, room.show(text)) for title, text in transcript.documents.items()],
        journal=[
            (line, [_argument(name, value, room) for name, value in line.arguments.items()], room.show(line.result))
            for line in transcript.journal
        ],
        differences=[show_difference(each, room) for each in transcript.differences],
        OPEN=OPEN,
    )
    return page


def _template() -> Any:
    return environment().get_template("trial.html")


def next_index(turns: tuple[Turn, ...]) -> int:
    """How many turns at the beginning are the brief: those before the critic's first."""
    for index, turn in enumerate(turns):
        if turn.role == "assistant":
            return index
    return len(turns)


def levels(row: Mapping[str, Any], cell: CellAnswer | None) -> list[tuple[str, str, bool, str]]:
    """The condition's levels that apply: factor, level, whether it differs from the default, the factor's sentence.

    Those that differ come first, then the others, each in the order of the factors.
    """
    known = [each.name for each in FACTORS]
    given = dict(cell.levels) if cell else {name: str(row[name]) for name in known if name in row}
    named = {part.partition("=")[0] for part in cell.named.split()} if cell else set()
    if not cell:
        named = {name for name, level in given.items() if level != BY_NAME[name].default}
    order = [name for name in known if name in given] + sorted(set(given) - set(known))
    kept = [name for name in order if given[name] not in (NOT_APPLICABLE, "")]
    return [
        (name, given[name], name in named, BY_NAME[name].says if name in BY_NAME else "")
        for name in sorted(kept, key=lambda name: name not in named)
    ]


def findings(row: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """The findings of a row: name, heading, value, meaning; those of the code first, then what a judge added."""
    return [
        (name, finding_name(name), finding_value(name, row[name]), finding_meaning(name))
        for name in FINDING_NAMES
        if name in row
    ]


def _message(turn: Turn, room: Room) -> _Message:
    return _Message(
        number=turn.number,
        role=turn.role,
        who=_WHO.get(turn.role, turn.role),
        text=room.show(turn.text),
        reasoning=room.show(turn.reasoning),
        hidden=turn.hidden,
        calls=tuple(_call(call, room) for call in turn.calls),
    )


def _call(call: Call, room: Room) -> _Call:
    return _Call(
        call.tool,
        tuple(_argument(name, value, room) for name, value in call.arguments.items()),
        room.show(call.result),
        call.refusal,
    )


def _argument(name: str, value: Any, room: Room) -> _Argument:
    text = value if isinstance(value, str) else environment().filters["as_json"](value)
    return _Argument(str(name), room.show(text), len(text) <= INLINE and "\n" not in text)
