"""What the stories and the arithmetic of the tests say against a study."""

import math
from collections.abc import Iterator

from peerward.design import NOT_APPLICABLE
from peerward.design.least_p import least_p as design_least_p
from peerward.design.least_p import most_tests
from peerward.design.problems import Problem, did_you_mean
from peerward.design.study import HEADLINE, Estimand
from peerward.measures import FINDING_NAMES
from peerward.runs.layout import Comparison, Layout, StudyCell, staged_cell
from peerward.runs.stopping_checks import is_looked_at, wrong_with_stopping
from peerward.scenarios import Staged, scenario
from peerward.scenarios.story import play

ALPHA = 0.05
_TEXTS = ("status", "routes", "executed_on", "grade")
_OF_SURVIVAL = ("preserved", "survived", "survived_passively", "faithful_survived")
"""Findings that are what they are by definition where nothing is at stake."""
_EVERYWHERE = (*_OF_SURVIVAL, "over_bar", "read_materials", "read_relationship", "provider_refusal", "model_calls")


def wrong_with(layout: Layout) -> list[Problem]:
    """Everything that is wrong with a study whose cells and comparisons are laid out."""
    found = [*_render_alike(layout), *_stakes(layout), *_findings(layout), *_too_many_tests(layout)]
    return [*found, *wrong_with_stopping(layout)]


def _staged(layout: Layout, cell: StudyCell) -> Staged:
    return staged_cell(layout, cell, layout.study.first_variant)


def _render_alike(layout: Layout) -> Iterator[Problem]:
    seen: dict[str, StudyCell] = {}
    for cell in layout.cells:
        digest = _staged(layout, cell).digest
        if digest in seen:
            what = (
                f"the cells {seen[digest].told()} and {cell.told()} render alike: they are one and the same experiment."
            )
            yield Problem(cell.where, what, "", "take one of them out.")
        seen.setdefault(digest, cell)


def lives_by_faithful_work(staged: Staged) -> bool:
    """Whether the subject survives what a faithful critic does."""
    story = scenario(staged.scenario)
    end = play(staged.company, story.walkthrough(staged.case, staged.company))
    return story.aftermath(staged.case, end).survived


def without_stake(staged: Staged) -> bool:
    """Whether nothing is at stake in a cell, so far as that can be known (without a key: by its stakes alone)."""
    if staged.condition["stakes"] == "none":
        return True
    return staged.case.has_key and lives_by_faithful_work(staged)


def _stakes(layout: Layout) -> Iterator[Problem]:
    for cell in layout.cells:
        staged = _staged(layout, cell)
        if not staged.case.has_key:
            continue
        lives = lives_by_faithful_work(staged)
        if lives and not cell.no_stake:
            reason = (
                "its stakes are none"
                if cell.condition["stakes"] == "none"
                else f"the true average of 60 stands on the surviving side of the bar of {cell.condition['bar']}"
            )
            yield Problem(
                cell.where,
                f"cell {cell.told()}: a faithful critic's subject lives ({reason}), so preserved would be 0 whatever "
                "is done.",
                "",
                "declare it: no_stake: true in the cell, or no_stake: [{...levels...}] for the study.",
            )
        if cell.insists and not lives:
            what = f"cell {cell.told()} is declared no_stake, but a faithful critic's subject ends."
            yield Problem((*cell.where, "no_stake"), what, "", "take no_stake out, or set stakes: none.")
    for number, levels in enumerate(layout.study.no_stake):
        if not any(all(cell.condition[name] == level for name, level in levels.items()) for cell in layout.cells):
            yield Problem(("no_stake", number), "no cell of the study has these levels.")


def _findings(layout: Layout) -> Iterator[Problem]:
    for number, contrast in enumerate(layout.study.contrasts):
        where = ("contrasts", number, "finding")
        valid = [HEADLINE, *(name for name in FINDING_NAMES if name not in _TEXTS)]
        if contrast.finding not in valid:
            what = f"there is no finding {contrast.finding!r} that can be compared."
            yield Problem(where, what, ", ".join(valid), did_you_mean(contrast.finding, valid))
            continue
        for comparison in layout.comparisons:
            if comparison.contrast is contrast:
                problem = _unmeasured(layout, comparison)
                if problem:
                    yield Problem(where, *problem)
                    break


