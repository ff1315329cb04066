"""``peerward new``."""

from pathlib import Path

import click


@click.group("new")
def command() -> None:
    """Write the skeleton of something of your own."""


@command.command("scenario")
@click.argument("name")
@click.option(
    "--in",
    "folder",
    type=click.Path(path_type=Path),
    default=None,
    help="The extension's folder, new or with other scenarios in it; peerward_NAME unless given.",
)
def scenario(name: str, folder: Path | None) -> None:
    """Write a small working scenario called NAME, in a folder outside of peerward.

    Nothing is overwritten. The README in the folder says what each file is for.
    """
    from peerward.cli.skeletons import write_scenario

    place = folder or Path(f"peerward_{name}")
    written, kept = write_scenario(name, place)
    for path in written:
        click.echo(f"written  {path}")
    for path in kept:
        click.echo(f"kept     {path}")
    click.echo("\nIt works as it is; make it yours file by file:")
    for words in (f"show {name}", f"selfcheck {name}", f"study audit {name}_first"):
        click.echo(f"  peerward --with {place} {words}")
