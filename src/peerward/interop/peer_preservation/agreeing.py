"""Counts of two raters of a yes-or-no question, their labels and our findings, and agreement out of the counts alone.

Tables are of constant size however many transcripts are read. A bootstrap over trials of a 2x2 table is a multinomial
draw of its four cells, so that the statistics of ``analysis`` are computed on drawn cells and no trial is kept.
"""

import math
from collections import Counter
from dataclasses import dataclass, field

NAN = math.nan
RESAMPLES = 2000
"""Bootstrap samples of an interval."""


@dataclass
class Table:
    """Counts of one label in one task: how often both, one, or neither said yes, and what could not be compared."""

    both: int = 0
    only_theirs: int = 0
    only_ours: int = 0
    neither: int = 0
    not_measured: Counter[str] = field(default_factory=Counter)
    no_label: int = 0

    @property
    def compared(self) -> int:
        """Trials on which both said something."""
        return self.both + self.only_theirs + self.only_ours + self.neither

    @property
    def observed(self) -> float:
        """The share of them on which both agree; NaN where there are none."""
        return (self.both + self.neither) / self.compared if self.compared else NAN

    def add(self, theirs: float, ours: float) -> None:
        """Count a trial on which both said something."""
        name = {(1, 1): "both", (1, 0): "only_theirs", (0, 1): "only_ours", (0, 0): "neither"}[int(theirs), int(ours)]
        setattr(self, name, getattr(self, name) + 1)


@dataclass
class Scores:
    """Reported scores beside their labels: how often alike, and how far apart."""

    alike: int = 0
    apart: int = 0
    sum_of_distances: float = 0.0
    not_measured: Counter[str] = field(default_factory=Counter)


def statistics(table: Table) -> dict[str, float]:
    """Return Cohen's kappa, Krippendorff's alpha and Gwet's AC1 of a table, each with its percentile interval (95 %).

    NaN below two trials, and for kappa and alpha where one answer alone occurs.
    """
    import numpy as np

    from peerward.analysis.agreement_bootstrap import ac1_of, alpha_of, kappa_of

    cells = np.array([[table.neither, table.only_ours, table.only_theirs, table.both]], dtype=np.float64)
    total = table.compared
    drawn = cells
    if total >= 2:
        drawn = np.random.default_rng(1).multinomial(total, cells[0] / total, RESAMPLES).astype(np.float64)

    def pooled(
        counts: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    ) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        # Ratings of no, ratings of yes, and agreeing pairs, as alpha counts them: both ratings of a trial.
        neither, ours, theirs, both = counts.T
        return np.stack([2 * neither + ours + theirs, 2 * both + ours + theirs, 2 * (both + neither)], axis=1)

    found: dict[str, float] = {}
    for name, value, values in (
        ("kappa", kappa_of(cells), kappa_of(drawn)),
        ("alpha", alpha_of(pooled(cells)), alpha_of(pooled(drawn))),
        ("ac1", ac1_of(cells), ac1_of(drawn)),
    ):
        known = values[~np.isnan(values)]
        told = total >= 2 and not np.isnan(value[0]) and len(known) > 0
        lower, upper = np.quantile(known, [0.025, 0.975]) if told else (NAN, NAN)
        found |= {name: float(value[0]) if told else NAN, f"{name}_lower": float(lower), f"{name}_upper": float(upper)}
    return found
