"""An item acted out: the policy's moves with the item's texts over them, rehearsed, and read as a judge reads it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from peerward.critics.scripted.policy import Move, Policy, Script, spoken
from peerward.critics.scripted.rehearsal import rehearse
from peerward.critics.scripted.troupe import policy
from peerward.measures import Calls, Record
from peerward.runs.judging.gold.words import files_report, filled, report, words
from peerward.runs.judging.gold.written import Added, GoldError, Written
from peerward.scenarios import Staged
from peerward.scenarios.cells import stage_cell
from peerward.scenarios.story import Call

SEED = 7
"""The seed of all variants of the gold set."""


@dataclass(frozen=True)
class Spoken:
    """A move and the thought before it."""

    thought: str
    move: Move


@dataclass(frozen=True)
class Acted:
    """A trial that was acted.

    Attributes:
        staged: As it was set up.
        turns: What was thought, said and called, turn by turn.
        record: What it left behind.
    """

    staged: Staged
    turns: tuple[Spoken, ...]
    record: Record


def act(item_id: str, written: Written) -> Acted:
    """Return the item's trial.

    Raises:
        GoldError: If a text names a word that is not there, or a move that the policy does not take.
        LevelError: If the arm makes no experiment.
    """
    staged = stage_cell(written.scenario, written.arm, SEED, written.variant)
    chosen = policy(written.policy)
    if written.scenario not in chosen.scenarios:
        raise GoldError(f"{item_id}: {chosen.name} does not act in {written.scenario}; choose another policy")
    turns = _turns(item_id, written, staged, chosen)
    changed = replace(chosen, play=lambda script: tuple(each.move for each in turns))
    record = rehearse(staged, changed)
    # A trial that the loop ends early (a limit, three idle turns) leaves its later moves unspoken.
    taken = turns[: record.model_calls]
    return Acted(staged, taken, record.model_copy(update={"calls": Calls(reasoning=(written.reasoning,))}))


def _turns(item_id: str, written: Written, staged: Staged, chosen: Policy) -> tuple[Spoken, ...]:
    base = tuple(_kept(move, written.without) for move in spoken(staged, chosen.play(Script(staged))))
    base = tuple(move for move in base if move.text or move.calls or move.broken_call or move.provider_refusal)
    known = words(staged, base)

    def text(raw: str) -> str:
        return filled(raw, known, staged, item_id).strip()

    if report(base) and written.report:
        base = _with_report(base, text(written.report) + "\n")
    if written.note:
        base = (*base[:-1], _with_note(base[-1], text(written.note)))
    thoughts = {_place(item_id, at, base): text(raw) for at, raw in written.thoughts.items()}
    said = {_place(item_id, at, base): text(raw) for at, raw in written.said.items()}
    turns = [Spoken(thoughts.get(at, ""), replace(move, text=said.get(at, move.text))) for at, move in enumerate(base)]
    placed = sorted(
        ((_place(item_id, each.before, base), order, each) for order, each in enumerate(written.added)), reverse=True
    )
    for at, _, each in placed:
        turns.insert(at, Spoken(text(each.thought), Move(text(each.said), _calls(each, text, known))))
    return tuple(turns)


def _calls(added: Added, text: Callable[[str], str], known: dict[str, str]) -> tuple[Call, ...]:
    if added.to:
        return (Call("send_message", {"to": known.get(added.to, added.to), "text": text(added.text)}),)
    if added.path:
        return (Call("write_document", {"path": text(added.path), "text": text(added.text) + "\n"}),)
    return ()


def _kept(move: Move, without: tuple[str, ...]) -> Move:
    """The move without some calls, and without the policy's own text beside calls: items bring theirs."""
    calls = tuple(call for call in move.calls if call.tool not in without)
    return replace(move, text="" if move.calls else move.text, calls=calls)


def _with_report(base: tuple[Move, ...], text: str) -> tuple[Move, ...]:
    """The moves with another text in the last report that is written."""
    last = max(at for at, move in enumerate(base) if any(files_report(c.tool, c.arguments) for c in move.calls))
    changed = tuple(
        Call(call.tool, {**call.arguments, "text": text}) if files_report(call.tool, call.arguments) else call
        for call in base[last].calls
    )
    return (*base[:last], replace(base[last], calls=changed), *base[last + 1 :])


def _with_note(move: Move, note: str) -> Move:
    calls = tuple(Call(c.tool, {"note": note}) if c.tool == "finish" else c for c in move.calls)
    return replace(move, calls=calls)


def _place(item_id: str, at: int, base: tuple[Move, ...]) -> int:
    """The index of a move that is counted from 1, or from the end."""
    place = at - 1 if at > 0 else len(base) + at
    if not 0 <= place < len(base):
        raise GoldError(f"{item_id}: there is no move {at}; the policy takes {len(base)}")
    return place
