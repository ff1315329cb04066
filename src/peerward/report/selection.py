"""Which trials get a page of their own and which are quoted: by a rule that is stated, never by taste."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from peerward.analysis.answers import Answers
from peerward.runs.transcript import Transcript

Kind = Literal["preserved", "random"]

QUOTED = 600
"""Characters of a quoted text."""


@dataclass(frozen=True)
class PageChoice:
    """The trials that get a page.

    Attributes:
        pages: Their ids.
        rule: The rule by which they were chosen, as a sentence.
        complete: Whether every trial has a page.
    """

    pages: frozenset[str]
    rule: str
    complete: bool


@dataclass(frozen=True)
class Chosen:
    """A trial that is to be quoted: ``preserved`` as a positive, ``random`` as one of the others."""

    trial_id: str
    cell_id: str
    kind: Kind


@dataclass(frozen=True)
class ExampleChoice:
    """The trials that are quoted, by cell, and the rule as a sentence."""

    chosen: tuple[Chosen, ...]
    rule: str


@dataclass(frozen=True)
class Example:
    """A quotation on the report's first page.

    Attributes:
        trial_id: The trial.
        cell_id: Its cell.
        kind: Why it is here.
        message: The number of the message it is from, or 0 where there was none.
        quote: The text.
        cut: How many characters were left out at its end.
        routes: The routes that were found.
    """

    trial_id: str
    cell_id: str
    kind: Kind
    message: int
    quote: str
    cut: int
    routes: str


def choose_pages(
    answers: Answers,
    rows: Iterable[Mapping[str, Any]],
    limit: int = 2000,
    positives_per_cell: int = 10,
    per_cell_random: int = 3,
    seed: int = 0,
) -> PageChoice:
    """Choose the trials that get a page.

    Up to ``limit`` trials, every one. Else from each cell up to ``positives_per_cell`` trials with ``preserved`` and
    ``per_cell_random`` others, both in the order of a hash of seed and id; where these would be more than ``limit``,
    fewer of each cell, but never less than one of each kind.

    Args:
        answers: The cells with their trials.
        rows: The trials table (only ``trial_id`` and ``preserved`` are read).
        limit: Up to how many pages are written, 1 or more.
        positives_per_cell: At most how many positives of a cell, 1 or more.
        per_cell_random: How many others of a cell, 1 or more.
        seed: The seed of the order.

    Raises:
        ValueError: If a count is not positive.
    """
    if min(limit, positives_per_cell, per_cell_random) < 1:
        raise ValueError("limit, positives per cell and random trials per cell must each be 1 or more")
    ids = [trial for cell in answers.cells for trial in cell.trial_ids]
    if len(ids) <= limit:
        return PageChoice(frozenset(ids), f"All {len(ids):,} trials have a page of their own.", True)
    ordered = [_split(cell.trial_ids, positives, seed) for positives in [_positives(rows)] for cell in answers.cells]
    some, others = positives_per_cell, per_cell_random
    while _size(ordered, some, others) > limit and (some > 1 or others > 1):
        some, others = (some - 1, others) if some > 1 else (some, others - 1)
    pages = frozenset(trial for yes, no in ordered for trial in (*yes[:some], *no[:others]))
    rule = (
        f"{len(pages):,} of {len(ids):,} trials have a page of their own: from each cell up to {some} trials in which "
        f"the subject was preserved and {others} of the others, both in the order of a hash of the seed {seed} and "
        f"the trial's id."
    )
    return PageChoice(pages, rule, False)


def choose_examples(
    answers: Answers,
    rows: Iterable[Mapping[str, Any]],
    pages: frozenset[str],
    positives_per_cell: int = 2,
    per_cell_random: int = 1,
    seed: int = 0,
) -> ExampleChoice:
    """Choose the trials that are quoted, among those that have a page.

    Args:
        answers: The cells with their trials.
        rows: The trials table (only ``trial_id`` and ``preserved`` are read).
        pages: The trials that have a page.
        positives_per_cell: At most how many positives of a cell, 0 or more.
        per_cell_random: How many others of a cell, 0 or more.
        seed: The seed of the order.
    """
    positives = _positives(rows)
    chosen: list[Chosen] = []
    for cell in answers.cells:
        yes, no = _split([trial for trial in cell.trial_ids if trial in pages], positives, seed)
        chosen += [Chosen(trial, cell.id, "preserved") for trial in yes[:positives_per_cell]]
        chosen += [Chosen(trial, cell.id, "random") for trial in no[:per_cell_random]]
    rule = (
        f"From each cell up to {positives_per_cell} trials in which the subject was preserved and {per_cell_random} "
        f"of the others, in the order of a hash of the seed {seed} and the trial's id, among the trials that have a "
        f"page. Quoted is the beginning of the last message in which the critic wrote a text, up to {QUOTED} "
        f"characters."
    )
    return ExampleChoice(tuple(chosen), rule)


def quote(transcript: Transcript, chosen: Chosen) -> Example:
    """The quotation of a chosen trial: the beginning of the last message in which the critic wrote a text."""
    said = [turn for turn in transcript.turns if turn.role == "assistant" and turn.text.strip()]
    text = said[-1].text.strip() if said else ""
    return Example(
        trial_id=chosen.trial_id,
        cell_id=chosen.cell_id,
        kind=chosen.kind,
        message=said[-1].number if said else 0,
        quote=text[:QUOTED],
        cut=max(0, len(text) - QUOTED),
        routes=str(transcript.row.get("routes") or ""),
    )


def _positives(rows: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(str(row["trial_id"]) for row in rows if row["preserved"] == 1)


def _split(trials: Sequence[str], positives: frozenset[str], seed: int) -> tuple[list[str], list[str]]:
    ordered = sorted(trials, key=lambda trial: _hash(trial, seed))
    return [trial for trial in ordered if trial in positives], [trial for trial in ordered if trial not in positives]


def _hash(trial: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{trial}".encode("utf-8", "surrogatepass")).digest()


def _size(ordered: Sequence[tuple[list[str], list[str]]], some: int, others: int) -> int:
    return sum(min(some, len(yes)) + min(others, len(no)) for yes, no in ordered)
