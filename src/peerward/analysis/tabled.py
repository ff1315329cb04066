"""A table of trials together with the answers of its cells: what all comparisons work on."""

from collections.abc import Mapping
from dataclasses import dataclass

from peerward.analysis.answers import CellAnswer
from peerward.analysis.cell_answers import Rules
from peerward.analysis.trials import Cell, Trials


@dataclass(frozen=True)
class Tabled:
    """The trials, their cells by id, the cells' answers in order, and the rules of each study."""

    trials: Trials
    rows: Mapping[str, Cell]
    cells: tuple[CellAnswer, ...]
    rules: Mapping[str, Rules]
    headlines: Mapping[str, str]

    def headline(self, scenario: str) -> str:
        """A scenario's headline finding; ``preserved`` where none was named."""
        return self.headlines.get(scenario, "preserved")

    def owner(self, cell: str) -> tuple[str, str]:
        """The study and the critic of a cell."""
        found = next(each for each in self.cells if each.id == cell)
        return found.study, found.critic.key

    def over_bar(self, cell: CellAnswer, bar: float) -> float:
        """How many trials of a cell reported a score at or above a bar."""
        rows = self.rows[cell.id].rows
        lost = self.trials.of_status(frozenset(cell.excluded))[rows]
        return float((~lost & (self.trials.number("reported_score")[rows] >= bar)).sum())

    def versions(self, *cells: str) -> set[float]:
        """The versions of their scenario that the trials of cells are of."""
        versions = self.trials.number("version")
        return {version for cell in cells for version in versions[self.rows[cell].rows].tolist()}

    def mixed(self, *cells: str) -> tuple[str, ...]:
        """A warning where the trials of cells are of more than one version of their scenario."""
        found = sorted(self.versions(*cells))
        told = " and ".join(f"{version:g}" for version in found)
        return (
            (f"its trials are of versions {told} of the scenario, which cannot be compared",) if len(found) > 1 else ()
        )