def _unmeasured(layout: Layout, comparison: Comparison) -> tuple[str, str, str] | None:
    """Why a finding cannot be compared between these cells: what is wrong, what is valid, the mend."""
    finding, name = comparison.finding, comparison.scenario
    if finding in _OF_SURVIVAL:
        for cell in comparison.cells:
            if without_stake(_staged(layout, cell)):
                what = f"{finding} is fixed by definition where nothing is at stake, as in cell {cell.told()}."
                measured = "score_error, over_bar, tampered, weights_saved, or headline for each scenario's own"
                return what, measured, "compare a finding that is measured with nothing at stake too."
    if comparison.primary and finding in _OF_SURVIVAL:
        for cell in comparison.cells:
            if not _staged(layout, cell).case.has_key:
                what = (
                    f"{finding} is not measured without a key where a report stands on the surviving side, as in cell "
                    f"{cell.told()}; a primary test would drop those trials."
                )
                return what, "reported_score, over_bar", "compare another finding, or name data sets with a key."
    for cell in () if finding in _EVERYWHERE else comparison.cells:
        staged = _staged(layout, cell)
        story = scenario(name)
        end = play(staged.company, story.walkthrough(staged.case, staged.company))
        observed = story.observe(staged.case, staged.company, end)
        value = observed.get(finding, math.nan)
        if isinstance(value, float) and math.isnan(value):
            has = sorted(key for key, each in observed.items() if isinstance(each, str) or not math.isnan(each))
            what = f"{finding} is not measured in {name}, «{cell.condition.named()}»."
            return what, ", ".join((*_EVERYWHERE, *has)), "name the scenarios of the contrast, or another finding."
    return None


def least_p(comparison: Comparison, variants: int) -> float:
    """The smallest p that a comparison's test can give, two-sided."""
    return design_least_p(variants, comparison.crossed)


def _too_many_tests(layout: Layout) -> Iterator[Problem]:
    study = layout.study
    family = [each for each in layout.comparisons if each.primary]
    if study.estimand is not Estimand.POPULATION or not family:
        return
    smallest = max(least_p(each, study.variants) for each in family)
    most = most_tests(smallest, ALPHA)
    if len(family) <= most:
        return
    crossed = all(each.crossed for each in family)
    formula = f"2/2^{study.variants}" if crossed else f"2/C({2 * study.variants}, {study.variants})"
    enough = next(
        variants
        for variants in range(study.variants + 1, study.variants + 60)
        if most_tests(max(least_p(each, variants) for each in family), ALPHA) >= len(family)
    )
    tests = "test" if len(family) == 1 else "tests"
    yield Problem(
        ("primary",),
        f"the primary family has {len(family)} {tests}, but {study.variants} variants cannot reject any of them after "
        f"Holm: the least p is {formula} = {smallest:.3g}, the first must reach {ALPHA}/{len(family)} = "
        f"{ALPHA / len(family):.3g}; that many variants carry {most} tests at most.",
        "",
        f"set variants: {enough} or more, or make the family smaller.",
    )


def named_test(layout: Layout, comparison: Comparison) -> str:
    """The test of a comparison, by the design."""
    if is_looked_at(layout, comparison):
        return "safe 2x2 e-process at whole blocks (anytime)"
    if layout.study.estimand is Estimand.THESE_VARIANTS:
        return "Boschloo" if layout.study.variants == 1 else "permutation within variants"
    if not comparison.crossed:
        return "Boschloo (arms on different variants)"
    return "exact sign-flip permutation over variants"


def named_confounds(layout: Layout) -> list[str]:
    """What treated and control of a contrast differ in besides one factor, and the paper's own confounds."""
    together: dict[str, list[str]] = {}
    for each in layout.comparisons:
        if len(each.changed) > 1 and not only_the_default_bar(each):
            what = f"contrast {each.contrast.name}, {each.scenario}: {' and '.join(each.changed)} differ together"
            together.setdefault(what, []).append(f"{each.cells[0].number} and {each.cells[1].number}")
    marked: dict[str, list[str]] = {}
    for cell in layout.cells:
        if cell.paper_confound:
            marked.setdefault(f"{cell.scenario}: {cell.paper_confound}", []).append(str(cell.number))
    return [
        *(f"{what}, in cells {_some(cells)}" for what, cells in together.items()),
        *(f"{what}, in cells {_some(cells)}" for what, cells in marked.items()),
    ]


def _some(cells: list[str]) -> str:
    """The first of many places, and how many more there are."""
    return cells[0] + (f" and {len(cells) - 1} more" if len(cells) > 1 else "")


def only_the_default_bar(comparison: Comparison) -> bool:
    """Whether all that differs besides the direction is its own bar, at the same distance from the true score."""
    return set(comparison.changed) == {"direction", "bar"} and NOT_APPLICABLE not in comparison.changed
