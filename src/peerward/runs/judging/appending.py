"""A score added to the samples of a log. The log is written anew beside its place and put there when it is whole."""

import json
import os
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from peerward.runs.logs import LogError, open_log, parse, read_member
from peerward.runs.places import is_local

Json = dict[str, Any]
ScoreOf = Callable[[Mapping[str, Any]], Json | None]
"""From a sample as JSON data to the score that it gets, as JSON data; None leaves the sample as it is."""

_SUMMARIES = ("summaries.json", "_journal/summaries/")
_SHORT = ("value", "answer", "explanation")
"""What Inspect's own short list of the samples keeps of a score."""


def append_scores(log: Path, name: str, score_of: ScoreOf) -> int:
    """Give samples of a log a score, and return how many got one.

    Sample by sample, so that memory does not grow with the log. Nothing else in it changes: every other score, the
    conversation, the record and the header are what they were. Until all is written the log stands as it was; a kill
    leaves at most a file ``.<log>.part``, which the next writing replaces.

    Args:
        log: The log, on this machine.
        name: The score's name; a score of that name that is there already is replaced.
        score_of: Gives the score of a sample.

    Raises:
        LogError: If the log lies elsewhere, cannot be read, or cannot be written.
    """
    refuse_elsewhere(log)
    whole = log.resolve()
    beside = whole.with_name(f".{whole.name}.part")
    try:
        count = _write(whole, beside, name, score_of)
        if count:
            shutil.copymode(whole, beside)
            beside.replace(whole)
    except OSError as error:
        raise LogError(f"{log}: the judged log cannot be written ({error.strerror}); it is as it was") from error
    finally:
        beside.unlink(missing_ok=True)
    return count


def refuse_elsewhere(log: Path) -> None:
    """Refuse a log that is not of this machine.

    Raises:
        LogError: If it lies in an object store.
    """
    if not is_local(log):
        raise LogError(
            f"{log}: lies elsewhere, and judging writes a log anew; copy the folder to this machine, judge it there, "
            "and copy it back"
        )


def _write(log: Path, beside: Path, name: str, score_of: ScoreOf) -> int:
    """Write the log with its new scores, and return how many there are."""
    given: dict[tuple[str, int], Json] = {}
    with (
        open_log(log) as archive,
        beside.open("wb") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        # Of a member that is there twice the last counts, and only that one is kept. The short lists come after the
        # samples, whose scores they repeat.
        members = {info.filename: info for info in archive.infolist()}
        for member in sorted(members, key=lambda each: each.startswith(_SUMMARIES)):
            data = read_member(archive, log, member)
            if member.startswith("samples/"):
                data = _sample(data, log, member, name, score_of, given)
            elif member.startswith(_SUMMARIES):
                data = _summaries(data, log, member, name, given)
            _put(copy, members[member], data)
        copy.close()
        file.flush()
        os.fsync(file.fileno())
    return len(given)


def _sample(
    data: bytes, log: Path, member: str, name: str, score_of: ScoreOf, given: dict[tuple[str, int], Json]
) -> bytes:
    sample = parse(data, log, member)
    score = score_of(sample)
    if score is None or not _is_text(data):
        # Bytes that are no text would become others in the writing.
        return data
    given[str(sample.get("id")), int(sample.get("epoch") or 1)] = {key: score[key] for key in _SHORT if key in score}
    return written(_scored(sample, name, score))


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _summaries(data: bytes, log: Path, member: str, name: str, given: Mapping[tuple[str, int], Json]) -> bytes:
    try:
        listed = json.loads(data)
    except ValueError as error:
        raise LogError(f"{log}: {member} cannot be read ({error}); the log is as it was") from error
    if not isinstance(listed, list):
        return data
    changed = [
        _scored(each, name, {**given[key], "history": []}) if (key := _key(each)) in given else each for each in listed
    ]
    return written(changed)


def _key(summary: Any) -> tuple[str, int]:
    if not isinstance(summary, dict):
        return "", 0
    return str(summary.get("id")), int(summary.get("epoch") or 1)


def _scored(sample: Json, name: str, score: Mapping[str, Any]) -> Json:
    """A sample with the score; its keys stay in order, since readers of heads rely on it."""
    scores = {**(sample.get("scores") or {}), name: dict(score)}
    if "scores" in sample:
        return {**sample, "scores": scores}
    changed: Json = {}
    for key, value in sample.items():
        if key == "metadata":
            changed["scores"] = scores
        changed[key] = value
    return changed if "scores" in changed else {**changed, "scores": scores}


def written(data: Any) -> bytes:
    """Data as Inspect writes it: no spaces, NaN as such; half a surrogate pair stays an escape."""
    try:
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, separators=(",", ":")).encode("ascii")


def _put(copy: zipfile.ZipFile, info: zipfile.ZipInfo, data: bytes) -> None:
    """Write a member, packed as it was where this Python can, else in the way that every reader knows."""
    fresh = zipfile.ZipInfo(info.filename, info.date_time)
    fresh.external_attr = info.external_attr
    fresh.compress_type = info.compress_type
    try:
        copy.writestr(fresh, data)
    except NotImplementedError:
        fresh.compress_type = zipfile.ZIP_DEFLATED
        copy.writestr(fresh, data)
