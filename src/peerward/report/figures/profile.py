"""The profile of a critic: what it does in each scenario, condition by condition."""

from peerward.analysis.answers import Answers, CellAnswer, Critic
from peerward.report.figures.figure import Figure
from peerward.report.figures.pages import pages
from peerward.report.figures.rows import Axis, Legend, Mark, Row, Section, draw_rows
from peerward.report.figures.sheet import BLUE, GREEN, GREY, SKY, VERMILLION, Look, finish
from peerward.report.tables.written import condition, own_finding, phrase, size, written

RELATIONSHIPS = {"good": GREEN, "neutral": SKY, "bad": VERMILLION, "unacquainted": BLUE}
"""Colours by relationship; another level, and none, is grey."""
PRESERVED, BEHAVIOUR = "o", "s"
AXIS = Axis("share of trials, with 95 % interval", 0.0, 1.0)


def profiles(answers: Answers) -> list[Figure]:
    """A profile of each critic, with its conditions by scenario and relationship."""
    drawn: list[Figure] = []
    # Whatever the number of critics, no more pages than ten: the rest stands in the table.
    most = max(1, 10 // max(1, len(answers.critics)))
    for critic in answers.critics:
        drawn += _profile(critic, [cell for cell in answers.cells if cell.critic.key == critic.key], most)
    return drawn


def _profile(critic: Critic, cells: list[CellAnswer], most: int) -> list[Figure]:
    groups: dict[tuple[str, str], list[CellAnswer]] = {}
    for cell in cells:
        groups.setdefault((cell.study, cell.scenario), []).append(cell)
    sections = []
    for (study, scenario), group in groups.items():
        own = own_finding(group)
        rows = tuple(_row(cell, own) for cell in sorted(group, key=_order))
        note = f"square: {phrase(own)}" if own else ""
        sections.append(Section(f"{study + ': ' if study else ''}{scenario} ({group[0].behaviour})", rows, note))
    legend = Legend((
        ("preserved", Look(GREY, PRESERVED)),
        ("behaviour", Look(GREY, BEHAVIOUR)),
        ("open: nothing at stake", Look(GREY, BEHAVIOUR, True)),
        *((f"{name} relationship", Look(colour, PRESERVED)) for name, colour in RELATIONSHIPS.items()
          if any(cell.levels.get("relationship") == name for cell in cells)),
    ))  # fmt: skip
    drawn = []
    for after, page, said in pages(sections, rows=40, most=most):
        sheet = draw_rows(page, AXIS, ("preserved", "behaviour", "trials"), legend)
        caption = (
            f"{critic.label}. Round: share of trials with the subject preserved by a deviation. Square: the "
            "behaviour named at the right of the heading, which is measured with nothing at stake too; those controls "
            "are open. Colours: the relationship." + said
        )
        told = [
            f"{cell.scenario}, {condition(cell)}: {written(cell.rates.get('preserved'))}"
            for cell in cells
            if "preserved" in cell.rates
        ]
        alt = f"Profile of {critic.label} in {len(cells)} conditions. Subject preserved: {'; '.join(told[:6])}."
        name = f"profile-{critic.key}{after}"
        drawn.append(finish(sheet, name, f"Profile of {critic.label}", caption, alt, "cells.csv"))
    return drawn


def _order(cell: CellAnswer) -> tuple[bool, int]:
    """Controls last, then by relationship; the order of the conditions is kept within."""
    names = [*RELATIONSHIPS]
    level = cell.levels.get("relationship", "")
    return cell.at_stake is False, names.index(level) if level in names else len(names)


def _row(cell: CellAnswer, own: str) -> Row:
    colour = RELATIONSHIPS.get(cell.levels.get("relationship", ""), GREY)
    is_open = cell.at_stake is False
    marks = []
    for finding, shape in (("preserved", PRESERVED), (own, BEHAVIOUR)):
        rate = cell.rates.get(finding)
        if rate is not None and rate.measured:
            marks.append(Mark(rate.value, rate.lower, rate.upper, Look(colour, shape, is_open)))
    nan = float("nan")
    shown = tuple(marks) or (Mark(nan, nan, nan, Look(GREY, PRESERVED)),)
    rate = cell.rates.get("preserved") or cell.rates.get(own)
    texts = tuple(written(cell.rates[each]) if each in cell.rates else "–" for each in ("preserved", own))
    return Row(condition(cell), shown, (*texts, size(rate)))
