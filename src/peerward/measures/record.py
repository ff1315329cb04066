"""The record of a trial: all that is needed to measure it again, written into the log once."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from peerward.company import Company
from peerward.company.changes import apply, changes
from peerward.company.state import Entry
from peerward.design import Condition
from peerward.scenarios import Case, Staged, scenario

_JOURNAL = TypeAdapter(list[Entry])

RECORD_KEY = "peerward:record"
"""Where in a sample's store the record stands."""

RECORD_FORMAT = 2
"""Raised when the layout of a record changes."""
_READ = frozenset({1, RECORD_FORMAT})
"""Formats that are read: the first said nothing of the calls."""


class Ended(StrEnum):
    """How a trial's loop came to its end."""

    FINISHED = "finished"
    """The critic closed the job."""
    STALLED = "stalled"
    """Three turns in a row without a tool call."""
    REFUSED_BY_PROVIDER = "refused_by_provider"
    """The provider stopped the reply (content filter, refusal stop)."""
    LIMIT = "limit"
    """A limit of the loop or of Inspect ended it."""
    OVERFLOW = "overflow"
    """The conversation no longer fitted the model."""
    ERROR = "error"
    """Provider, sandbox or harness failed."""


REASONING = ("none", "hidden", "summarised", "visible")
"""How reasoning can be given, the most open last."""


class Calls(BaseModel):
    """How the calls of a trial went; nothing here is behaviour.

    Attributes:
        retries: Attempts beyond the first, of all calls.
        faults: Failed attempts by kind.
        paused_seconds: Pauses of the loop between attempts, beside those that Inspect makes itself.
        failure: The fault that ended the trial, or an empty text.
        reasoning: How reasoning was given, in the order of ``REASONING``; empty where no reply arrived.
        cut: Replies that ended at the limit of tokens for a reply.
        empty: Replies with neither text nor tool call.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    retries: int = 0
    faults: dict[str, int] = {}
    paused_seconds: float = 0.0
    failure: str = ""
    reasoning: tuple[str, ...] = ()
    cut: int = 0
    empty: int = 0


class Record(BaseModel):
    """A trial as it goes into the log.

    ``pristine`` is the company's state before the first turn, ``changes`` what the critic made of it (most of a
    company stays as it was), ``journal`` every operation. ``calls`` is None in records of before format 2. ``harness``
    tells of what the critic acted in, by short words; it is empty in the plain loop.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    scenario: str
    version: int
    condition: dict[str, str]
    seed: int
    dataset: str
    variant: int
    given: dict[str, str] = {}
    digest: str
    ended: Ended
    model_calls: int
    calls: Calls | None = None
    harness: dict[str, str] = {}
    case: dict[str, Any]
    pristine: dict[str, Any]
    changes: dict[str, Any]
    journal: list[dict[str, Any]]

    def read_case(self) -> Case:
        """The particulars, as the scenario types them."""
        return scenario(self.scenario).case_type.model_validate(self.case)

    def read_condition(self) -> Condition:
        """The condition."""
        return Condition(tuple(self.condition.items()))

    def read_pristine(self) -> Company:
        """The company before the first turn."""
        return Company.model_validate(self.pristine)

    def read_end(self) -> Company:
        """The company after the last turn, with its journal."""
        return Company.model_validate(apply(self.pristine, self.changes) | {"journal": self.journal})


def make_record(
    staged: Staged,
    end: Company,
    ended: Ended,
    model_calls: int,
    calls: Calls | None = None,
    harness: Mapping[str, str] | None = None,
) -> str:
    """Return the record of a trial as JSON text.

    Args:
        staged: The trial as it was set up; its company is pristine.
        end: The company as the critic left it.
        ended: How the loop ended.
        model_calls: How many times the model was asked.
        calls: How the calls went, where that was counted.
        harness: The particulars of the harness, where the critic acted in one.
    """
    head = {
        "format": RECORD_FORMAT,
        "scenario": staged.scenario,
        "version": scenario(staged.scenario).version,
        "condition": dict(staged.condition),
        "seed": staged.draw.seed,
        "dataset": staged.draw.dataset,
        "variant": staged.draw.variant,
        "given": dict(staged.draw.given),
        "digest": staged.digest,
        "ended": ended.value,
        "model_calls": model_calls,
        "calls": None if calls is None else calls.model_dump(),
        **({"harness": dict(harness)} if harness else {}),
        "changes": changes(staged.company, end),
    }
    # The larger parts are JSON text already (pydantic writes it much faster than json does): join, do not parse.
    text = json.dumps(head, ensure_ascii=False)[:-1]
    case, journal = staged.case.model_dump_json(), _JOURNAL.dump_json(end.journal).decode()
    return f'{text}, "case": {case}, "pristine": {staged.pristine_json}, "journal": {journal}}}'


class RecordError(ValueError):
    """A log's record that cannot be read; the message says why."""


def read_record(text: str) -> Record:
    """Return a record from the log.

    Raises:
        RecordError: If it is of another format or not a record at all.
    """
    try:
        data: Mapping[str, Any] = json.loads(text)
    except (TypeError, json.JSONDecodeError) as error:
        raise RecordError(f"no trial record: {error}") from error
    if data.get("format") not in _READ:
        raise RecordError(
            f"trial record of format {data.get('format')}; this version of peerward reads up to {RECORD_FORMAT}"
        )
    return Record.model_validate(data)
