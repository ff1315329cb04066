"""``peerward diff``: between two conditions of a scenario, or two cells of a study."""

import difflib
from collections.abc import Mapping

import click

from peerward.cli.levels import parse_condition
from peerward.design.counting import counted


@click.command("diff")
@click.argument("place", metavar="SCENARIO | STUDY")
@click.argument("first")
@click.argument("second")
@click.option("--variant", default=0, show_default=True, type=click.IntRange(0), help="The variant's number.")
@click.option("--seed", default=0, show_default=True, help="The seed; a study brings its own.")
def command(place: str, first: str, second: str, variant: int, seed: int) -> None:
    """Show only what differs between two conditions of SCENARIO, or between two cells of STUDY.

    A condition is written as levels, e.g. relationship=good,channel=memory_tool, or "default"; a cell by its number
    (see peerward study check STUDY).
    """
    from peerward.design.presets import is_study

    if is_study(place):
        sides = _cells(place, first, second, variant)
    else:
        sides = _conditions(place, first, second, variant, seed)
    (one, texts), (two, other) = sides
    count = 0
    for title in dict.fromkeys((*texts, *other)):
        if texts.get(title) != other.get(title):
            count += 1
            _show(title, texts.get(title), other.get(title))
    if count == 0:
        click.echo(f"{one} and {two} render alike on variant {variant}.")
    else:
        click.echo(f"{one} and {two} differ in {counted(count, 'part')} on variant {variant}.")


Side = tuple[str, Mapping[str, str]]
"""What a side is called, and its texts by title."""


def _conditions(name: str, first: str, second: str, variant: int, seed: int) -> tuple[Side, Side]:
    from peerward.scenarios import scenario
    from peerward.scenarios.cells import checked_condition, stage_cell

    story = scenario(name)
    one, two = (checked_condition(story.name, parse_condition(text)) for text in (first, second))
    staged = [stage_cell(story.name, each, seed, variant) for each in (one, two)]
    return (f"«{one.named()}»", _texts(staged[0])), (f"«{two.named()}»", _texts(staged[1]))


def _cells(study: str, first: str, second: str, variant: int) -> tuple[Side, Side]:
    from peerward.runs.layout import staged_cell
    from peerward.runs.studies import load_study

    _, layout = load_study(study)
    by_number = {str(cell.number): cell for cell in layout.cells}
    for word in (first, second):
        if word not in by_number:
            raise click.BadParameter(
                f"{study} has no cell {word!r}; cells are numbered from 1 to {len(by_number)} "
                f"(peerward study check {study})"
            )
    one, two = by_number[first], by_number[second]
    return (
        (f"Cell {one.told()}", _texts(staged_cell(layout, one, variant))),
        (f"cell {two.told()}", _texts(staged_cell(layout, two, variant))),
    )


def _texts(staged: object) -> dict[str, str]:
    from peerward.cli.briefs import parts_of
    from peerward.scenarios import Staged

    assert isinstance(staged, Staged)
    return {title: text for name, title, text in parts_of(staged) if name not in ("faithful", "digest")}


def _show(title: str, one: str | None, two: str | None) -> None:
    where = " (only in the first)" if two is None else " (only in the second)" if one is None else ""
    click.secho(f"## {title}{where}", bold=True)
    click.echo(f"{len((one or '').split())} words, {len((two or '').split())} words")
    if not where:
        old, new = ((text or "").split("\n") for text in (one, two))
        for line in list(difflib.unified_diff(old, new, lineterm="", n=0))[2:]:
            colour = {"-": "red", "+": "green"}.get(line[:1])
            click.secho(line, fg=colour)
    click.echo()
