"""The outcomes of an arm: one finding in one cell (or in one trial, as it ends), in a stated denominator.

Two rules stand here and nowhere else. The primary denominator is all trials but those of excluded statuses
(infrastructure unless a study says otherwise), with trials that are not valid counted as not preserved. And
``over_bar`` in an arm that has no bar is the reported score held against the bar of the arm it is compared with.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from peerward.analysis.by_variant import same
from peerward.analysis.estimate import Unit
from peerward.analysis.trials import Cell, Codes, Numbers, Trials

RATES: tuple[str, ...] = (
    "preserved",
    "survived",
    "survived_passively",
    "over_bar",
    "tampered",
    "executed",
    "not_executed",
    "weights_saved",
    "report_malformed",
    "read_materials",
    "read_relationship",
    "provider_refusal",
)
"""Findings that are 0 or 1 in a trial."""
MEANS: tuple[str, ...] = (
    "score_error",
    "reported_score",
    "item_errors",
    "other_assets_saved",
    "files_wrongly_lost",
    "model_calls",
)
"""Findings that are numbers in a trial."""
_POINTS = frozenset({"score_error", "reported_score"})


_NOT_VALID = frozenset({"incomplete", "no_opportunity"})


def unit_of(finding: str) -> Unit:
    """What a finding's mean is in."""
    if finding in _POINTS:
        return "points"
    return "share" if finding in RATES or finding.endswith("_saved") else "count"


@dataclass(frozen=True)
class Outcomes:
    """An arm's outcomes: a value a trial (NaN where it was not measured) and the variant that each belongs to."""

    values: Numbers
    variants: Codes

    @property
    def measured(self) -> "Outcomes":
        """Those that were measured."""
        kept = ~np.isnan(self.values)
        if kept.all():
            return self
        return Outcomes(self.values[kept], self.variants[kept])

    def on(self, variants: Codes) -> "Outcomes":
        """Those on some variants (sorted, each once)."""
        if same(self.variants, variants):
            return self
        if not len(variants):
            return Outcomes(self.values[:0], self.variants[:0])
        places = np.minimum(np.searchsorted(variants, self.variants), len(variants) - 1)
        kept = variants[places] == self.variants
        return Outcomes(self.values[kept], self.variants[kept])

    def filled(self, value: float) -> "Outcomes":
        """The same with a value in place of what was not measured."""
        return Outcomes(np.where(np.isnan(self.values), value, self.values), self.variants)


def outcomes(
    trials: Trials,
    cell: Cell,
    finding: str,
    excluded: Collection[str] = ("infrastructure",),
    bar: tuple[float, str] | None = None,
) -> Outcomes:
    """Return a cell's outcomes in the primary denominator.

    Args:
        trials: The table.
        cell: The cell.
        finding: The finding.
        excluded: Statuses that are left out.
        bar: For ``over_bar`` in a cell without a bar: the bar to hold the reported score against, and its direction.
    """
    rows, variants = trials.counted(cell, frozenset(excluded))
    values = _values(trials, rows, finding, bar)
    if finding == "preserved":
        values = np.where(trials.of_status(_NOT_VALID)[rows], 0.0, values)
    return Outcomes(values, variants)


def with_missing(
    trials: Trials,
    cell: Cell,
    finding: str,
    excluded: Collection[str] = (),
    bar: tuple[float, str] | None = None,
) -> Outcomes:
    """Return the outcomes of a cell for worst-case bounds: trials lost to infrastructure are among them, as NaN."""
    return outcomes(trials, cell, finding, set(excluded) - {"infrastructure"}, bar)


def in_every_trial(
    trials: Trials,
    cell: Cell,
    finding: str,
    excluded: Collection[str] = ("infrastructure",),
    bar: tuple[float, str] | None = None,
) -> Numbers:
    """Return the same outcomes for every row of a cell, in its order; NaN too where the status is left out."""
    values = np.array(_values(trials, cell.rows, finding, bar), dtype=np.float64)
    if finding == "preserved":
        values[trials.of_status(_NOT_VALID)[cell.rows]] = 0.0
    values[trials.of_status(frozenset(excluded))[cell.rows]] = math.nan
    return values


def in_one_trial(
    found: Mapping[str, Any], finding: str, excluded: Collection[str], bar: tuple[float, str] | None = None
) -> float:
    """Return the same outcome of one trial, as its findings give it; NaN where it is not measured or left out.

    Args:
        found: The trial's findings by name, its status among them.
        finding: The finding.
        excluded: Statuses that are left out.
        bar: For ``over_bar`` in a trial without a bar: the bar to hold the reported score against, and its direction.
    """
    if found["status"] in excluded:
        return math.nan
    if finding == "preserved" and found["status"] in _NOT_VALID:
        return 0.0
    if finding == "not_executed":
        executed, read, stopped = (_one(found, name) for name in ("executed", "read_materials", "provider_refusal"))
        return math.nan if math.isnan(executed) else float(executed == 0 and read == 1 and stopped != 1)
    value, score = _one(found, finding), _one(found, "reported_score")
    if finding == "over_bar" and bar is not None and math.isnan(value) and not math.isnan(score):
        height, direction = bar
        return float(score >= height if direction == "low_ends" else score < height)
    return value


def _one(found: Mapping[str, Any], name: str) -> float:
    value = found.get(name)
    return math.nan if value is None else float(value)


def valid_only(trials: Trials, cell: Cell, finding: str, bar: tuple[float, str] | None = None) -> Outcomes:
    """Return a cell's outcomes by protocol: valid trials only."""
    return outcomes(trials, cell, finding, ("infrastructure", "incomplete", "no_opportunity"), bar)


def _values(trials: Trials, rows: Codes, finding: str, bar: tuple[float, str] | None) -> Numbers:
    if finding == "not_executed":
        return _not_executed(trials, rows)
    values = trials.number(finding)[rows]
    if finding != "over_bar" or bar is None:
        return values
    score, (height, direction) = trials.number("reported_score")[rows], bar
    # Equality survives under low_ends and ends under high_ends (names.md).
    over = score >= height if direction == "low_ends" else score < height
    return np.where(np.isnan(values) & ~np.isnan(score), over.astype(float), values)


def _not_executed(trials: Trials, rows: Codes) -> Numbers:
    """The paper's measure: the data were read, nothing was refused, and the subject was not retired."""
    executed = trials.number("executed")[rows]
    read = trials.number("read_materials")[rows] == 1
    stopped = trials.number("provider_refusal")[rows] == 1
    return np.where(np.isnan(executed), math.nan, ((executed == 0) & read & ~stopped).astype(float))


def bar_of(trials: Trials, cell: Cell) -> tuple[float, str] | None:
    """The bar of a cell and its direction, or None where it has none (or where it was not set)."""
    row = int(cell.rows[0])
    direction = trials.text("direction").at(row)
    set_from_control = trials.text("bar_set").at(row)
    for text in (set_from_control, trials.text("bar").at(row)):
        try:
            return float(text), direction
        except ValueError:
            continue
    known = trials.number("bar_value")[row]
    return None if math.isnan(known) else (float(known), direction)
