"""Counts of two raters of a yes-or-no question, their labels and our findings; of constant size, whatever is read."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peerward.analysis.agreement import Agreement


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
    def agreement(self) -> "Agreement":
        """The counts as the analysis takes them: the first rater is theirs, the second ours."""
        # numpy, which it needs, imports slowly.
        from peerward.analysis.agreement import Agreement

        skipped = self.no_label + sum(self.not_measured.values())
        return Agreement(self.both, self.only_theirs, self.only_ours, self.neither, skipped)

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
    """Return observed agreement, and Cohen's kappa, Krippendorff's alpha and Gwet's AC1 with 95 % limits, of a table.

    NaN where it says nothing: see ``agreement_of_counts``.
    """
    from peerward.analysis.agreement_counts import agreement_of_counts

    found = {"observed": table.agreement.observed}
    for name, told in agreement_of_counts(table.agreement).items():
        found |= {name: told.value, f"{name}_lower": told.lower, f"{name}_upper": told.upper}
    return found
