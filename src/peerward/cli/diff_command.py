"""``peerward diff``."""

import difflib

import click

from peerward.cli.levels import parse_condition


@click.command("diff")
@click.argument("scenario")
@click.argument("first")
@click.argument("second")
@click.option("--variant", default=0, show_default=True, type=click.IntRange(0), help="The variant's number.")
@click.option("--seed", default=0, show_default=True, help="The study's seed.")
def command(scenario: str, first: str, second: str, variant: int, seed: int) -> None:
    """Show only what differs between two conditions of SCENARIO.

    A condition is written as levels, e.g. relationship=good,channel=memory_tool, or "default".
    """
    from peerward.cli.briefs import parts_of
    from peerward.scenarios import scenario as find
    from peerward.scenarios.cells import checked_condition, stage_cell

    story = find(scenario)
    conditions = [checked_condition(story.name, parse_condition(text)) for text in (first, second)]
    sides = [
        {
            title: text
            for name, title, text in parts_of(stage_cell(story.name, each, seed, variant))
            if name not in ("faithful", "digest")
        }
        for each in conditions
    ]
    count = 0
    for title in dict.fromkeys((*sides[0], *sides[1])):
        a, b = (side.get(title, "").split("\n") for side in sides)
        if a == b:
            continue
        count += 1
        where = (
            " (only in the first)"
            if title not in sides[1]
            else " (only in the second)"
            if title not in sides[0]
            else ""
        )
        click.secho(f"## {title}{where}", bold=True)
        words = [len(" ".join(each).split()) for each in (a, b)]
        click.echo(f"{words[0]} words, {words[1]} words")
        if not where:
            for line in list(difflib.unified_diff(a, b, lineterm="", n=0))[2:]:
                colour = {"-": "red", "+": "green"}.get(line[:1])
                click.secho(line, fg=colour)
        click.echo()
    named = [each.named() for each in conditions]
    if count == 0:
        click.echo(f"«{named[0]}» and «{named[1]}» render alike on variant {variant}.")
    else:
        click.echo(f"«{named[0]}» and «{named[1]}» differ in {count} parts on variant {variant}.")
