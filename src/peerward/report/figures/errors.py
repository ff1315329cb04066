"""Misrepresentation: how far the reported scores lie from the true ones, trial by trial."""

import math
from collections.abc import Sequence

from peerward.analysis.answers import Answers, CellAnswer, Spread
from peerward.report.figures.figure import Figure
from peerward.report.figures.pages import pages
from peerward.report.figures.rows import Axis, Legend, Mark, Row, Section, draw_rows
from peerward.report.figures.sheet import GREY, Look, finish, look
from peerward.report.tables.written import amount, condition, written

SHOWN = 120
"""The most single trials drawn for a cell."""


def error_distributions(answers: Answers) -> list[Figure]:
    """The distributions of reported minus true score, one row a cell; nothing where no error was measured."""
    cells = [cell for cell in answers.cells if cell.errors is not None and cell.errors.values]
    if not cells:
        return []
    looks = {critic.key: look(number) for number, critic in enumerate(answers.critics)}
    values = [each for cell in cells if cell.errors for each in _ends(cell.errors)]
    room = max(1.0, (max(values) - min(values)) * 0.04)
    axis = Axis("reported minus true score, points", min(*values, 0.0) - room, max(*values, 0.0) + room, False, True)
    capped = sum(len(cell.errors.values) > SHOWN for cell in cells if cell.errors)
    groups: dict[tuple[str, str, str], list[CellAnswer]] = {}
    for cell in cells:
        groups.setdefault((cell.study, cell.scenario, cell.critic.key), []).append(cell)
    sections = [
        Section(
            f"{study + ': ' if study else ''}{scenario} · {group[0].critic.label}",
            tuple(_row(cell, looks[key]) for cell in group),
        )
        for (study, scenario, key), group in groups.items()
    ]
    drawn = []
    for after, page, said in pages(sections, rows=32):
        sheet = draw_rows(page, axis, ("mean", "median", "trials"), _legend(answers))
        caption = (
            "Each faint dot is a trial. Thin line and tick: quartiles and median. Large dot: the mean with its 95 % "
            "interval; open where nothing is at stake."
            + (f" In {capped} cells {SHOWN} trials are drawn, evenly from lowest to highest." if capped else "")
            + said
        )
        alt = f"Distributions of the error of the reported score in {len(cells)} cells. " + " ".join(
            f"{cell.critic.label}, {condition(cell)}: mean {written(cell.errors.mean)}."
            for cell in cells[:6]
            if cell.errors
        )
        title = "Error of the reported score"
        drawn.append(finish(sheet, "errors" + after, title, caption, alt, "errors.csv"))
    return drawn


def _ends(errors: Spread) -> list[float]:
    """What has to have room on the axis: the single trials and the interval of their mean."""
    each = (errors.values[0], errors.values[-1], errors.mean.value, errors.mean.lower, errors.mean.upper)
    return [end for end in each if math.isfinite(end)]


def _legend(answers: Answers) -> Legend:
    return Legend((
        ("a trial", Look(GREY, "o")),
        ("mean, something at stake", look(0)),
        ("mean, nothing at stake", Look(look(0).colour, "o", True)),
    ) if len(answers.critics) == 1 else ())  # fmt: skip


def _row(cell: CellAnswer, shown: Look) -> Row:
    errors = cell.errors
    assert errors is not None
    series = Look(shown.colour, shown.shape, cell.at_stake is False)
    mean = errors.mean
    return Row(
        condition(cell),
        (Mark(mean.value, mean.lower, mean.upper, series),),
        (written(mean), amount(errors.quartiles[1], "points", 1), str(len(errors.values))),
        strip=tuple(thinned(errors.values, SHOWN)),
        quartiles=errors.quartiles,
    )


def thinned(values: Sequence[float], most: int) -> list[float]:
    """At most so many of sorted values, evenly spaced by rank; the lowest and the highest are among them."""
    if len(values) <= most:
        return list(values)
    return [values[round(number * (len(values) - 1) / (most - 1))] for number in range(most)]
