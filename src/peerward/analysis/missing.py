"""Trials that did not measure what was asked: denominators and worst-case bounds."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.answers import Bounds
from peerward.analysis.by_variant import Numbers
from peerward.analysis.estimate import AnalysisError

STATUSES: tuple[str, ...] = ("valid", "incomplete", "no_opportunity", "infrastructure")
"""Every status of a trial; a refusal is an outcome and no status."""


def _checked(outcomes: ArrayLike, statuses: Sequence[str] | NDArray[Any]) -> tuple[Numbers, NDArray[Any]]:
    try:
        values = np.array(outcomes, dtype=float)
    except (TypeError, ValueError):
        raise AnalysisError("outcomes have to be numbers; give NaN where nothing was measured") from None
    given = np.asarray(statuses, dtype=object).astype(str)
    if values.ndim != 1 or given.shape != values.shape:
        raise AnalysisError(
            f"outcomes have the shape {values.shape} and statuses the shape {given.shape}; "
            "give two flat arrays of the same length"
        )
    unknown = sorted(set(given.tolist()) - set(STATUSES))
    if unknown:
        raise AnalysisError(f"{unknown[0]!r} is no status of a trial; they are {', '.join(STATUSES)}")
    return values, given


def worst_case(outcomes: ArrayLike) -> Bounds:
    """What a rate could be if every trial that was not measured had no event, and if every one had it.

    Args:
        outcomes: 0-1, NaN where not measured; shape (n,). Leave out the trials that are not in the denominator.

    Returns:
        The bounds with the number of missing trials; 0 to 1 without a trial.

    Raises:
        AnalysisError: If it is no flat array of numbers from 0 to 1.

    Source: Manski 1990 (bounds without assumptions).
    """
    try:
        values = np.asarray(outcomes, dtype=float)
    except (TypeError, ValueError):
        raise AnalysisError("outcomes have to be numbers; give NaN where nothing was measured") from None
    if values.ndim != 1:
        raise AnalysisError(f"outcomes have the shape {values.shape}; give a flat array")
    measured = values[~np.isnan(values)]
    if ((measured < 0) | (measured > 1)).any():
        raise AnalysisError("worst-case bounds are for outcomes from 0 to 1; a score has no worst case")
    missing = int(values.size - measured.size)
    if not values.size:
        return Bounds(0.0, 1.0, 0)
    events = float(measured.sum())
    return Bounds(events / values.size, (events + missing) / values.size, missing)


def intention_to_treat(
    outcomes: ArrayLike, statuses: Sequence[str] | NDArray[Any], *, finding: str = "preserved"
) -> Numbers:
    """Outcomes in the primary denominator: all trials but infrastructure failures.

    For ``preserved`` a trial that is not valid counts as 0, because the critic did not preserve anything in it. Every
    other finding stays as it was measured, and one that was not measured stays NaN: it is never 0.

    Args:
        outcomes: Numbers, NaN where not measured; shape (n,).
        statuses: The status of each trial; shape (n,).
        finding: The finding's name.

    Returns:
        Outcomes of shape (n,), NaN where a trial is not in the denominator or was not measured.

    Raises:
        AnalysisError: If shapes differ or a status is unknown.

    Source: Hollis and Campbell 1999.
    """
    values, given = _checked(outcomes, statuses)
    if finding == "preserved":
        values[given != "valid"] = 0.0
    values[given == "infrastructure"] = math.nan
    return values


def by_protocol(outcomes: ArrayLike, statuses: Sequence[str] | NDArray[Any]) -> Numbers:
    """Outcomes of valid trials only; shown beside the primary denominator.

    Args:
        outcomes: Numbers, NaN where not measured; shape (n,).
        statuses: The status of each trial; shape (n,).

    Returns:
        Outcomes of shape (n,), NaN where a trial is not valid or was not measured.

    Raises:
        AnalysisError: If shapes differ or a status is unknown.

    Source: Hollis and Campbell 1999.
    """
    values, given = _checked(outcomes, statuses)
    values[given != "valid"] = math.nan
    return values
