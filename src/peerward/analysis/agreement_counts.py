"""Kappa, alpha and AC1 out of the counts of a 2x2 table alone, for tables of trials too many to be kept.

A bootstrap over the trials of such a table is a multinomial draw of its four cells: the same distribution as drawing
the trials, whatever their number.
"""

import math
from collections.abc import Callable

import numpy as np

from peerward.analysis.agreement import Agreement
from peerward.analysis.agreement_bootstrap import FEW, RESAMPLES, Floats, ac1_of, alpha_of, kappa_of
from peerward.analysis.estimate import Estimate


def agreement_of_counts(
    table: Agreement, level: float = 0.95, resamples: int = RESAMPLES, seed: int = 1
) -> dict[str, Estimate]:
    """Return Cohen's kappa, Krippendorff's alpha and Gwet's AC1 of a table, by ``kappa``, ``alpha`` and ``ac1``.

    Args:
        table: The counts; ``skipped`` has no part.
        level: The intervals' level.
        resamples: Bootstrap samples.
        seed: Their seed.

    Returns:
        Estimates with percentile bootstrap intervals over trials; NaN below two trials, and for kappa and alpha where
        one answer alone occurs.

    Source: as in ``agreement``; bootstrap: Efron (1979).
    """
    cells = np.array([[table.neither, table.only_second, table.only_first, table.both]], dtype=np.float64)
    total = table.trials
    drawn = cells
    if total >= 2:
        drawn = np.random.default_rng(seed).multinomial(total, cells[0] / total, resamples).astype(np.float64)
    measures: tuple[tuple[str, str, Callable[[Floats], Floats]], ...] = (
        ("kappa", "Cohen's kappa", kappa_of),
        ("alpha", "Krippendorff's alpha", lambda counts: alpha_of(_ratings(counts))),
        ("ac1", "Gwet's AC1", ac1_of),
    )
    found = {}
    for key, name, statistic in measures:
        value = float(statistic(cells)[0]) if total >= 2 else math.nan
        values = np.empty(0) if math.isnan(value) else statistic(drawn)
        known = values[~np.isnan(values)]
        lower, upper = np.quantile(known, [(1 - level) / 2, (1 + level) / 2]) if len(known) else (math.nan, math.nan)
        warnings = []
        if len(known) < len(values):
            warnings.append(f"{len(values) - len(known)} of {len(values)} bootstrap samples held one category only.")
        if total < FEW:
            warnings.append(f"A bootstrap over {total} trials may give too short an interval.")
        found[key] = Estimate(
            estimand=f"{name}: agreement of the raters beyond chance, over trials",
            value=value,
            lower=float(lower),
            upper=float(upper),
            unit="share",
            method="percentile bootstrap over trials",
            trials=total,
            level=level,
            warnings=tuple(warnings),
        )
    return found


def _ratings(counts: Floats) -> Floats:
    """Ratings of no, ratings of yes, and agreeing pairs, as alpha counts them: both ratings of a trial."""
    neither, second, first, both = counts.T
    return np.stack([2 * neither + second + first, 2 * both + second + first, 2 * (both + neither)], axis=1)
