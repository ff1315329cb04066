"""A study laid out: its cells by scenario, and the comparisons that its contrasts declare.

Factors for which a scenario has no place collapse there, and cells that become the same are merged.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product

from peerward.design import NOT_APPLICABLE, Condition, make_condition
from peerward.design.bars import control_bar, is_control_bar
from peerward.design.contrasts import AmbiguousArmError, Arms, applies, compare
from peerward.design.counting import counted
from peerward.design.problems import Loc, Problem
from peerward.design.study import HEADLINE, Contrast, Study
from peerward.runs.study_slips import collapsed, unused
from peerward.scenarios import NAMES, Scenario, Staged, scenario
from peerward.scenarios.cells import stage_cell


@dataclass(frozen=True)
class StudyCell:
    """One condition of one scenario in a study.

    Attributes:
        number: Its number in the study, from 1.
        scenario: The scenario.
        condition: The condition.
        no_stake: Whether the study declares that it may be without a stake.
        insists: Whether it is declared so by itself, not by a pattern.
        paper_confound: What is confounded in it, if it is such an arm of the paper.
        where: The entry of the study that it comes from.
        group: The group of cells to which it belongs, or an empty text.
    """

    number: int
    scenario: str
    condition: Condition
    no_stake: bool
    insists: bool
    paper_confound: str
    where: Loc
    group: str = ""

    @property
    def group_name(self) -> str:
        """The name under which the cell is run or left out: ``main`` for cells of no group."""
        return self.group or "main"

    def told(self) -> str:
        """The cell for a reader."""
        return f"{self.number} ({self.scenario}, {self.condition.named()})"


@dataclass(frozen=True)
class Comparison:
    """One test: the cells of a contrast in one scenario and stratum.

    Attributes:
        contrast: The contrast.
        scenario: The scenario.
        cells: Treated and control, then the baseline of each where there are any.
        finding: What is compared there.
        primary: Whether it belongs to the primary family.
    """

    contrast: Contrast
    scenario: str
    cells: tuple[StudyCell, ...]
    finding: str
    primary: bool

    @property
    def changed(self) -> tuple[str, ...]:
        """The factors in which treated and control differ."""
        return Arms(tuple(cell.condition for cell in self.cells)).changed

    @property
    def crossed(self) -> bool:
        """Whether all arms stand on the same variants (a data set has its own)."""
        return len({cell.condition["dataset"] for cell in self.cells}) == 1


@dataclass
class Layout:
    """A study laid out: its cells and comparisons, and what was found wrong on the way."""

    study: Study
    cells: list[StudyCell] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def by_scenario(self) -> dict[str, list[StudyCell]]:
        """The cells by scenario, in order."""
        found: dict[str, list[StudyCell]] = {}
        for cell in self.cells:
            found.setdefault(cell.scenario, []).append(cell)
        return found

    @property
    def trials(self) -> int:
        """How many trials a critic plays."""
        return len(self.cells) * self.study.variants * self.study.epochs


_STAND_IN = (60.0, 5.0)
"""Mean and standard deviation, in points, that stand in for a critic's control trials while none is named."""


def staged_cell(layout: Layout, cell: StudyCell, variant: int) -> Staged:
    """The trial of a cell and a variant as it is checked and audited, before any critic is named."""
    given, level = {}, cell.condition["bar"]
    if is_control_bar(level):
        given["bar"] = f"{control_bar(level, cell.condition['direction'], *_STAND_IN):.1f}"
    return stage_cell(cell.scenario, cell.condition, layout.study.seed, variant, given)


def scenarios_of(words: Iterable[str]) -> list[str]:
    """Scenarios by their own names, each once."""
    return list(dict.fromkeys(name for word in words for name in (NAMES if word == "all" else [scenario(word).name])))


@dataclass(frozen=True)
class _Wish:
    """What a study asks for before a scenario has been asked."""

    where: Loc
    scenario: str
    levels: Mapping[str, str]
    own: frozenset[str]
    no_stake: bool = False
    paper_confound: str = ""
    group: str = ""


def expand(study: Study) -> Layout:
    """Lay a study out: cells by scenario, then comparisons.

    Factors for which a scenario has no place collapse there, and cells that become the same are merged. What cannot
    be laid out is among the layout's problems.
    """
    layout = Layout(study)
    excluded: set[int] = set()
    names = scenarios_of(study.scenarios)
    for name in names:
        _add_cells(layout, scenario(name), excluded)
    layout.problems[:] = _gathered(layout.problems)
    layout.problems += unused(study, names, excluded)
    if not layout.cells and not layout.problems:
        layout.problems.append(Problem(("exclude",), "the study has no cell: everything is excluded."))
    if not layout.problems:
        for number, contrast in enumerate(study.contrasts):
            _add_comparisons(layout, number, contrast)
    return layout


def _wishes(study: Study) -> Iterator[_Wish]:
    if study.vary or not study.cells:
        where: Loc = ("vary",) if study.vary else ("hold",) if study.hold else ()
        for crossed in product(*study.vary.values()):
            yield _Wish(where, "", {**study.hold, **dict(zip(study.vary, crossed, strict=True))}, frozenset())
    for number, cell in enumerate(study.cells):
        name = scenario(cell.scenario).name if cell.scenario else ""
        own = frozenset(cell.levels) if cell.scenario else frozenset()
        for chosen in cell.crossed():
            levels = {**study.hold, **chosen}
            yield _Wish(("cells", number), name, levels, own, cell.no_stake, cell.paper_confound, cell.group)


