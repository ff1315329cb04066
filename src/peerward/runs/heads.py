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

from peerward.measures.record import RECORD_KEY
from peerward.runs.logs import LogError, parse

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


class Score(msgspec.Struct, frozen=True):
    """A score: one value, or several by name."""

    value: dict[str, Any] | list[Any] | Scalar = None


class Usage(msgspec.Struct, frozen=True):
    """What a model used up."""

    input_tokens: float | None = None
    output_tokens: float | None = None
    input_tokens_cache_read: float | None = None
    input_tokens_cache_write: float | None = None
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
    completed_at: str | None = None
    uuid: str | None = None
    error: Failure | None = None
    limit: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The part of a sample that becomes a row. Whether it has a record is looked up only where a limit ended it."""

    id: str | int
    epoch: int
    metadata: Cell
    scores: Mapping[str, Score]
    model_usage: Mapping[str, Usage]
    total_time: float | None
    completed_at: str
    uuid: str
    error: Failure | None
    limited: bool
    has_record: bool


_BEFORE = msgspec.json.Decoder(_Before)
_AFTER = msgspec.json.Decoder(_After)


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
    return _head(before, after, (sample.get("store") or {}).get(RECORD_KEY) is not None)


def _head(before: _Before, after: _After, has_record: bool) -> Head:
    return Head(
        id=before.id,
        epoch=before.epoch,
        metadata=before.metadata,
        scores=before.scores or {},
        model_usage=after.model_usage or {},
        total_time=after.total_time,
        completed_at=after.completed_at or "",
        uuid=after.uuid or "",
        error=after.error,
        limited=after.limit is not None,
        has_record=has_record,
    )


def _cut_out(data: bytes) -> Head | None:
    """The two parts, found by keys: inside a JSON text a quotation mark has a backslash before it, so that a key with
    bare marks is one. A key at the wrong depth leaves brackets open, which the decoder refuses."""
    store = data.find(b',"store":')
    usage = data.rfind(b',"model_usage":', max(store, 0))
    if min(store, usage) < 0:
        return None
    after = _AFTER.decode(b"{" + _without_nan(data[usage + 1 :]))
    if after.limit is not None:
        return None
    before = _BEFORE.decode(_without_nan(data[:store]) + b"}")
    return None if before.scores is None else _head(before, after, True)


def _without_nan(data: bytes) -> bytes:
    """JSON as the standard has it: Inspect writes a bare NaN, which stands for null here."""
    parts = data.split(b"NaN")
    if len(parts) == 1:
        return data
    joined = [parts[0]]
    for before, after in pairwise(parts):
        bare = before[-1:] in (b":", b",", b"[") and after[:1] in (b",", b"}", b"]")
        joined += (b"null" if bare else b"NaN", after)
    return b"".join(joined)
