"""Writing the trials table: Parquet, CSV or JSON lines, row by row, and never half a table."""

import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

from peerward.runs.places import is_local
from peerward.runs.schema import COLUMNS, SCHEMA, SCHEMA_VERSION, VERSION_COLUMN, VERSION_KEY
from peerward.runs.table_read import TableError

if TYPE_CHECKING:
    import pyarrow

Form = Literal["parquet", "csv", "jsonl"]
Row = Mapping[str, Any]

_ENDINGS: Mapping[str, Form] = {
    "": "parquet",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_ROWS_AT_ONCE = 5_000


def form_of(path: Path) -> Form:
    """The form that a file's ending asks for; Parquet where it has none.

    Raises:
        TableError: If the ending is of no form that a table has.
    """
    found = _ENDINGS.get(path.suffix.lower())
    if found is None:
        raise TableError(
            f"{path}: the ending {path.suffix} is of no form that a trials table has; use .parquet, .csv or .jsonl, or "
            "name the form with --format"
        )
    return found


def write_table(rows: Iterable[Row], path: Path, form: Form | None = None) -> int:
    """Write a trials table to a file and return how many trials it has.

    The file appears when the table is complete; until then, and if anything fails, what was there stays.

    Args:
        rows: The rows, as ``read_trials`` yields them; taken one by one.
        path: The file.
        form: Its form; by its ending unless given.

    Raises:
        OSError: If the file cannot be written.
    """
    match form or form_of(path):
        case "csv":
            with _complete(path) as part, part.open("w", encoding="utf-8", newline="") as file:
                return write_csv(rows, file)
        case "jsonl":
            with _complete(path) as part, part.open("w", encoding="utf-8", newline="") as file:
                return write_jsonl(rows, file)
        case "parquet":
            with _complete(path) as part:
                return _write_parquet(rows, part)


def write_csv(rows: Iterable[Row], file: TextIO) -> int:
    """Write rows as CSV with a header line (an empty cell means not measured); returns how many."""
    file.write(",".join((VERSION_COLUMN, *COLUMNS)) + "\n")
    count = 0
    for row in rows:
        file.write(",".join((str(SCHEMA_VERSION), *(_cell(row[name]) for name in COLUMNS))) + "\n")
        count += 1
    return count


def write_jsonl(rows: Iterable[Row], file: TextIO) -> int:
    """Write rows as JSON lines (null means not measured); returns how many."""
    count = 0
    for row in rows:
        plain = {name: None if _is_nan(row[name]) else row[name] for name in COLUMNS}
        file.write(json.dumps({VERSION_COLUMN: SCHEMA_VERSION, **plain}, ensure_ascii=False) + "\n")
        count += 1
    return count


def _write_parquet(rows: Iterable[Row], path: Path) -> int:
    import pyarrow
    import pyarrow.parquet

    types = {"text": pyarrow.string(), "number": pyarrow.float64(), "integer": pyarrow.int64()}
    schema = pyarrow.schema(
        [pyarrow.field(each.name, types[each.type], nullable=each.type == "number") for each in SCHEMA],
        metadata={VERSION_KEY: str(SCHEMA_VERSION)},
    )
    count, left = 0, iter(rows)
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while some := list(islice(left, _ROWS_AT_ONCE)):
            writer.write_table(_arrow(some, schema))
            count += len(some)
    return count


def _arrow(rows: Sequence[Row], schema: "pyarrow.Schema") -> "pyarrow.Table":
    """Rows as an Arrow table; NaN becomes null, which every reader leaves out of a mean."""
    import pyarrow

    arrays = [pyarrow.array([row[each.name] for row in rows], type=each.type, from_pandas=True) for each in schema]
    return pyarrow.Table.from_arrays(arrays, schema=schema)


@contextmanager
def _complete(path: Path) -> Iterator[Path]:
    """A file beside the wanted one that takes its place when the block ends without an error.

    What goes to another place than this machine is written here first, and sent as a whole.
    """
    if not is_local(path):
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder) / path.name
            yield here
            with here.open("rb") as whole, path.open("wb") as there:
                shutil.copyfileobj(whole, there)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


_QUOTED = re.compile(r'[,"\r\n]')


def _cell(value: Any) -> str:
    """A value as CSV has it: numbers as short as they can be read back.

    Python's own writer leaves a carriage return without quotation marks, and readers take it for the end of a row.
    """
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        short = f"{value:.10g}"
        return short if float(short) == value else repr(value)
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
