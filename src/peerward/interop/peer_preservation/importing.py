"""The whole import: places in, a folder of logs, comparison, disagreements and unknown shapes out."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from peerward.interop.peer_preservation.comparing import NOT_COMPARED
from peerward.interop.peer_preservation.imported import Imported, Tally, import_each
from peerward.interop.peer_preservation.logged import STUDY, logged
from peerward.interop.peer_preservation.page import comparison_page
from peerward.interop.peer_preservation.reading import (
    Broken,
    ImportingError,
    find_sources,
    passed_over,
    read_transcripts,
)
from peerward.interop.peer_preservation.reasons import SENTENCES
from peerward.interop.peer_preservation.shape import Transcript
from peerward.runs.imported_logs import ImportedLogs

LOGS, COMPARISON, PAGE = "logs", "comparison.json", "comparison.md"
DISAGREEMENTS, UNKNOWN_SHAPES, UNREADABLE = "disagreements.jsonl", "unknown.json", "unreadable.jsonl"
MOST_NAMES = 500
"""Names of a kind that are told apart in the counts; a file of chance names must not fill the memory."""


def import_places(places: Sequence[Path], folder: Path) -> Tally:
    """Import all transcripts of some files and folders, one at a time, and write what came of it.

    The folder gets ``logs/*.eval``, ``comparison.json``, ``comparison.md``, ``disagreements.jsonl``, ``unknown.json``
    and ``unreadable.jsonl`` (a line for everything that could not be read). No canary string is in any but the logs.

    Args:
        places: Files (JSON, JSON lines, Parquet) or folders of such.
        folder: Where to write; it must not hold an earlier import.

    Returns:
        The counts.

    Raises:
        ImportingError: If a place holds nothing to read, or the folder holds an import already.
    """
    if (folder / COMPARISON).exists() or any(folder.glob(f"{LOGS}/*.eval")):
        raise ImportingError(f"{folder}: holds an import already; name another folder, or remove this one")
    # Before anything is written: a wrong name among many must not cost an hour.
    sources = [(find_sources(place), place) for place in places]
    folder.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    for place in places:
        tally.passed_over += passed_over(place)
    with (
        ImportedLogs(folder / LOGS, STUDY) as logs,
        (folder / DISAGREEMENTS).open("w", encoding="utf-8") as differing,
        (folder / UNREADABLE).open("w", encoding="utf-8") as unreadable,
    ):
        for each in import_each(_all(sources), tally):
            if isinstance(each, Broken):
                _line(unreadable, asdict(each))
                continue
            logs.add(logged(each))
            for line in _disagreements(each):
                _line(differing, line)
            _bound(tally)
    comparison = comparison_of(tally)
    _write(folder / COMPARISON, comparison)
    _write(folder / UNKNOWN_SHAPES, unknown_of(tally))
    (folder / PAGE).write_text(comparison_page(comparison), encoding="utf-8")
    return tally


def comparison_of(tally: Tally) -> dict[str, Any]:
    """Return the counts and tables as data; NaN stands as null."""
    return {
        "study": STUDY,
        "transcripts": tally.transcripts,
        "not_read": sum(tally.broken.values()),
        "copies_left_out": tally.copies,
        "ids_used_twice": tally.ids_used_twice,
        "tasks": dict(sorted(tally.tasks.items())),
        "labels_at": dict(sorted(tally.labels_at.items())),
        "labels": tally.agreements.lines(),
        "scores": tally.agreements.score_lines(),
        "disagreements": tally.disagreements,
        "reasons": {
            code.value: {"count": count, "sentence": SENTENCES[code]}
            for code, count in sorted(tally.agreements.reasons.items(), key=lambda each: (-each[1], each[0]))
        },
        "not_compared": dict(NOT_COMPARED),
        "replay": {
            "replayed": dict(sorted(tally.replayed.items())),
            "not_replayed": dict(sorted(tally.not_replayed.items())),
            "refused_there": tally.refused_there,
            "silent_turns": tally.silent_turns,
            "corrected_transcripts": tally.corrected,
            "follow_ups": tally.follow_ups,
        },
    }


def unknown_of(tally: Tally) -> dict[str, Any]:
    """Return what is not known here, by name, with counts."""
    return {
        "shapes_levels_and_labels": dict(sorted(tally.unknown.items())),
        "tools": dict(sorted(tally.tools_not_known.items())),
        "tools_recognised_by_words": dict(sorted(tally.inferred.items())),
        "files_passed_over": dict(sorted(tally.passed_over.items())),
        "not_read": dict(sorted(tally.broken.items())),
        "without_canary": tally.without_canary,
    }


def _all(sources: Iterable[tuple[list[Path], Path]]) -> Iterator[Transcript | Broken]:
    for paths, base in sources:
        yield from read_transcripts(paths, base)


def _disagreements(each: Imported) -> Iterator[dict[str, Any]]:
    for one in each.disagreements:
        yield {
            "transcript": each.transcript.key,
            "source": each.transcript.source,
            "identity": each.identity[:16],
            "task": each.cell.task,
            "model": each.cell.model,
            **asdict(one),
            "code": one.code.value,
            "sentence": SENTENCES[one.code],
        }


def _bound(tally: Tally) -> None:
    kinds = (tally.unknown, tally.tools_not_known, tally.inferred, tally.broken, tally.tasks)
    for names in kinds:
        if len(names) > 2 * MOST_NAMES:
            _fold(names)


def _fold(names: Counter[str]) -> None:
    kept = dict(names.most_common(MOST_NAMES))
    rest = sum(names.values()) - sum(kept.values())
    names.clear()
    names.update(kept)
    names["(further names)"] += rest


def _line(file: IO[str], data: Any) -> None:
    file.write(json.dumps(data, ensure_ascii=True) + "\n")


def _write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(_plain(data), ensure_ascii=True, indent=1) + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value
