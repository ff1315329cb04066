"""Reading a trials table's file as it stands: its form, its schema's version, its columns."""

import csv
import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from peerward.runs.schema import COLUMNS, SCHEMA, SCHEMA_VERSION, TYPES, VERSION_COLUMN, VERSION_KEY

if TYPE_CHECKING:
    import pyarrow

ANEW = "write the table anew: peerward trials LOGS -o trials.parquet"
"""How to mend a table."""

_BLOCK = 16 << 20
"""Bytes of a text file that are read at once: a row has to fit in."""


class TableError(ValueError):
    """A table that cannot be read; the message names the file and says what to do."""


def read_columns(path: Path) -> "Iterator[tuple[str, pyarrow.ChunkedArray]]":
    """Yield the columns of a trials table, by name, as Arrow has them.

    Whether a file is Parquet, CSV or JSON lines, its content tells. Parquet is read column by column.

    Raises:
        TableError: If the file is no trials table, or one of another schema.
        OSError: If it cannot be opened.
    """
    import pyarrow

    with path.open("rb") as file:
        start = file.read(4)
    if not start and path.suffix.lower() in (".csv", ".parquet", ".pq"):
        raise TableError(f"{path}: is empty; {ANEW}")
    read = _parquet if start == b"PAR1" else _jsonl if start[:1] in (b"{", b"") else _csv
    try:
        yield from read(path)
    except (pyarrow.ArrowException, UnicodeDecodeError, csv.Error) as error:
        told = str(error).partition("\n")[0]
        raise TableError(f"{path}: is no readable trials table ({told}); {ANEW}") from error


def _parquet(path: Path) -> "Iterator[tuple[str, pyarrow.ChunkedArray]]":
    import pyarrow.parquet

    schema = pyarrow.parquet.read_schema(path)
    version = (schema.metadata or {}).get(VERSION_KEY)
    if version is None:
        raise TableError(f"{path}: is a Parquet file but no trials table; {ANEW}")
    _same_version(path, version.decode("ascii", errors="replace"))
    same_columns(schema.names, str(path), ANEW)
    # Only now, since a text column that is not there cannot be asked for by its codes.
    texts = [name for name in COLUMNS if TYPES[name] == "text"]
    with pyarrow.parquet.ParquetFile(path, read_dictionary=texts) as file:
        for name in COLUMNS:
            yield name, file.read(columns=[name], use_threads=False).column(0)
            pyarrow.default_memory_pool().release_unused()


def _csv(path: Path) -> "Iterator[tuple[str, pyarrow.ChunkedArray]]":
    import pyarrow.csv

    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader([file.readline()]), [])
        first = file.readline().partition(",")[0].strip('"\r\n')
    if header[:1] != [VERSION_COLUMN] or "trial_id" not in header:
        raise TableError(f"{path}: is no trials table of this version of peerward; {ANEW}")
    if first:
        _same_version(path, first)
    same_columns(header[1:], str(path), ANEW)
    schema = _arrow_schema()
    found = pyarrow.csv.read_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(block_size=_BLOCK),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(column_types=schema, null_values=[""], strings_can_be_null=False),
    )
    yield from _of_one_version(path, found)


def _jsonl(path: Path) -> "Iterator[tuple[str, pyarrow.ChunkedArray]]":
    import pyarrow.json

    schema = _arrow_schema()
    with path.open(encoding="utf-8") as file:
        line = file.readline()
    if not line.strip():
        yield from _of_one_version(path, schema.empty_table())
        return
    try:
        first = json.loads(line)
    except ValueError as error:
        raise TableError(f"{path}: is no trials table (line 1: {error}); {ANEW}") from error
    if not isinstance(first, dict) or VERSION_COLUMN not in first:
        raise TableError(f"{path}: is no trials table of this version of peerward; {ANEW}")
    _same_version(path, str(first.pop(VERSION_COLUMN)))
    same_columns(list(first), str(path), ANEW)
    found = pyarrow.json.read_json(
        path,
        read_options=pyarrow.json.ReadOptions(block_size=_BLOCK),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )
    yield from _of_one_version(path, found)


def _arrow_schema() -> "pyarrow.Schema":
    """The types of a text file's columns."""
    import pyarrow

    types = {"text": pyarrow.string(), "number": pyarrow.float64(), "integer": pyarrow.int64()}
    return pyarrow.schema([(VERSION_COLUMN, pyarrow.int64()), *((each.name, types[each.type]) for each in SCHEMA)])


def _of_one_version(path: Path, found: "pyarrow.Table") -> "Iterator[tuple[str, pyarrow.ChunkedArray]]":
    for version in found.column(VERSION_COLUMN).unique().to_pylist():
        _same_version(path, str(version))
    for name in COLUMNS:
        yield name, found.column(name)


def _same_version(path: Path, version: str) -> None:
    if version != str(SCHEMA_VERSION):
        raise TableError(
            f"{path}: is a trials table of schema {version}; this version of peerward reads schema {SCHEMA_VERSION}: "
            f"{ANEW}"
        )


def same_columns(names: Collection[str], where: str, mend: str) -> None:
    """Refuse columns that are not those of the schema; they may stand in another order.

    Raises:
        TableError: If one is missing, unknown, or there twice; the message says where, and how to mend it.
    """
    if tuple(names) == COLUMNS:
        return
    missing = [name for name in COLUMNS if name not in names]
    unknown = [name for name in names if name not in TYPES]
    if missing or unknown or len(names) > len(COLUMNS):
        told = "; ".join(
            f"{what}: {', '.join(which[:8])}{' and more' if len(which) > 8 else ''}"
            for what, which in (("missing", missing), ("unknown", unknown))
            if which
        )
        raise TableError(
            f"{where}: the columns are not those of a trials table ({told or 'one is there twice'}); {mend}"
        )
