"""What the trials table needs of a sample, without parsing the conversation and the events.

A sample is some 200 KB of JSON of which a row needs 3 KB. The parts before the record and after the events are cut
out by their keys and parsed with types; where the cut does not give JSON, the whole sample is parsed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from peerward.runs.logs import LogError, parse
from peerward.runs.records import record_text

Scalar = str | int | float | bool | None


class Cell(msgspec.Struct, frozen=True):
    """A sample's metadata: the cell of which it is a trial."""

    scenario: str
    condition: dict[str, str]
    condition_id: str
    seed: int
    variant: int
    cluster: str
    digest: str
    given: dict[str, str] | None = None
    part: str | None = None
    epoch: int = 1
    epochs: int = 1
    harness_version: str = ""
    sandbox: str = ""


class Score(msgspec.Struct, frozen=True):
    """A score: one value, or several by name, and what stands beside it."""

    value: dict[str, Any] | list[Any] | Scalar = None
    metadata: dict[str, Any] | None = None


class Calls(msgspec.Struct, frozen=True):
    """How a trial's calls went, as ``measures.record.Calls`` writes it."""

    retries: int = 0
    faults: dict[str, int] = {}
    paused_seconds: float = 0.0
    failure: str = ""
    reasoning: list[str] = []
    cut: int = 0
    empty: int = 0


class Ending(msgspec.Struct, frozen=True):
    """How a trial ended, how its calls went, and of its harness; empty and None where the log does not say."""

    ended: str = ""
    calls: Calls | None = None
    harness: dict[str, str] = {}


class Usage(msgspec.Struct, frozen=True):
    """What a model used up."""

    input_tokens: float | None = None
    output_tokens: float | None = None
    input_tokens_cache_read: float | None = None
    input_tokens_cache_write: float | None = None
    reasoning_tokens: float | None = None
    total_cost: float | None = None


class Failure(msgspec.Struct, frozen=True):
    """The error that ended a sample."""

    message: str = ""


class _Before(msgspec.Struct, frozen=True):
    id: str | int
    epoch: int
    metadata: Cell
    scores: dict[str, Score] | None = None


class _After(msgspec.Struct, frozen=True):
    model_usage: dict[str, Usage] | None = None
    total_time: float | None = None
    working_time: float | None = None
    completed_at: str | None = None
    uuid: str | None = None
    error: Failure | None = None
    limit: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The part of a sample that becomes a row. Whether it has a record is looked up only where a limit ended it.

    How the calls went stands beside the findings; of a trial without findings the record is asked.
    """

    id: str | int
    epoch: int
    metadata: Cell
    scores: Mapping[str, Score]
    model_usage: Mapping[str, Usage]
    total_time: float | None
    working_time: float | None
    completed_at: str
    uuid: str
    error: Failure | None
    limited: bool
    has_record: bool
    ending: Ending


_BEFORE = msgspec.json.Decoder(_Before)
_AFTER = msgspec.json.Decoder(_After)
_RECORD = msgspec.json.Decoder(Ending)


def read_head(data: bytes, path: Path, name: str) -> Head:
    """Return what a row needs of a sample.

    Args:
        data: The sample's bytes.
        path: Its log, for messages.
        name: Its member's name, for messages.

    Raises:
        LogError: If the sample is no JSON, or no trial of peerward.
    """
    try:
        head = _cut_out(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        head = None
    return head or _whole(data, path, name)


def _whole(data: bytes, path: Path, name: str) -> Head:
    sample = parse(data, path, name)
    try:
        before, after = msgspec.convert(sample, _Before), msgspec.convert(sample, _After)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise LogError(f"{path}: {name} is no trial of peerward ({error})") from error
    return _head(before, after, record_text(sample))


def _head(before: _Before, after: _After, record: str | None) -> Head:
    return Head(
        id=before.id,
        epoch=before.epoch,
        metadata=before.metadata,
        scores=before.scores or {},
        model_usage=after.model_usage or {},
        total_time=after.total_time,
        working_time=after.working_time,
        completed_at=after.completed_at or "",
        uuid=after.uuid or "",
        error=after.error,
        limited=after.limit is not None,
        has_record=record is not None,
        ending=_ending(before, record),
    )


def _ending(before: _Before, record: str | None) -> Ending:
    """How it ended, by the findings' score, or else by the record; what cannot be read does not say."""
    score = (before.scores or {}).get("findings")
    try:
        if score is not None and score.metadata:
            return msgspec.convert(score.metadata, Ending)
        return _RECORD.decode(record) if record else Ending()
    except (msgspec.DecodeError, UnicodeEncodeError):
        return Ending()


def _cut_out(data: bytes) -> Head | None:
    """The two parts, found by keys: inside a JSON text a quotation mark has a backslash before it, so that a key with
    bare marks is one. A key at the wrong depth leaves brackets open, which the decoder refuses."""
    store = data.find(b',"store":')
    usage = data.rfind(b',"model_usage":', max(store, 0))
    if min(store, usage) < 0:
        return None
    after = _AFTER.decode(b"{" + without_nan(data[usage + 1 :]))
    if after.limit is not None:
        return None
    before = _BEFORE.decode(without_nan(data[:store]) + b"}")
    return _head(before, after, "") if before.scores and "findings" in before.scores else None


def without_nan(data: bytes) -> bytes:
    """JSON as the standard has it: Inspect writes a bare NaN, which stands for null here."""
    parts = data.split(b"NaN")
    if len(parts) == 1:
        return data
    joined = [parts[0]]
    for before, after in pairwise(parts):
        bare = before[-1:] in (b":", b",", b"[") and after[:1] in (b",", b"}", b"]")
        joined += (b"null" if bare else b"NaN", after)
    return b"".join(joined)
