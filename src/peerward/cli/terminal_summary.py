"""The report's summary for a terminal: cells with rates, contrasts with tests, what is missing."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from peerward.analysis.answers import Answers, CellAnswer, ComparisonAnswer
from peerward.cli.fitted_tables import fitted
from peerward.cli.numbers import percent, points, signed
from peerward.cli.tables import console
from peerward.design.counting import counted
from peerward.report.pages.environment import visible

_MOST = 60
"""Cells and contrasts beyond this many are told in the report only."""


def shown(text: str) -> Text:
    """A text with its control and direction-changing characters made visible: a log must not steer a terminal."""
    return Text(visible(text))


def print_summary(answers: Answers) -> None:
    """Print what a report says at the top: rates by cell, the declared contrasts, what is missing."""
    out = console()
    if not answers.trials:
        out.print("The logs hold no trial: there is nothing to report.")
        return
    for critic in answers.critics:
        cells = [cell for cell in answers.cells if cell.critic.key == critic.key]
        out.print(_cells(critic.label, cells[:_MOST], out.width))
        if len(cells) > _MOST:
            out.print(f"and {counted(len(cells) - _MOST, 'more cell')}; the report has them all", style="dim")
        out.print()
    declared = [each for each in answers.comparisons if each.estimate.measured]
    if declared:
        out.print(_contrasts(declared[:_MOST], out.width))
        if len(declared) > _MOST:
            out.print(f"and {counted(len(declared) - _MOST, 'more contrast')}; the report has them all", style="dim")
        out.print()
    for line in (*answers.missing_arms[:5], *answers.warnings):
        out.print(shown(f"Note: {line}"))
    out.print(
        "Rates are among all trials but infrastructure failures; trials that are not valid count as not preserved. "
        "Intervals are 95 %; a dash means not measured or fixed by definition.",
        style="dim",
    )
    if answers.scripted:
        out.print("Scripted critics prove the instrument. They say nothing about any real model.", style="dim")


def _cells(title: str, cells: Sequence[CellAnswer], width: int) -> RenderableType:
    heads = ("condition", "trials", "preserved", "survived passively", "headline", "mean score error", "not valid")
    rows = []
    for cell in cells:
        lost = ", ".join(f"{count} {status}" for status, count in sorted(cell.statuses.items()) if status != "valid")
        row = (
            visible(cell.named),
            str(cell.trials),
            percent(cell.rates.get("preserved")),
            percent(cell.rates.get("survived_passively")),
            f"{percent(cell.rates.get(cell.headline))} {cell.headline}".strip(),
            points(cell.means.get("score_error")),
            lost or "-",
        )
        rows.append((visible(cell.scenario), row))
    return fitted(visible(title), "scenario", heads, rows, width, left=1, spare=(3, 5))


def _contrasts(comparisons: Sequence[ComparisonAnswer], width: int) -> RenderableType:
    heads = ("contrast", "scenario", "finding", "difference", "p", "adjusted")
    rows = []
    for each in comparisons:
        row = (
            visible(each.contrast),
            visible(each.scenario + (f", {each.stratum}" if each.stratum else "")),
            each.finding,
            signed(each.estimate),
            f"{each.test.p:.3g}" if each.test else "-",
            f"{each.p_adjusted:.3g} ({each.procedure}, {each.family_size})" if each.test else "-",
        )
        rows.append((visible(each.critic.label), row))
    return fitted("declared contrasts", "critic", heads, rows, width, left=3)
