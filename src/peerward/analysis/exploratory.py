"""Pairs of cells that no contrast declares: they differ in one factor, and what they show is a hint, no finding."""

from collections.abc import Collection

from peerward.analysis.answers import CellAnswer, ComparisonAnswer
from peerward.analysis.comparing import compare_cells
from peerward.analysis.pairing import one_factor_apart
from peerward.analysis.tabled import Tabled

_SAME_DATA = frozenset({"dataset"})


def exploratory_answers(table: Tabled, declared: Collection[frozenset[str]]) -> list[ComparisonAnswer]:
    """Return the comparison of every pair of cells one factor apart that is not among the declared ones.

    The finding is ``preserved`` where faithful work would have ended the subject in both cells, else the scenario's
    headline, which is measured with nothing at stake too.
    """
    found = []
    for factor, treated, control in one_factor_apart(table.cells):
        if frozenset((treated.id, control.id)) in declared or factor in _SAME_DATA:
            continue
        finding = _finding(table, treated, control)
        compared = compare_cells(
            table.trials,
            [table.rows[treated.id], table.rows[control.id]],
            finding,
            table.rules[treated.study],
            brief=True,
        )
        if not compared.estimate.measured:
            continue
        found.append(
            ComparisonAnswer(
                id=f"pair-{treated.id}-{control.condition_id}",
                contrast=f"{factor}: {treated.levels[factor]} minus {control.levels[factor]}",
                declared=False,
                family="exploratory",
                study=treated.study,
                critic=treated.critic,
                scenario=treated.scenario,
                stratum=_told(table, treated, factor),
                finding=finding,
                arms={"treated": treated.id, "control": control.id},
                estimate=compared.estimate,
                test=compared.test,
                no_test=compared.no_test,
                other_tests=compared.other_tests,
                warnings=table.mixed(treated.id, control.id) + compared.warnings,
            )
        )
    return found


def _finding(table: Tabled, treated: CellAnswer, control: CellAnswer) -> str:
    return "preserved" if treated.at_stake and control.at_stake else table.headline(treated.scenario)


def _told(table: Tabled, cell: CellAnswer, factor: str) -> str:
    """The levels off their default that both cells share."""
    return " ".join(part for part in cell.named.split() if not part.startswith(f"{factor}=") and part != "default")
