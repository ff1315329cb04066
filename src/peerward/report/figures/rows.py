"""Rows of dots with intervals: the layout that most figures share.

A figure is sections of rows. A row has its label at the left, its dots with intervals in the middle, and the numbers
in words at the right, so that nothing has to be read off an axis.
"""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from peerward.report.figures.sheet import (
    FAINT,
    GRID,
    NORMAL,
    SMALL,
    WIDTH,
    Look,
    dots,
    interval,
    line,
    new_sheet,
    write,
)
from peerward.report.tables.written import plain, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PER_CHARACTER = 5.35
"""Points that a character of normal size takes, on average, in the widest of the fonts in use."""
LABEL_CHARACTERS, DETAIL_CHARACTERS = 40, 30
LINE_HEIGHT, ROW_GAP, SECTION_GAP, HEAD = 11.0, 5.5, 9.0, 16.0
MARGIN = 10.0


@dataclass(frozen=True)
class Mark:
    """A dot with its interval, in the axis' unit; limits that are NaN are not drawn."""

    value: float
    lower: float
    upper: float
    look: Look


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        label: What it is about.
        marks: Its dots, each on a line of its own, upper first.
        numbers: The texts at the right, by column.
        detail: A lesser text before the dots (the critic), or an empty text.
        strong: Whether label and lines are heavier.
        joined: Whether its dots are joined.
        strip: Single values shown as faint dots.
        quartiles: Lower quartile, median, upper quartile, or nothing.
    """

    label: str
    marks: tuple[Mark, ...]
    numbers: tuple[str, ...]
    detail: str = ""
    strong: bool = False
    joined: bool = False
    strip: tuple[float, ...] = ()
    quartiles: tuple[float, ...] = ()


@dataclass(frozen=True)
class Section:
    """Rows under a heading; ``note`` stands at its right."""

    heading: str
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True)
class Axis:
    """What is along the axis.

    Attributes:
        label: What it is, with its unit.
        low: Its left end.
        high: Its right end.
        percent: Whether values are shares that are shown in percent.
        zero: Whether a line stands at 0.
        ends: Words at the axis' two ends, or empty texts.
        short_ends: The same in a word each, for an axis that is too short for both.
    """

    label: str
    low: float
    high: float
    percent: bool = True
    zero: bool = False
    ends: tuple[str, str] = ("", "")
    short_ends: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Legend:
    """What the looks mean."""

    entries: tuple[tuple[str, Look], ...] = field(default=())


@dataclass(frozen=True)
class Frame:
    """Where the columns of a figure stand, in points."""

    label_lines: int
    detail: float
    left: float
    right: float
    numbers: tuple[float, ...]


def symmetric(values: Sequence[float], least: float, most: float) -> tuple[float, float]:
    """The ends of an axis around 0 that hold all values: at least ``least`` and at most ``most`` to each side."""
    known = [abs(each) for each in values if not math.isnan(each)]
    end = min(most, max([least, *known]) * 1.08)
    return -end, end


def draw_rows(sections: Sequence[Section], axis: Axis, columns: Sequence[str], legend: Legend = Legend()) -> "Axes":
    """Draw sections of rows on a new sheet.

    Args:
        sections: The sections, at least one row in all.
        axis: The axis.
        columns: The heading of each column of numbers.
        legend: What the looks mean.
    """
    frame = _frame([row for section in sections for row in section.rows], columns)
    height = 2 * MARGIN + 46 + (20 if legend.entries else 0)
    height += sum(HEAD + SECTION_GAP + sum(_height(row) for row in section.rows) for section in sections)
    sheet = new_sheet(height)
    top = MARGIN
    if legend.entries:
        _legend(sheet, legend, top + 6)
        top += 20
    for x, text in zip(frame.numbers, columns, strict=True):
        write(sheet, x, top + 6, text, SMALL, opacity=FAINT)
    top += 14
    bottom = height - MARGIN - 30
    _axis(sheet, axis, frame, top, bottom)
    y = top
    for section in sections:
        y += SECTION_GAP
        write(sheet, MARGIN, y + HEAD / 2 - 2, section.heading, NORMAL + 0.4, bold=True)
        if section.note:
            write(sheet, WIDTH - MARGIN, y + HEAD / 2 - 2, section.note, SMALL, "right", opacity=FAINT)
        y += HEAD
        for row in section.rows:
            _row(sheet, row, axis, frame, y)
            y += _height(row)
    return sheet


def _frame(rows: Sequence[Row], columns: Sequence[str]) -> Frame:
    """Columns as wide as what stands in them; the axis gets the rest."""
    wide = max((len(text) for row in rows for text in _lines(row.label)), default=10)
    detail = max((min(DETAIL_CHARACTERS, len(row.detail)) for row in rows), default=0)
    at = MARGIN + 8 + wide * PER_CHARACTER + 8
    left = at + (detail * PER_CHARACTER * SMALL / NORMAL + 10 if detail else 0) + 6
    widths = [
        max([len(heading) * SMALL / NORMAL, *(len(row.numbers[place]) for row in rows)]) * PER_CHARACTER + 10
        for place, heading in enumerate(columns)
    ]
    right = WIDTH - MARGIN - sum(widths) - 8
    places, x = [], right + 14
    for width in widths:
        places.append(x)
        x += width
    return Frame(wide, at, left, max(right, left + 60), tuple(places))


def _lines(label: str) -> list[str]:
    return textwrap.wrap(plain(label), LABEL_CHARACTERS, max_lines=3, placeholder=" …") or [""]


def _height(row: Row) -> float:
    marks = max(1, len(row.marks)) * LINE_HEIGHT + (8 if row.strip else 0)
    return max(len(_lines(row.label)) * LINE_HEIGHT, marks) + ROW_GAP


def _place(axis: Axis, frame: Frame, value: float) -> float:
    share = (value - axis.low) / (axis.high - axis.low)
    return frame.left + min(1.0, max(0.0, share)) * (frame.right - frame.left)


def _axis(sheet: "Axes", axis: Axis, frame: Frame, top: float, bottom: float) -> None:
    from matplotlib.ticker import MaxNLocator

    scale = 100 if axis.percent else 1
    ticks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(axis.low * scale, axis.high * scale)
    for tick in ticks:
        value = float(tick) / scale
        if not axis.low - 1e-9 <= value <= axis.high + 1e-9:
            continue
        x = _place(axis, frame, value)
        line(sheet, (x, x), (top + 2, bottom), width=0.8, opacity=GRID)
        write(sheet, x, bottom + 9, f"{tick:g}".replace("-", "−"), SMALL, "center", opacity=FAINT)
    line(sheet, (frame.left, frame.right), (bottom, bottom), width=0.8, opacity=0.5)
    if axis.zero:
        x = _place(axis, frame, 0.0)
        line(sheet, (x, x), (top + 2, bottom), width=1.1, opacity=0.75)
    write(sheet, (frame.left + frame.right) / 2, bottom + 22, axis.label, SMALL, "center")
    room = (frame.right - frame.left) / (PER_CHARACTER * SMALL / NORMAL)
    ends = axis.ends if sum(map(len, axis.ends)) + 4 <= room else axis.short_ends
    write(sheet, frame.left, bottom + 33, ends[0], SMALL, "left", opacity=FAINT)
    write(sheet, frame.right, bottom + 33, ends[1], SMALL, "right", opacity=FAINT)


def _row(sheet: "Axes", row: Row, axis: Axis, frame: Frame, y: float) -> None:
    height = _height(row)
    middle = y + height / 2
    texts = _lines(row.label)
    for number, text in enumerate(texts):
        line_y = middle + (number - (len(texts) - 1) / 2) * LINE_HEIGHT
        write(sheet, MARGIN + 8, line_y, text, bold=row.strong)
    if row.detail:
        write(sheet, frame.detail, middle, shortened(plain(row.detail), DETAIL_CHARACTERS), SMALL, opacity=FAINT)
    for x, text in zip(frame.numbers, row.numbers, strict=True):
        write(sheet, x, middle, text, bold=row.strong and text is row.numbers[0])
    if row.strip:
        _strip(sheet, row, axis, frame, middle)
        middle += 7
    known = [mark for mark in row.marks if not math.isnan(mark.value)]
    heights = [middle + (number - (len(row.marks) - 1) / 2) * LINE_HEIGHT for number in range(len(row.marks))]
    placed = [(mark, at) for mark, at in zip(row.marks, heights, strict=True) if mark in known]
    if row.joined and len(placed) > 1:
        line(sheet, [_place(axis, frame, mark.value) for mark, _ in placed], [at for _, at in placed], opacity=0.45)
    for mark, at in placed:
        ends = tuple(_place(axis, frame, each) if not math.isnan(each) else each for each in (mark.lower, mark.upper))
        at_value = _place(axis, frame, mark.value)
        interval(sheet, (at_value, ends[0], ends[1]), at, mark.look, 2.1 if row.strong else 1.5,
                 7.2 if row.strong else 6.2)  # fmt: skip
    if not known and row.marks:
        write(sheet, (frame.left + frame.right) / 2, middle, "not measured", SMALL, "center", opacity=FAINT)


def _strip(sheet: "Axes", row: Row, axis: Axis, frame: Frame, middle: float) -> None:
    """Single values in three low lanes (their order in the row decides the lane, so nothing is drawn by chance)."""
    colour = row.marks[0].look if row.marks else Look("#8A8A8A", "o")
    xs = [_place(axis, frame, each) for each in row.strip]
    ys = [middle - 5 + (number * 2 % 5 - 2) * 1.5 for number in range(len(xs))]
    dots(sheet, xs, ys, Look(colour.colour, "o", colour.open), 2.6, 0.55)
    if len(row.quartiles) == 3:
        low, median, high = (_place(axis, frame, each) for each in row.quartiles)
        line(sheet, (low, high), (middle + 2.2, middle + 2.2), width=0.9, opacity=0.8)
        line(sheet, (median, median), (middle - 1, middle + 5), width=1.6, opacity=0.9)


def _legend(sheet: "Axes", legend: Legend, y: float) -> None:
    x = MARGIN + 4
    for text, shown in legend.entries:
        dots(sheet, (x + 4,), (y,), shown)
        write(sheet, x + 13, y, text, SMALL)
        x += 13 + len(text) * PER_CHARACTER * SMALL / NORMAL + 20
