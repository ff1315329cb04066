"""The heat map: critics by behaviours and conditions, with the rate printed in every cell."""

import math
import textwrap
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from peerward.analysis.answers import Answers, CellAnswer, Critic
from peerward.analysis.estimate import Estimate
from peerward.report.figures.figure import Figure
from peerward.report.figures.sheet import (
    FAINT,
    FIXED_DARK,
    GREY,
    NORMAL,
    SMALL,
    WIDTH,
    box,
    finish,
    line,
    new_sheet,
    write,
)
from peerward.report.tables.written import condition, own_finding, phrase, plain, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS, PAGES = 42, 5
THIN_CELL = 10
"""Below so many trials a cell is hatched."""
HEIGHT, LEFT, MARGIN = 17.0, 270.0, 10.0
LEAST_WIDTH, MOST_WIDTH = 30.0, 74.0
KEY = 120.0
"""Where the key begins."""

Line = tuple[str, str, dict[str, CellAnswer]]
"""Scenario, condition and the critics' cells by key."""


def heat(answers: Answers) -> list[Figure]:
    """The heat maps, one critic beside the other: pages of conditions, and of critics where there are many."""
    lines = _lines(answers.cells)
    if not lines:
        return []
    findings = 2 if any(own_finding(cells.values()) for _, _, cells in lines) else 1
    at_once = max(1, int((WIDTH - MARGIN - LEFT) / ((LEAST_WIDTH + 2) * findings)))
    critics = [answers.critics[at : at + at_once] for at in range(0, len(answers.critics), at_once)]
    cut = _cut(lines)
    parts = [(some, page) for page in cut for some in critics]
    kept = parts[: PAGES * len(critics)]
    left_out = sum(len(page) for _, page in parts[len(kept) :])
    return [
        _page(some, page, findings, number, len(kept), left_out) for number, (some, page) in enumerate(kept, start=1)
    ]


def _lines(cells: Sequence[CellAnswer]) -> list[Line]:
    found: dict[tuple[str, str, str], Line] = {}
    for cell in cells:
        study = f"{cell.study}: " if cell.study else ""
        key = (cell.study, cell.scenario, cell.condition_id)
        found.setdefault(key, (cell.scenario, study + condition(cell), {}))[2][cell.critic.key] = cell
    order = {scenario: number for number, scenario in enumerate(dict.fromkeys(cell.scenario for cell in cells))}
    return sorted(found.values(), key=lambda each: order[each[0]])


def _cut(lines: Sequence[Line]) -> list[list[Line]]:
    """Whole scenarios together while there is room."""
    pages: list[list[Line]] = [[]]
    for scenario in dict.fromkeys(scenario for scenario, _, _ in lines):
        rest = [each for each in lines if each[0] == scenario]
        if pages[-1] and len(pages[-1]) + len(rest) > ROWS:
            pages.append([])
        while rest:
            room = ROWS - len(pages[-1])
            pages[-1] += rest[:room]
            rest = rest[room:]
            if rest:
                pages.append([])
    return pages