def _add_cells(layout: Layout, story: Scenario, excluded: set[int]) -> None:
    study = layout.study
    found: dict[Condition, StudyCell] = {}
    for wish in _wishes(study):
        if wish.scenario and wish.scenario != story.name:
            continue
        homeless = sorted(wish.own - story.factors)
        if homeless:
            what = f"{story.name} has no place for {', '.join(homeless)}."
            valid = ", ".join(name for name in make_condition({}, story.factors) if name in story.factors)
            layout.problems.append(Problem((*wish.where, homeless[0]), what, valid, "leave it out of this cell."))
            continue
        condition = collapsed(wish.levels, story)
        if wish.where == ("vary",):
            hits = [
                n for n, each in enumerate(study.exclude) if _matches(each.levels, condition, each.scenario, story.name)
            ]
            excluded.update(hits)
            if hits:
                continue
        reason = story.refusal(condition)
        if reason:
            layout.problems.append(_refused(study, story.name, wish, condition, reason))
            continue
        patterned = any(_matches(each, condition) for each in study.no_stake)
        earlier = found.get(condition)
        if earlier is not None and earlier.group != wish.group:
            what = (
                f"{story.name}, «{condition.named()}» is named in two groups ({earlier.group or 'none'} and "
                f"{wish.group or 'none'}), since factors without a place there collapse."
            )
            layout.problems.append(Problem(wish.where, what, "", "name the scenario of the entry, or use one group."))
            continue
        if earlier is not None:
            found[condition] = replace(
                earlier,
                no_stake=earlier.no_stake or wish.no_stake,
                insists=earlier.insists or wish.no_stake,
                paper_confound=earlier.paper_confound or wish.paper_confound,
            )
            continue
        number = len(layout.cells) + len(found) + 1
        found[condition] = StudyCell(
            number=number,
            scenario=story.name,
            condition=condition,
            no_stake=wish.no_stake or patterned,
            insists=wish.no_stake,
            paper_confound=wish.paper_confound,
            where=wish.where,
            group=wish.group,
        )
    layout.cells += found.values()


def _matches(
    levels: Mapping[str, str], condition: Condition, wanted: str | None = None, name: str | None = None
) -> bool:
    """Whether a condition has all of the levels, in the scenario that is wanted."""
    if wanted is not None and scenario(wanted).name != name:
        return False
    return all(condition[factor] == level for factor, level in levels.items())


def _refused(study: Study, name: str, wish: _Wish, condition: Condition, reason: str) -> Problem:
    mend = "change the cell."
    if wish.where == ("vary",):
        levels = ", ".join(
            f"{factor}: {wish.levels[factor]}" for factor in study.vary if condition[factor] != NOT_APPLICABLE
        )
        mend = f"leave it out: exclude: [{{scenario: {name}, {levels}}}], or fewer levels of it."
    return Problem(wish.where, f"{name}, «{condition.named()}»: {reason}.", "", mend)


def _gathered(problems: list[Problem]) -> list[Problem]:
    """Refusals of one entry for one reason, told once with the first example and the count."""
    groups: dict[tuple[Loc, str], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.where, problem.what.partition("»: ")[2] or problem.what), []).append(problem)
    told = []
    for (_, _), group in groups.items():
        more = f" (and {counted(len(group) - 1, 'more cell')} for the same reason)" if len(group) > 1 else ""
        told.append(replace(group[0], what=group[0].what + more))
    return told


def _add_comparisons(layout: Layout, number: int, contrast: Contrast) -> None:
    study = layout.study
    cells = layout.by_scenario()
    named_here = contrast.scenarios != ("all",)
    found = 0
    for name in scenarios_of(contrast.scenarios) if named_here else list(cells):
        story = scenario(name)
        where: Loc = ("contrasts", number)
        if name not in cells:
            layout.problems.append(Problem((*where, "scenarios"), f"{name} is not among the study's scenarios."))
            continue
        by_condition = {cell.condition: cell for cell in cells[name]}
        arms: list[Arms] = []
        if applies(contrast, story.factors):
            try:
                arms = compare(contrast, list(by_condition), story.factors)
            except AmbiguousArmError as error:
                layout.problems.append(Problem(where, f"{name}: {error}"))
                continue
        if named_here and not arms:
            what = f"{name} has no cells that differ only in what the contrast names."
            layout.problems.append(Problem(where, what, "", "see the cells with: peerward study audit FILE"))
        found += len(arms)
        finding = story.headline if contrast.finding == HEADLINE else contrast.finding
        for each in arms:
            chosen = tuple(by_condition[condition] for condition in each.conditions)
            layout.comparisons.append(Comparison(contrast, name, chosen, finding, contrast.name in study.primary))
    if not found and not named_here:
        what = f"no scenario has cells that differ only in what {contrast.name!r} names."
        layout.problems.append(Problem(("contrasts", number), what, "", "add the cells, or name further levels."))
