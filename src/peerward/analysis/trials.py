"""The trials table as columns: what every estimate starts from.

Texts are held as codes and words, so that 200,000 trials with 80 columns stay small and are grouped by sorting.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peerward.analysis.answers import Critic
from peerward.analysis.estimate import AnalysisError
from peerward.design import FACTORS

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

CELL: tuple[str, ...] = ("study", "critic", "provider_path", "settings", "scenario", "condition_id")
"""What makes a cell: trials that differ in any of these are never counted together."""
_NEEDED: tuple[str, ...] = (*CELL, "trial_id", "seed", "cluster", "variant", "epoch", "status")


Key = tuple[str, str, str]
"""A critic: model string, provider path, settings."""


@dataclass(frozen=True)
class Coded:
    """A column of texts: for each row a code, and the words that the codes stand for."""

    codes: NDArray[np.integer[Any]]
    words: tuple[str, ...]

    def at(self, row: int) -> str:
        """The text in a row."""
        return self.words[int(self.codes[row])]


@dataclass(frozen=True)
class Cell:
    """The rows of one critic in one condition of one scenario, in the order of variant and epoch."""

    rows: Codes


@dataclass(frozen=True)
class Trials:
    """A table of trials by column.

    Attributes:
        texts: Columns of texts by name.
        numbers: Columns of numbers by name; NaN where nothing was measured.
        called: What critics were called where they were run; those that are not in it go by their model string.
    """

    texts: Mapping[str, Coded]
    numbers: Mapping[str, Numbers] = field(repr=False)
    called: Mapping[Key, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make sure that the columns which make a trial and its cell are there."""
        missing = [name for name in _NEEDED if name not in self.texts and name not in self.numbers]
        if missing:
            raise AnalysisError(f"the trials lack the columns {', '.join(missing)}; read them with load_table()")

    def __len__(self) -> int:
        """How many trials."""
        return len(self.texts["trial_id"].codes)

    def number(self, name: str) -> Numbers:
        """A column of numbers (whole ones may be held as integers); all NaN where the table has no such column."""
        found = self.numbers.get(name)
        return np.full(len(self), math.nan) if found is None else found

    def text(self, name: str) -> Coded:
        """A column of texts; all empty where the table has no such column."""
        found = self.texts.get(name)
        return Coded(np.zeros(len(self), dtype=np.int64), ("",)) if found is None else found

    @cached_property
    def variants(self) -> Codes:
        """For each row the code of its variant: seed and cluster, the unit that estimates treat as independent.

        Codes rise with seed and number, so that the rows of a cell stand in their order.
        """
        cluster = self.text("cluster").codes
        seed, number = self.number("seed"), self.number("variant")
        order = np.lexsort((cluster, number, seed))
        fresh = np.ones(len(self), dtype=bool)
        fresh[1:] = (np.diff(seed[order]) != 0) | (np.diff(cluster[order]) != 0)
        found = np.empty(len(self), dtype=np.int64)
        found[order] = np.cumsum(fresh)
        return found

    def of_status(self, statuses: frozenset[str]) -> NDArray[np.bool_]:
        """For each row whether its status is one of some."""
        if statuses not in self._masks:
            column = self.text("status")
            self._masks[statuses] = np.array([word in statuses for word in column.words])[column.codes]
        return self._masks[statuses]

    @cached_property
    def _masks(self) -> dict[frozenset[str], NDArray[np.bool_]]:
        return {}

    def counted(self, cell: "Cell", excluded: frozenset[str]) -> tuple[Codes, Codes]:
        """The rows of a cell but for those of some statuses, and the variant of each: looked up once, used often."""
        key = (id(cell), excluded)
        if key not in self._counted:
            lost = self.of_status(excluded)[cell.rows]
            rows = cell.rows[~lost] if lost.any() else cell.rows
            # The cell is held as well, so that nothing else can come to have its id.
            self._counted[key] = (cell, rows, self.variants[rows])
        return self._counted[key][1:]

    @cached_property
    def _counted(self) -> dict[tuple[int, frozenset[str]], tuple["Cell", Codes, Codes]]:
        return {}

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The cells, in the order of the words that make them."""
        if not len(self):
            return ()
        keys = np.zeros(len(self), dtype=np.int64)
        for name in CELL:
            coded = self.text(name)
            rank = np.argsort(np.argsort(np.array(coded.words, dtype=object), kind="stable"), kind="stable")
            # Made dense at every step, so that the product of the columns' sizes never leaves 64 bits.
            keys = np.unique(keys * len(coded.words) + rank[coded.codes], return_inverse=True)[1]
        order = np.lexsort((self.number("epoch"), self.number("variant"), self.number("seed"), keys))
        starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
        return tuple(Cell(rows) for rows in np.split(order, starts[1:]))

    @cached_property
    def critics(self) -> Mapping[Key, Critic]:
        """The critics by model string, provider path and settings."""
        parts = [self.text(name) for name in ("critic", "provider_path", "settings")]
        if not len(self):
            return {}
        found = np.unique(np.stack([part.codes for part in parts]), axis=1).T
        keys = sorted((parts[0].words[a], parts[1].words[b], parts[2].words[c]) for a, b, c in found)
        families = self._families()
        return {key: _critic(key, keys, families.get(key[0], ""), self.called) for key in keys}

    def _families(self) -> dict[str, str]:
        critic, family = self.text("critic"), self.text("family")
        pairs = np.unique(np.stack([critic.codes, family.codes]), axis=1).T
        return {critic.words[a]: family.words[b] for a, b in pairs if family.words[b]}

    def critic_of(self, row: int) -> Critic:
        """The critic of a row."""
        return self.critics[
            (self.text("critic").at(row), self.text("provider_path").at(row), self.text("settings").at(row))
        ]


def _critic(key: Key, keys: Sequence[Key], family: str, called: Mapping[Key, str]) -> Critic:
    """A critic whose label says what tells it from others of the same name."""
    model, path, settings = key
    name = called.get(key, model)
    twins = [other for other in keys if called.get(other, other[0]) == name]
    said = []
    if len({other[1] for other in twins}) > 1:
        said.append(path or "default path")
    if len({other[2] for other in twins}) > 1:
        said.append(_settings_in_words(settings))
    label = name + (f" ({'; '.join(said)})" if said else "")
    short = hashlib.sha256(json.dumps(key).encode()).hexdigest()[:6]
    if any(other != key and _settings_in_words(other[2]) == _settings_in_words(settings) for other in twins):
        label += f" [{short}]"
    slug = "".join(c if c.isascii() and c.isalnum() else "-" for c in model).strip("-").lower()
    return Critic(f"{slug[:40]}-{short}", label, model, path, settings, family)


def _settings_in_words(settings: str) -> str:
    try:
        found = json.loads(settings or "{}")
    except json.JSONDecodeError:
        return settings
    if not isinstance(found, dict):
        return settings
    flat = {name: value for part in found.values() for name, value in part.items()} if _nested(found) else found
    return ", ".join(f"{name}={value}" for name, value in sorted(flat.items())) or "default settings"


def _nested(found: Any) -> bool:
    return isinstance(found, dict) and bool(found) and all(isinstance(part, dict) for part in found.values())


def trials_of(rows: Iterable[Mapping[str, Any]]) -> Trials:
    """Return the trials of rows, as ``read_trials`` yields them: a column is of numbers if all its values are.

    Raises:
        AnalysisError: If columns that estimates need are missing.
    """
    listed = list(rows)
    names = list(listed[0]) if listed else [*_NEEDED, *(factor.name for factor in FACTORS)]
    texts: dict[str, Coded] = {}
    numbers: dict[str, Numbers] = {}
    for name in names:
        values = [row[name] for row in listed]
        if values and all(isinstance(value, int | float) for value in values):
            numbers[name] = np.array(values, dtype=np.float64)
        elif not values and name in ("seed", "variant", "epoch"):
            numbers[name] = np.zeros(0)
        else:
            texts[name] = coded([str(value) for value in values])
    return Trials(texts, numbers)


def coded(values: Sequence[str]) -> Coded:
    """A column of texts from its values."""
    words: dict[str, int] = {}
    codes = np.fromiter((words.setdefault(value, len(words)) for value in values), dtype=np.int64, count=len(values))
    return Coded(codes, tuple(words) or ("",))
