"""The part of a study that is run: groups of its cells."""

from collections.abc import Collection
from dataclasses import replace

from peerward.design.problems import Problem, StudyError
from peerward.runs.layout import Layout


def select(layout: Layout, groups: Collection[str], without: Collection[str]) -> Layout:
    """The part of a study that lies in some groups of cells.

    Args:
        layout: The study.
        groups: Only cells of these groups; cells without a group go by the name ``main``. All if empty.
        without: No cells of these groups.

    Raises:
        StudyError: If a group does not exist, or nothing is left.
    """
    known = {cell.group_name for cell in layout.cells}
    unknown = sorted({*groups, *without} - known)
    if unknown:
        what = f"there is no group {', '.join(unknown)}."
        raise StudyError(layout.study.name, [Problem(("cells",), what, ", ".join(sorted(known)))])
    cells = [
        cell for cell in layout.cells if (not groups or cell.group_name in groups) and cell.group_name not in without
    ]
    if not cells:
        raise StudyError(layout.study.name, [Problem(("cells",), "no cell is left.", "", "leave fewer groups out.")])
    kept = set(cells)
    comparisons = [each for each in layout.comparisons if kept.issuperset(each.cells)]
    return replace(layout, cells=cells, comparisons=comparisons)
