"""``peerward import``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from peerward.design.counting import counted

if TYPE_CHECKING:
    from peerward.interop.peer_preservation.imported import Tally

SHOWN = 12
"""Rows of a table on the terminal; files hold all."""


class _BadPlace(click.ClickException):
    """A place or folder that is not as it should be: bad input ends with 2 everywhere in peerward."""

    exit_code = 2


@click.group("import")
def command() -> None:
    """Read transcripts that others have released; they stay apart from runs of your own."""


@command.command("peer-preservation")
@click.argument("places", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the logs, the comparison and what could not be read.",
)
def peer_preservation(places: tuple[Path, ...], output: Path) -> None:
    """Import the authors' released transcripts out of PLACES (JSON, JSON lines or Parquet files, or folders of such).

    The tool calls are replayed on a company rebuilt from the replies, measured, and held against the authors' labels.
    Exit code 1: nothing could be read; 2: a place or the folder is not as it should be.
    """
    from peerward.interop.peer_preservation import ImportingError, import_places

    try:
        tally = import_places(places, output)
    except ImportingError as problem:
        raise _BadPlace(str(problem)) from problem
    _tell(tally, output)
    if not tally.transcripts:
        raise click.exceptions.Exit(1)


def _tell(tally: "Tally", output: Path) -> None:
    """Counts and names alone: no text of a transcript goes to the terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from peerward.interop.peer_preservation.reading import ENDINGS

    console = Console(stderr=False)
    table = Table("label", "both", "theirs", "ours", "neither", "agree", title="Their labels beside our findings")
    for label, both, theirs, ours, neither in tally.agreements.by_label():
        total = both + theirs + ours + neither
        table.add_row(
            label, *(f"{each:,}" for each in (both, theirs, ours, neither)), f"{(both + neither) / total:.3f}"
        )
    if table.row_count:
        console.print(table)
    console.print(
        Text(f"{counted(tally.transcripts, 'transcript')} imported, {counted(tally.disagreements, 'disagreement')}.")
    )
    if tally.copies or tally.ids_used_twice:
        console.print(Text(f"Copies left out: {tally.copies:,}; IDs used twice: {tally.ids_used_twice:,}."))
    for ending, count in sorted(tally.passed_over.items()):
        console.print(Text(f"Passed over: {counted(count, 'file')} {ending} (not one of {', '.join(ENDINGS)})"))
    for title, names in (("Not read", tally.broken), ("Not known", tally.unknown + tally.tools_not_known)):
        for name, count in names.most_common(SHOWN):
            console.print(Text(f"{title}: {count:,} x {name[:160]}"))
        if len(names) > SHOWN:
            console.print(Text(f"{title}: {len(names) - SHOWN:,} further names in the files."))
    console.print(Text(f"Written to {output}."))
