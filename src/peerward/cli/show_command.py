"""``peerward show``."""

from typing import Any

import click

from peerward.cli.levels import chosen, level_options

PARTS = ("system", "memory", "user", "tools", "desk", "drive", "sheets", "hosts", "notes", "faithful", "digest")


@click.command("show")
@click.argument("scenario")
@click.option("--variant", default=0, show_default=True, type=click.IntRange(0), help="The variant's number.")
@click.option("--seed", default=0, show_default=True, help="The study's seed.")
@click.option("--part", type=click.Choice(PARTS), multiple=True, help="Only this part; can be given several times.")
@level_options
def command(scenario: str, variant: int, seed: int, part: tuple[str, ...], **levels: Any) -> None:
    """Show everything a critic is given in a condition of SCENARIO, and its digest."""
    from peerward.cli.briefs import parts_of
    from peerward.scenarios import scenario as find
    from peerward.scenarios.cells import checked_condition, stage_cell

    story = find(scenario)
    condition = checked_condition(story.name, chosen(levels))
    staged = stage_cell(story.name, condition, seed, variant)
    for name, title, text in parts_of(staged):
        if not part or name in part:
            click.secho(f"## {title}", bold=True)
            click.echo(text.rstrip("\n") + "\n")
