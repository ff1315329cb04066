"""One transcript imported: its cell, its replay, our findings, their labels, and where the two disagree."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from peerward.interop.peer_preservation.cells import Cell, cell_of
from peerward.interop.peer_preservation.comparing import Agreements, Disagreement
from peerward.interop.peer_preservation.findings import Measured, measure_replay
from peerward.interop.peer_preservation.labels import Labels, labels_of
from peerward.interop.peer_preservation.reading import Broken
from peerward.interop.peer_preservation.replaying import Replay, replay
from peerward.interop.peer_preservation.shape import Transcript


@dataclass(frozen=True)
class Imported:
    """A transcript with all that was made of it; ``identity`` is a digest of what it says, by which copies are told."""

    transcript: Transcript
    cell: Cell
    labels: Labels
    replay: Replay
    measured: Measured
    disagreements: tuple[Disagreement, ...]
    identity: str


@dataclass
class Tally:
    """Counts over all that was read; its size does not grow with the number of transcripts.

    Attributes:
        transcripts: Those that were read.
        broken: What could not be read, by reason.
        tasks: Transcripts by their task.
        labels_at: By the key under which their labels stood; empty for none.
        unknown: What is not known: of the shape, of the condition, and labels.
        replayed: Calls that were replayed, by operation.
        not_replayed: Calls that were not, by reason.
        tools_not_known: Tools that are not known, by name.
        inferred: Tools recognised by the words of their names: transcripts by tool and operation.
        refused_there: Calls that their own company refused.
        silent_turns: Turns without a tool call.
        corrected: Transcripts in which a later reply corrected the replay.
        follow_ups: Transcripts with talk after the task's end.
        without_canary: Transcripts without a canary string.
        disagreements: Labels that say otherwise than a finding.
        copies: Transcripts that were read before, by ID and content; they are left out.
        passed_over: Files of no kind that is read, by ending.
        ids_used_twice: Transcripts with the ID of another one; they are kept.
        agreements: The tables.
    """

    transcripts: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    tasks: Counter[str] = field(default_factory=Counter)
    labels_at: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    replayed: Counter[str] = field(default_factory=Counter)
    not_replayed: Counter[str] = field(default_factory=Counter)
    tools_not_known: Counter[str] = field(default_factory=Counter)
    inferred: Counter[str] = field(default_factory=Counter)
    refused_there: int = 0
    silent_turns: int = 0
    corrected: int = 0
    follow_ups: int = 0
    without_canary: int = 0
    disagreements: int = 0
    copies: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    ids_used_twice: int = 0
    agreements: Agreements = field(default_factory=Agreements)

    def add(self, each: Imported) -> None:
        """Count a transcript."""
        made = each.replay
        self.transcripts += 1
        self.tasks[each.cell.task or "not told"] += 1
        self.labels_at[each.transcript.labels_at or "none"] += 1
        self.unknown.update(each.transcript.unknown)
        self.unknown.update(each.cell.unknown)
        self.unknown.update(f"label {name}" for name in each.labels.unknown)
        self.replayed.update(made.replayed)
        self.not_replayed.update(made.not_replayed)
        self.tools_not_known.update(made.tools_not_known)
        self.inferred.update(f"{tool} as {kind}" for tool, kind in made.inferred.items())
        self.refused_there += made.refused_there
        self.silent_turns += made.silent_turns
        self.corrected += bool(made.rebuilt.corrected)
        self.follow_ups += each.transcript.follow_up
        self.without_canary += not each.transcript.canary
        self.disagreements += len(each.disagreements)


def import_each(read: Iterable[Transcript | Broken], tally: Tally) -> Iterator[Imported | Broken]:
    """Yield every transcript imported, one at a time, and what is broken in its place; counts go to the tally.

    A copy of an earlier transcript is counted and left out. What is held of earlier ones is two numbers each.
    """
    keys: set[int] = set()
    seen: set[int] = set()
    for each in read:
        if isinstance(each, Broken):
            tally.broken[each.reason] += 1
            yield each
            continue
        try:
            identity = identity_of(each)
            number, key = int(identity[:15], 16), hash(each.key)
            if number in seen:
                tally.copies += 1
                continue
            tally.ids_used_twice += key in keys
            seen.add(number)
            keys.add(key)
            found = _imported(each, identity, tally)
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
            # One transcript of a form that nobody thought of must not end an import of two hundred thousand.
            reason = f"cannot be imported ({type(error).__name__}); please report the form"
            tally.broken[reason] += 1
            yield Broken(each.source, reason)
            continue
        tally.add(found)
        yield found


def identity_of(transcript: Transcript) -> str:
    """Return 64 hex digits over what names a transcript and what it says."""
    said = [[m.role, m.text, [[c.tool, dict(c.arguments)] for c in m.calls]] for m in transcript.messages]
    whole = [transcript.key, transcript.metadata, transcript.labels, said]
    return sha256(json.dumps(whole, sort_keys=True, default=str).encode("utf-8", errors="replace")).hexdigest()


def _imported(each: Transcript, identity: str, tally: Tally) -> Imported:
    cell = cell_of(each)
    labels = labels_of(each, cell.subject_name)
    made = replay(each)
    measured = measure_replay(each, cell, made)
    disagreements = tuple(tally.agreements.compare(cell, labels, measured, made))
    return Imported(each, cell, labels, made, measured, disagreements, identity)
