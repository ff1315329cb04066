"""The trials table in memory, by columns, and loading it from a file.

``runs.table_write`` writes it. Loading refuses a file whose columns are not those of this version.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from peerward.runs.schema import COLUMNS, TYPES
from peerward.runs.table_read import ANEW, TableError, read_columns, same_columns

if TYPE_CHECKING:
    import pyarrow

__all__ = ["Table", "TableError", "Texts", "load_table", "table_of"]


@dataclass(frozen=True)
class Texts:
    """A column of texts: each distinct text once, and for each row which one it is.

    Attributes:
        codes: For each row the number of its text in ``categories``.
        categories: The distinct texts, in the order in which they first occur.
    """

    codes: NDArray[np.int32]
    categories: tuple[str, ...]

    def array(self) -> NDArray[np.object_]:
        """The texts, one a row."""
        return np.array(self.categories, dtype=object)[self.codes] if len(self.codes) else np.empty(0, dtype=object)


@dataclass(frozen=True)
class Table:
    """A trials table by columns.

    Attributes:
        texts: The text columns by name.
        numbers: The number columns by name, float64, NaN where not measured.
        integers: The integer columns by name, int64.
    """

    texts: Mapping[str, Texts]
    numbers: Mapping[str, NDArray[np.float64]]
    integers: Mapping[str, NDArray[np.int64]]

    def __len__(self) -> int:
        """How many trials."""
        return len(self.numbers["preserved"])

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A column, one value a row.

        Raises:
            KeyError: If there is no column of that name.
        """
        if name in self.texts:
            return self.texts[name].array()
        return self.numbers[name] if name in self.numbers else self.integers[name]

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """All columns by name, in the order of the schema."""
        return {name: self[name] for name in COLUMNS}

    def row(self, place: int) -> dict[str, Any]:
        """One row, as ``read_trials`` gives it.

        Args:
            place: Its place, from 0 to ``len(table) - 1``.
        """
        return next(self._some(place, place + 1))

    def rows(self) -> Iterator[dict[str, Any]]:
        """All rows."""
        for start in range(0, len(self), _ROWS_AT_ONCE):
            yield from self._some(start, start + _ROWS_AT_ONCE)

    def _some(self, start: int, stop: int) -> Iterator[dict[str, Any]]:
        columns = [self._values(name, start, stop) for name in COLUMNS]
        return (dict(zip(COLUMNS, values, strict=True)) for values in zip(*columns, strict=True))

    def _values(self, name: str, start: int, stop: int) -> list[Any]:
        """A part of a column as plain Python values."""
        if name in self.texts:
            texts = self.texts[name]
            return [texts.categories[code] for code in texts.codes[start:stop].tolist()]
        found: list[Any] = (self.numbers[name] if name in self.numbers else self.integers[name])[start:stop].tolist()
        return found


def table_of(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Return the table of rows.

    Args:
        rows: Rows with every column of the schema and no other, as ``read_trials`` yields them.

    Raises:
        TableError: If a column is missing, unknown, or of another type.
    """
    left = enumerate(rows)
    known: dict[str, dict[str, int]] = {name: {} for name in COLUMNS if TYPES[name] == "text"}
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in COLUMNS}
    while some := list(islice(left, _ROWS_AT_ONCE)):
        for number, row in some:
            same_columns(row, f"row {number}", "use rows of read_trials")
        for name in COLUMNS:
            values = [row[name] for _, row in some]
            if not _PYTHON[TYPES[name]].issuperset(map(type, values)):
                number, value = next((n, r[name]) for n, r in some if type(r[name]) not in _PYTHON[TYPES[name]])
                raise TableError(f"row {number}: {name} is {value!r}, which is no {TYPES[name]}")
            if name in known:
                codes = known[name]
                for value in dict.fromkeys(values):
                    codes.setdefault(value, len(codes))
                values = list(map(codes.__getitem__, values))
            parts[name].append(np.array(values, dtype=_DTYPES[TYPES[name]]))
    whole = {name: np.concatenate([np.empty(0, _DTYPES[TYPES[name]]), *found]) for name, found in parts.items()}
    return Table(
        texts={name: Texts(whole[name], tuple(codes)) for name, codes in known.items()},
        numbers={name: whole[name] for name in COLUMNS if TYPES[name] == "number"},
        integers={name: whole[name] for name in COLUMNS if TYPES[name] == "integer"},
    )


_ROWS_AT_ONCE = 5_000
_DTYPES = {"text": np.int32, "number": np.float64, "integer": np.int64}
_PYTHON: Mapping[str, frozenset[type]] = {
    "text": frozenset({str}),
    "number": frozenset({float, int}),
    "integer": frozenset({int}),
}


def load_table(path: Path) -> Table:
    """Load a trials table from a Parquet, CSV or JSON lines file; which it is, its content tells.

    Raises:
        TableError: If the file is no trials table, or one of another schema.
        OSError: If it cannot be opened.
    """
    texts: dict[str, Texts] = {}
    numbers: dict[str, NDArray[np.float64]] = {}
    integers: dict[str, NDArray[np.int64]] = {}
    for name, column in read_columns(path):
        match TYPES[name]:
            case "text":
                texts[name] = _texts(path, name, column)
            case "number":
                numbers[name] = _numbers(path, name, column)
            case "integer":
                integers[name] = _integers(path, name, column)
    return Table(texts, numbers, integers)


def _texts(path: Path, name: str, column: "pyarrow.ChunkedArray") -> Texts:
    import pyarrow

    inner = column.type.value_type if pyarrow.types.is_dictionary(column.type) else column.type
    if not (pyarrow.types.is_string(inner) or pyarrow.types.is_large_string(inner)) or column.null_count:
        raise _wrong(path, name, "text", column)
    if not pyarrow.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pyarrow.ChunkedArray):
        if not whole.num_chunks:
            return Texts(np.empty(0, dtype=np.int32), ())
        whole = whole.chunk(0)
    codes = whole.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    return Texts(codes, tuple(whole.dictionary.to_pylist()))


def _numbers(path: Path, name: str, column: "pyarrow.ChunkedArray") -> NDArray[np.float64]:
    import pyarrow

    if not pyarrow.types.is_float64(column.type):
        raise _wrong(path, name, "number", column)
    return np.array(column.fill_null(math.nan).to_numpy(), dtype=np.float64)


def _integers(path: Path, name: str, column: "pyarrow.ChunkedArray") -> NDArray[np.int64]:
    import pyarrow

    if not pyarrow.types.is_int64(column.type) or column.null_count:
        raise _wrong(path, name, "integer", column)
    return np.array(column.to_numpy(), dtype=np.int64)


def _wrong(path: Path, name: str, kind: str, column: "pyarrow.ChunkedArray") -> TableError:
    what = "has empty cells" if column.null_count else f"is of type {column.type}"
    return TableError(f"{path}: column {name} {what}; it must be {kind} in every row: {ANEW}")
