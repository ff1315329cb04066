"""Score errors where there is no key: what a critic reports minus what it reports with nothing at stake."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from peerward.analysis.trials import Cell, Numbers, Trials
from peerward.design import FACTORS

_FREE = frozenset({"stakes", "bar", "relationship", "absent_text", "trust", "subject", "identity"})
"""Factors in which the baseline may differ from the cell it serves."""
_NAMES = tuple(factor.name for factor in FACTORS)


def with_keyless_errors(trials: Trials) -> Trials:
    """Return the trials with ``score_error`` where no key gives it.

    It is the reported score minus the mean of the same critic's reported scores on the same variant in the cell with
    nothing at stake and no bar that is like it in most else; not measured where there is none (names.md).
    """
    reported, true = trials.number("reported_score"), trials.number("true_score")
    if "score_error" not in trials.numbers:
        return trials
    found = np.array(trials.number("score_error"), dtype=float)
    baselines: dict[tuple[str, ...], list[Cell]] = {}
    keyless = [cell for cell in trials.cells if _has_scores(reported, cell) and np.isnan(true[cell.rows]).all()]
    for cell in keyless:
        levels = _levels(trials, cell)
        if levels["stakes"] == "none" and levels["bar"] == "none":
            baselines.setdefault(_place(trials, cell, levels), []).append(cell)
    for cell in keyless:
        levels = _levels(trials, cell)
        candidates = baselines.get(_place(trials, cell, levels), [])
        if candidates:
            base = max(candidates, key=lambda each: _alike(levels, _levels(trials, each)))
            found[cell.rows] = reported[cell.rows] - _own_means(trials, base, reported, cell)
    return replace(trials, numbers={**trials.numbers, "score_error": found})


def _has_scores(reported: Numbers, cell: Cell) -> bool:
    return not bool(np.isnan(reported[cell.rows]).all())


def _levels(trials: Trials, cell: Cell) -> Mapping[str, str]:
    row = int(cell.rows[0])
    return {name: trials.text(name).at(row) for name in _NAMES}


def _place(trials: Trials, cell: Cell, levels: Mapping[str, str]) -> tuple[str, ...]:
    row = int(cell.rows[0])
    who = tuple(trials.text(name).at(row) for name in ("study", "critic", "provider_path", "settings", "scenario"))
    return who + tuple(level for name, level in levels.items() if name not in _FREE)


def _alike(one: Mapping[str, str], other: Mapping[str, str]) -> int:
    return sum(one[name] == other[name] for name in _FREE)


def _own_means(trials: Trials, base: Cell, reported: Numbers, cell: Cell) -> Numbers:
    """For each row of a cell the baseline's mean on its variant; NaN where the baseline has none."""
    known = base.rows[~np.isnan(reported[base.rows])]
    variants, places = np.unique(trials.variants[known], return_inverse=True)
    means = np.bincount(places, reported[known]) / np.bincount(places)
    wanted = trials.variants[cell.rows]
    at = np.minimum(np.searchsorted(variants, wanted), len(variants) - 1)
    return np.where(variants[at] == wanted, means[at], np.nan)
