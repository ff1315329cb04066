"""``peerward collect``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from peerward.cli.places import PLACE
from peerward.design.counting import counted

if TYPE_CHECKING:
    from peerward.runs.copies import Keep
    from peerward.runs.table_write import Form


@click.command("collect")
@click.argument("places", nargs=-1, required=True, type=PLACE)
@click.option("--output", "-o", required=True, type=PLACE, help="Where the table goes: a file or an address.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv", "jsonl"]),
    default=None,
    help="By the output's ending unless given (.parquet, .csv, .jsonl).",
)
@click.option(
    "--keep",
    type=click.Choice(["first", "last"]),
    default="first",
    show_default=True,
    help="Which run of a trial counts where two workers finished it.",
)
@click.option("--skip-damaged", is_flag=True, help="Leave out what cannot be read; refused unless given.")
@click.option("--measure-again", is_flag=True, help="Measure every trial again from its record in the log.")
def command(
    places: tuple[Path, ...],
    output: Path,
    form: "Form | None",
    keep: "Keep",
    skip_damaged: bool,
    measure_again: bool,
) -> None:
    """Stream the logs of PLACES (runs, folders, logs, addresses such as s3://bucket/run) to one trials table.

    It reads a trial at a time, however many there are. Runs that are not finished may be among them, and are named.
    """
    from peerward.runs.collecting import collect
    from peerward.runs.imported_trials import kept_as_imported
    from peerward.runs.logs import find_logs

    kept = kept_as_imported(find_logs(places)) if measure_again else ""
    if kept:
        click.echo(kept, err=True)

    found = collect(
        places,
        output,
        form,
        again=measure_again,
        keep=keep,
        skip_damaged=skip_damaged,
        told=lambda line: click.echo(line, err=True),
    )
    for each in found.damaged:
        click.echo(f"Left out: {each}", err=True)
    for each in found.partial:
        click.echo(f"Not finished: {each}", err=True)
    failed = f" ({found.failed:,} failed for want of provider, sandbox or harness)" if found.failed else ""
    click.echo(f"{counted(found.trials, 'trial')}{failed} from {counted(found.logs, 'log')} in {output}", err=True)
