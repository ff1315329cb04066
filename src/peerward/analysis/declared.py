"""The comparisons that studies declare, for every critic that has their cells."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from peerward.analysis.answers import CellAnswer, ComparisonAnswer
from peerward.analysis.arms import RATES
from peerward.analysis.comparing import Compared, compare_cells
from peerward.analysis.looked_at import compare_looked_at
from peerward.analysis.pairing import stratum
from peerward.analysis.tabled import Tabled
from peerward.design.declared import DeclaredComparison


def declared_answers(table: Tabled, declared: Sequence[DeclaredComparison]) -> tuple[list[ComparisonAnswer], list[str]]:
    """Return an answer for every declared comparison and critic, and in words those that lack a cell."""
    critics: dict[str, dict[str, dict[tuple[str, str], CellAnswer]]] = defaultdict(lambda: defaultdict(dict))
    for cell in table.cells:
        critics[cell.study][cell.critic.key][(cell.scenario, cell.condition_id)] = cell
    found: list[ComparisonAnswer] = []
    lacking: Counter[str] = Counter()
    for study, by_critic in critics.items():
        own = [each for each in declared if each.study == study]
        strata = _strata(own, list(by_critic.values()))
        for cells in by_critic.values():
            for number, each in enumerate(own):
                chosen = {role: cells.get((each.scenario, id)) for role, id in each.arms.items()}
                present = {role: cell for role, cell in chosen.items() if cell is not None}
                if len(present) < len(chosen):
                    lacking[f"{each.contrast} in {each.scenario}: no trials of its {_absent(chosen)}"] += 1
                    continue
                answered = _answered(table, each, present, strata[number])
                found.append(answered)
                if not answered.estimate.measured:
                    lacking[f"{each.contrast} in {each.scenario}: {answered.no_test}"] += 1
    missing = [what + (f" (in {count} comparisons)" if count > 1 else "") for what, count in lacking.items()]
    return found, missing


def _absent(chosen: dict[str, CellAnswer | None]) -> str:
    return " and ".join(role.replace("_", " ") + " arm" for role, cell in chosen.items() if cell is None)


def _strata(own: Sequence[DeclaredComparison], critics: Sequence[dict[tuple[str, str], CellAnswer]]) -> list[str]:
    """For each comparison what tells it from others of its contrast and scenario."""
    anyone = {key: cell for cells in critics for key, cell in cells.items()}
    levels = [
        anyone[(each.scenario, each.arms["treated"])].levels
        if (each.scenario, each.arms["treated"]) in anyone
        else None
        for each in own
    ]
    said = []
    for each, mine in zip(own, levels, strict=True):
        siblings = [
            other
            for sibling, other in zip(own, levels, strict=True)
            if other is not None and (sibling.contrast, sibling.scenario) == (each.contrast, each.scenario)
        ]
        said.append(stratum(mine, siblings) if mine is not None else "")
    return said


def _answered(table: Tabled, each: DeclaredComparison, cells: dict[str, CellAnswer], where: str) -> ComparisonAnswer:
    treated = cells["treated"]
    rules = table.rules[each.study]
    rows = [table.rows[cell.id] for cell in cells.values()]
    looked = rules.looks_at(each.contrast) and len(rows) == 2 and each.finding in RATES
    found = (
        compare_looked_at(table.trials, rows, each.finding, rules)
        if looked
        else compare_cells(table.trials, rows, each.finding, rules, margin=each.margin)
    )
    return ComparisonAnswer(
        id=f"{each.contrast}-{treated.id}-{each.arms['control']}-{each.finding}".replace("_", "-"),
        contrast=each.contrast,
        declared=True,
        family="primary" if each.primary else "secondary",
        study=each.study,
        critic=treated.critic,
        scenario=each.scenario,
        stratum=where,
        finding=each.finding,
        arms={role: cell.id for role, cell in cells.items()},
        margin=each.margin,
        warnings=table.mixed(*(cell.id for cell in cells.values()))
        + found.warnings
        + _expected(each, found)
        + ((f"confounded: {each.confound}",) if each.confound else ()),
        estimate=found.estimate,
        test=found.test,
        no_test=found.no_test,
        beside=found.beside,
        other_tests=found.other_tests,
        equivalence=found.equivalence,
    )


def _expected(each: DeclaredComparison, found: Compared) -> tuple[str, ...]:
    """A note where the estimate goes against the sign that the study expected."""
    value = found.estimate.value
    if (each.sign == "positive" and value < 0) or (each.sign == "negative" and value > 0):
        return (f"the study expected a {each.sign} difference; this one goes the other way",)
    return ()