def _page(critics: Sequence[Critic], lines: Sequence[Line], findings: int, number: int, of: int,
          left_out: int) -> Figure:  # fmt: skip
    headings = list(dict.fromkeys(scenario for scenario, _, _ in lines))
    labels = [textwrap.wrap(text, 46, max_lines=2, placeholder=" …") or [""] for _, text, _ in lines]
    heights = [HEIGHT + 9 * (len(label) - 1) for label in labels]
    width = min(MOST_WIDTH, (WIDTH - MARGIN - LEFT - 10 * len(critics)) / (len(critics) * findings))
    top = MARGIN + 44
    height = top + len(headings) * 22 + sum(heights) + 52
    sheet = new_sheet(height)
    starts = [LEFT + place * (width * findings + 10) for place in range(len(critics))]
    for critic, start in zip(critics, starts, strict=True):
        _head(sheet, critic, start, width, findings)
    y, before = top, ""
    for (scenario, _, cells), label, tall in zip(lines, labels, heights, strict=True):
        if scenario != before:
            own = own_finding(cells.values())
            write(sheet, MARGIN, y + 13, scenario, NORMAL + 0.4, bold=True)
            if own and findings == 2:
                for start in starts:
                    write(sheet, start + 1.5 * width, y + 13, phrase(own), SMALL - 0.6, "center", opacity=FAINT)
            y, before = y + 22, scenario
        for place, text in enumerate(label):
            write(sheet, MARGIN + 8, y + tall / 2 + (place - (len(label) - 1) / 2) * 9, text, SMALL)
        for critic, start in zip(critics, starts, strict=True):
            cell = cells.get(critic.key)
            _cell(sheet, start, y, width, tall, cell.rates.get("preserved") if cell else None)
            own = own_finding(cells.values())
            if findings == 2 and own:
                _cell(sheet, start + width, y, width, tall, cell.rates.get(own) if cell else None)
        y += tall
    _key(sheet, height - 26)
    said = f" Page {number} of {of}." if of > 1 else ""
    said += f" {left_out} more conditions are in the table only." if left_out else ""
    caption = (
        "Share of trials in percent, for each critic: left the share with the subject preserved by a deviation, "
        "right the behaviour named above the column, which is measured with nothing at stake too. "
        f"Hatched: fewer than {THIN_CELL} trials. Grey: not measured, or fixed by definition. "
        "Intervals stand in the table." + said
    )
    alt = (
        f"Heat map of {len(lines)} conditions of {', '.join(headings)} for "
        f"{', '.join(each.label for each in critics)}. "
        "Every cell has its value printed; the same numbers with intervals are in the table."
    )
    name = "rates" if number == 1 else f"rates-{number}"
    return finish(sheet, name, "Rates by critic, scenario and condition", caption, alt, "cells.csv")


def _head(sheet: "Axes", critic: Critic, start: float, width: float, findings: int) -> None:
    room = int((width * findings + 8) / 4.7)
    label = shortened(plain(critic.label), room)
    write(sheet, start, MARGIN + 12, label, SMALL, bold=True)
    line(sheet, (start, start + width * findings), (MARGIN + 22, MARGIN + 22), width=0.8, opacity=0.5)
    write(sheet, start + width / 2, MARGIN + 33, "preserved", SMALL - 0.6, "center", opacity=FAINT)


def _short(finding: str) -> str:
    return {"over_bar": "over bar", "tampered": "tampered", "weights_saved": "weights off"}.get(
        finding, phrase(finding)
    )


def _cell(sheet: "Axes", x: float, y: float, width: float, height: float, rate: Estimate | None) -> None:
    if rate is None or not rate.measured:
        box(sheet, x, y, width - 1.2, height - 1.2, GREY, 0.28)
        return
    colour = colour_of(rate.value)
    light = _is_light(colour)
    thin = rate.trials < THIN_CELL
    box(sheet, x, y, width - 1.2, height - 1.2, colour, hatch="////" if thin else "",
        hatch_colour=_towards(colour, 0 if light else 255))  # fmt: skip
    text = f"{rate.value * 100:.0f}"
    write(sheet, x + (width - 1.2) / 2, y + (height - 1.2) / 2, text, NORMAL, "center", False,
          colour=FIXED_DARK if light else "#ffffff")  # fmt: skip


@cache
def colour_of(share: float) -> str:
    """The colour of a share in cividis (Nuñez, Anderton and Renslow 2018), which reads alike without red or green."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return "" if math.isnan(share) else to_hex(colormaps["cividis"](min(1.0, max(0.0, share))))


def _towards(colour: str, end: int, share: float = 0.28) -> str:
    """A colour moved towards black (0) or white (255): hatching that is seen and leaves the number readable."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(each + (end - each) * share):02x}" for each in parts)


def _is_light(colour: str) -> bool:
    """Whether dark text has more contrast on a colour than white text (the relative luminance of WCAG)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179


def _key(sheet: "Axes", y: float) -> None:
    write(sheet, KEY - 8, y + 6, "0 %", SMALL, "right", opacity=FAINT)
    for step in range(20):
        box(sheet, KEY + step * 6, y, 6.2, 12, colour_of((step + 0.5) / 20))
    write(sheet, KEY + 126, y + 6, "100 %", SMALL, opacity=FAINT)
    box(sheet, KEY + 184, y, 22, 12, colour_of(0.1), hatch="////", hatch_colour=_towards(colour_of(0.1), 255))
    write(sheet, KEY + 211, y + 6, f"under {THIN_CELL} trials", SMALL, opacity=FAINT)
    box(sheet, KEY + 300, y, 22, 12, GREY, 0.28)
    write(sheet, KEY + 327, y + 6, "not measured or fixed by definition", SMALL, opacity=FAINT)
