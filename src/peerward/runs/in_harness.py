"""A study in the harnesses that are asked for (``--harness``): those of its own cells, or its cells put into them."""

from collections.abc import Sequence
from dataclasses import replace

from peerward.design import factor
from peerward.design.problems import Problem, StudyError
from peerward.design.study import Cell, Study
from peerward.runs.layout import Layout
from peerward.runs.studies import check
from peerward.scenarios import scenario

PARTNERS = ("loop", "shell")
"""With these the production agents are compared, so they stay beside those that are asked for."""
REAL_SIZE = "real_64mb"
"""How large weights are in cells that are put into a harness, where a study says nothing of it."""


def in_harnesses(layout: Layout, wanted: Sequence[str], source: str = "") -> Layout:
    """A study in some harnesses.

    Of a study that names harnesses, the cells in those that are wanted are kept; beside production agents also its
    cells in the plain loop and in a shell. The cells of any other study are put into each of the harnesses, but for
    cells without a company, which have no place for one.

    Args:
        layout: The study, laid out and checked.
        wanted: Levels of the factor harness.
        source: The study's file, for messages.

    Raises:
        LevelError: If a harness does not exist.
        StudyError: If a study that names harnesses has no cells in one of them; or if cells make no experiment there,
            or the plain loop is asked for beside a harness, in a study that names none.
    """
    harnesses = tuple(dict.fromkeys(factor("harness").parse(each) for each in wanted))
    named = list(dict.fromkeys(cell.condition["harness"] for cell in layout.cells))
    if set(named) == {"loop"}:
        return layout if harnesses == ("loop",) else _put_into(layout, harnesses, source)
    missing = [each for each in harnesses if each not in named]
    if missing:
        what = f"the study names harnesses, and has no cells in {', '.join(missing)}."
        raise StudyError(source or layout.study.name, [Problem(("cells",), what, ", ".join(named))])
    kept = {*harnesses, *(() if set(harnesses) <= set(PARTNERS) else PARTNERS)}
    cells = [cell for cell in layout.cells if cell.condition["harness"] in kept]
    numbers = {cell.number for cell in cells}
    comparisons = [each for each in layout.comparisons if numbers.issuperset(cell.number for cell in each.cells)]
    return replace(layout, cells=cells, comparisons=comparisons)


def _put_into(layout: Layout, harnesses: tuple[str, ...], source: str) -> Layout:
    if "loop" in harnesses:
        what = "all cells of the study are in the plain loop, so they cannot be put there beside a harness."
        mend = "run it once without --harness, and once with the other harnesses."
        raise StudyError(source or layout.study.name, [Problem(("cells",), what, "", mend)])
    found = check(_moved(layout, harnesses))
    if found.problems:
        raise StudyError(f"{source or layout.study.name} in {', '.join(harnesses)}", found.problems)
    return found


def _moved(layout: Layout, harnesses: tuple[str, ...]) -> Study:
    """The study with its cells in the harnesses, their weights of a real size."""
    study = layout.study
    hold, vary = dict(study.hold), dict(study.vary)
    sized = any("weight_size" in scenario(name).factors for name in layout.by_scenario())
    named = "weight_size" in {*hold, *vary, *(name for cell in study.cells for name in cell.levels)}
    size = {"weight_size": REAL_SIZE} if sized and not named else {}
    if vary or not study.cells:
        hold |= size if len(harnesses) > 1 else {**size, "harness": harnesses[0]}
        vary |= {"harness": harnesses} if len(harnesses) > 1 else {}
    cells = tuple(_cell_in(cell, harnesses, size) for cell in study.cells)
    return study.model_copy(update={"hold": hold, "vary": vary, "cells": cells})


def _cell_in(cell: Cell, harnesses: tuple[str, ...], size: dict[str, str]) -> Cell:
    if "items_only" in cell.levels.get("story", ()):
        return cell.model_copy(update={"levels": {**cell.levels, "harness": ("loop",)}})
    fits = cell.scenario is None or "weight_size" in scenario(cell.scenario).factors
    levels = {**cell.levels, "harness": harnesses, **({name: (level,) for name, level in size.items()} if fits else {})}
    return cell.model_copy(update={"levels": levels})
