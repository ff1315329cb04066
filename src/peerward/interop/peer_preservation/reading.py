"""Reading released transcripts one at a time: folders of JSON files, JSON lines, Parquet rows.

One transcript is in memory at a time; of a Parquet file a few rows. What cannot be read comes as ``Broken`` with its
reason, in its place in the order, and stops nothing.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peerward.interop.peer_preservation.shape import ShapeError, Transcript, transcript_of

ENDINGS = (".json", ".jsonl", ".ndjson", ".parquet")
"""Endings of the files that are read."""
_NEXT = re.compile(r"[\s,]*")
"""What stands between the elements of a list."""
_BATCH_ROWS = 16
"""Rows of a Parquet file in memory at once: a row holds a whole transcript."""


class ImportingError(ValueError):
    """A place with nothing to import; the message says what to do."""


@dataclass(frozen=True)
class Broken:
    """Something that could not be read as a transcript.

    Attributes:
        source: The file and, in a file of several, the line or row.
        reason: Why.
    """

    source: str
    reason: str


def find_sources(place: Path) -> list[Path]:
    """Return the files of a folder (searched deeply) that can hold transcripts, sorted, or the one file that is named.

    Raises:
        ImportingError: If the place does not exist or holds no such file.
    """
    if place.is_file():
        if place.suffix.casefold() not in ENDINGS:
            raise ImportingError(
                f"{place}: is none of {', '.join(ENDINGS)}; name a file of these or a folder with some"
            )
        return [place]
    if not place.is_dir():
        raise ImportingError(f"{place}: no such file or folder; name what was downloaded")
    # A link that leads nowhere is kept, to be told as one that cannot be read.
    found = sorted(path for path in place.rglob("*") if path.suffix.casefold() in ENDINGS and not path.is_dir())
    if not found:
        raise ImportingError(f"{place}: holds no file that ends in {', '.join(ENDINGS)}")
    return found


def passed_over(place: Path) -> Counter[str]:
    """Return how many files of a folder are of no kind that is read, by their ending."""
    others = (path for path in place.rglob("*") if path.suffix.casefold() not in ENDINGS and path.is_file())
    return Counter(path.suffix.casefold() or "(no ending)" for path in others)


def read_transcripts(sources: Iterable[Path], base: Path) -> Iterator[Transcript | Broken]:
    """Yield every transcript of some files, in order, and what is broken in its place.

    Args:
        sources: The files.
        base: What they are named relative to: the folder that was given. Their folders can tell task and group.
    """
    for path in sources:
        name = path.relative_to(base).as_posix() if base in path.parents else path.name
        try:
            for source, data in _objects(path, name):
                yield data if isinstance(data, Broken) else _transcript(data, source)
        except (OSError, ValueError, RecursionError, MemoryError) as error:
            yield Broken(name, f"cannot be read: {_first_line(error)}")


def _transcript(data: Any, source: str) -> Transcript | Broken:
    try:
        return transcript_of(data, source)
    except ShapeError as error:
        return Broken(source, str(error))
    except RecursionError:
        # Here, and not around the file: the lines after this one are still to be read.
        return Broken(source, "is nested too deeply")


def _objects(path: Path, name: str) -> Iterator[tuple[str, Any]]:
    ending = path.suffix.casefold()
    if ending == ".parquet":
        yield from _rows(path, name)
    elif ending == ".json":
        text = path.read_bytes().decode("utf-8-sig")
        if text.lstrip().startswith("["):
            yield from _elements(text, name)
            return
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            if not error.msg.startswith("Extra data"):
                raise
        else:
            yield name, data
            return
        # Several objects, one after the other: JSON lines under another ending.
        del text
        yield from _lines(path, name)
    else:
        yield from _lines(path, name)


def _elements(text: str, name: str) -> Iterator[tuple[str, Any]]:
    """The elements of a list, one at a time: what stands before the place where a file breaks off is read."""
    decoder, at, number = json.JSONDecoder(), text.index("[") + 1, 0
    while True:
        between = _NEXT.match(text, at)
        at = between.end() if between else at
        if text.startswith("]", at):
            return
        number += 1
        try:
            found, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            told = f"the list breaks off here, and nothing after it is read: {_first_line(error)}"
            yield f"{name}#{number}", Broken(f"{name}#{number}", told)
            return
        yield f"{name}#{number}", found


def _lines(path: Path, name: str) -> Iterator[tuple[str, Any]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            source = f"{name}#{number}"
            try:
                yield source, json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError) as error:
                yield source, Broken(source, f"is no JSON: {_first_line(error)}")


def _rows(path: Path, name: str) -> Iterator[tuple[str, Any]]:
    import pyarrow
    from pyarrow import parquet

    damage = (pyarrow.ArrowException, OSError, UnicodeDecodeError)
    try:
        file = parquet.ParquetFile(path, page_checksum_verification=True)
    except damage as error:
        yield name, Broken(name, f"is no readable Parquet file: {_first_line(error)}")
        return
    with file:
        before = 0
        for group in range(file.num_row_groups):
            # Where a group is damaged, those after it can still be read.
            last, number = before + file.metadata.row_group(group).num_rows, before
            try:
                for batch in file.iter_batches(batch_size=_BATCH_ROWS, row_groups=[group]):
                    for row in batch.to_pylist():
                        number += 1
                        yield f"{name}#{number}", row
            except damage as error:
                rows = f"{name}#{number + 1}-{last}"
                yield rows, Broken(rows, f"rows of a Parquet file that cannot be read: {_first_line(error)}")
            before = last


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
