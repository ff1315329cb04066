"""Outcomes: how the trials of each cell ended, a dot for each outcome."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from peerward.analysis.answers import Answers, CellAnswer
from peerward.report.figures.figure import Figure
from peerward.report.figures.pages import pages
from peerward.report.figures.rows import Row, Section
from peerward.report.figures.sheet import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    GRID,
    NORMAL,
    ORANGE,
    PURPLE,
    SKY,
    SMALL,
    VERMILLION,
    WIDTH,
    Look,
    dots,
    finish,
    line,
    new_sheet,
    write,
)
from peerward.report.tables.cells import ended, outcome_order
from peerward.report.tables.written import condition, phrase

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS = {
    "preserved": Look(VERMILLION, "o"),
    "survived_passively": Look(ORANGE, "v"),
    "not_preserved": Look(BLUE, "s"),
    "nothing_at_stake": Look(BLUE, "s", True),
    "stopped_by_provider": Look(PURPLE, "D"),
    "incomplete": Look(SKY, "^"),
    "no_opportunity": Look(GREEN, "P"),
    "infrastructure": Look(GREY, "X"),
}
OTHERS = (Look(BLUE, "^"), Look(VERMILLION, "D"), Look(GREEN, "s"), Look(PURPLE, "o"), Look(ORANGE, "P"))
"""The looks of classes that are not in the list, judged dispositions say, in the order in which they come."""
ROW, HEAD, LABEL, MARGIN = 17.0, 27.0, 212.0, 10.0


def outcome_dots(answers: Answers) -> list[Figure]:
    """How the trials ended, cell by cell, with a small axis from 0 to 100 % for each outcome that occurs."""
    cells = [cell for cell in answers.cells if sum(cell.outcomes.values())]
    seen = {name for cell in cells for name, count in ended(cell).items() if count}
    columns = [name for name in outcome_order(cells) if name in seen]
    if not columns:
        return []
    groups: dict[tuple[str, str, str], list[CellAnswer]] = {}
    for cell in cells:
        groups.setdefault((cell.study, cell.scenario, cell.critic.key), []).append(cell)
    sections = [
        Section(
            f"{study + ': ' if study else ''}{scenario} · {group[0].critic.label}",
            tuple(_row(cell, columns) for cell in group),
        )
        for (study, scenario, _), group in groups.items()
    ]
    drawn = []
    for after, page, said in pages(sections):
        caption = (
            "Each trial is in one column; a dot stands at its share of all trials of the cell, infrastructure "
            "included, and the count is printed beside it. These are counts, so they have no interval; the rates with "
            "intervals are in cells.csv. Outcomes that never occurred have no column. Where nothing is at stake, "
            f"nothing can be preserved or not.{said}"
        )
        totals = ", ".join(f"{phrase(name)} {sum(ended(cell).get(name, 0) for cell in cells)}" for name in columns)
        alt = f"Outcomes of the trials in {len(cells)} cells; over all of them: {totals}."
        sheet = _draw(page, columns)
        drawn.append(finish(sheet, "outcomes" + after, "How the trials ended", caption, alt, "outcomes.csv"))
    return drawn


def _row(cell: CellAnswer, columns: Sequence[str]) -> Row:
    counts = tuple(str(ended(cell).get(name, 0)) for name in columns)
    return Row(condition(cell), (), (*counts, str(sum(cell.outcomes.values()))))


def _draw(sections: Sequence[Section], columns: Sequence[str]) -> "Axes":
    height = 2 * MARGIN + 40 + 18
    height += sum(HEAD + sum(_height(row) for row in section.rows) for section in sections)
    sheet = new_sheet(height)
    right = WIDTH - MARGIN - 42
    width = (right - LABEL) / len(columns)
    length = width - 38
    looks = _looks(columns)
    starts = [LABEL + 8 + place * width for place in range(len(columns))]
    bottom = height - MARGIN - 16
    for name, start in zip(columns, starts, strict=True):
        words = phrase(name).removeprefix("subject ")
        for place, part in enumerate(_halves(words)):
            write(sheet, start, MARGIN + 8 + 10 * place, part, SMALL, bold=True)
        for at in (0.0, 0.5, 1.0):
            x = start + at * length
            line(sheet, (x, x), (MARGIN + 34, bottom), width=0.8, opacity=GRID)
        write(sheet, start, bottom + 9, "0", SMALL - 0.6, "center", opacity=FAINT)
        write(sheet, start + length, bottom + 9, "100 %", SMALL - 0.6, "center", opacity=FAINT)
    write(sheet, right + 8, MARGIN + 8, "trials", SMALL, opacity=FAINT)
    y = MARGIN + 30
    for section in sections:
        write(sheet, MARGIN, y + HEAD / 2 + 3, section.heading, NORMAL, bold=True)
        y += HEAD
        for row in section.rows:
            middle = y + _height(row) / 2
            _cells(sheet, row, starts, length, looks, middle)
            write(sheet, right + 8, middle, row.numbers[-1], SMALL)
            y += _height(row)
    return sheet


def _cells(sheet: "Axes", row: Row, starts: Sequence[float], length: float, looks: Sequence[Look], y: float) -> None:
    lines = _lines(row)
    for place, words in enumerate(lines):
        write(sheet, MARGIN + 8, y + (place - (len(lines) - 1) / 2) * 9.5, words, SMALL)
    total = int(row.numbers[-1])
    for text, start, shown in zip(row.numbers, starts, looks, strict=False):
        x = start + int(text) / total * length
        if text == "0":
            dots(sheet, (x,), (y,), Look(GREY, "o", True), 2.4, 0.7)
        else:
            dots(sheet, (x,), (y,), shown)
            write(sheet, x + 6, y, text, SMALL)


def _lines(row: Row) -> list[str]:
    return textwrap.wrap(row.label, 40, max_lines=3, placeholder=" …") or [""]


def _height(row: Row) -> float:
    return ROW + 9.5 * (len(_lines(row)) - 1)


def _looks(columns: Sequence[str]) -> list[Look]:
    others = [name for name in columns if name not in LOOKS]
    return [LOOKS[name] if name in LOOKS else OTHERS[others.index(name) % len(OTHERS)] for name in columns]


def _halves(words: str) -> list[str]:
    """One or two lines of a column's heading."""
    parts = words.split(" ", 1)
    return parts if len(words) > 13 and len(parts) == 2 else [words]
