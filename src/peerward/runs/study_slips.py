"""Entries of a study that do nothing: most likely slips."""

from collections.abc import Iterator, Mapping

from peerward.design import Condition, LevelError, make_condition
from peerward.design.problems import Problem
from peerward.design.study import Study
from peerward.scenarios import Scenario, scenario


def unused(study: Study, names: list[str], excluded: set[int]) -> Iterator[Problem]:
    """Yield a problem for every entry that changes nothing."""
    stories = [scenario(name) for name in names]
    for section, levels in (("hold", study.hold), ("vary", study.vary)):
        for factor in levels:
            if not any(factor in story.factors for story in stories):
                what = f"{factor} has no place in {', '.join(names)}: it would change nothing."
                yield Problem((section, factor), what, "", "leave it out, or add a scenario that has it.")
    for number in range(len(study.exclude)):
        if study.vary and number not in excluded:
            yield Problem(("exclude", number), "this leaves nothing out: no crossed cell has these levels.")
    seen: dict[tuple[tuple[str, Condition], ...], int] = {}
    for number, cell in enumerate(study.cells):
        places = [name for name in names if cell.scenario is None or scenario(cell.scenario).name == name]
        if not places:
            yield Problem(("cells", number, "scenario"), f"{cell.scenario} is not among the study's scenarios.")
            continue
        for chosen in cell.crossed():
            try:
                key = tuple((name, collapsed({**study.hold, **chosen}, scenario(name))) for name in places)
            except LevelError:
                continue
            if key in seen:
                what = f"this is the same as cells[{seen[key] + 1}] in every scenario: {key[0][1].named()}."
                yield Problem(("cells", number), what, "", "name each cell once.")
            seen.setdefault(key, number)


def collapsed(levels: Mapping[str, str], story: Scenario) -> Condition:
    """The condition of levels in a scenario; factors for which it has no place collapse."""
    return make_condition({name: level for name, level in levels.items() if name in story.factors}, story.factors)
