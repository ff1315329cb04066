"""``peerward trials``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from peerward.cli.places import PLACE
from peerward.design.counting import counted

if TYPE_CHECKING:
    from peerward.runs.copies import Keep
    from peerward.runs.table_write import Form


@click.command("trials")
@click.argument("logs", nargs=-1, required=True, type=PLACE)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the table goes; as CSV to the terminal unless given.",
)
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
    default=None,
    help="Which run of a trial counts where logs hold two finished ones; an error unless given.",
)
@click.option("--forks", is_flag=True, help="Take forks of trials too, which are no trials of a study.")
@click.option("--measure-again", is_flag=True, help="Measure every trial again from its record in the log.")
def command(
    logs: tuple[Path, ...],
    output: Path | None,
    form: "Form | None",
    keep: "Keep | None",
    forks: bool,
    measure_again: bool,
) -> None:
    """Write one row a trial out of LOGS (files or folders)."""
    from peerward.runs.imported_trials import kept_as_imported
    from peerward.runs.log_run import without_forks
    from peerward.runs.logs import find_logs
    from peerward.runs.table_write import write_csv, write_jsonl, write_table
    from peerward.runs.trials import read_trials

    if output is None and form == "parquet":
        raise click.UsageError("Parquet goes to a file: name it with -o trials.parquet")
    paths = find_logs(logs) if forks else without_forks(find_logs(logs))
    kept = kept_as_imported(paths) if measure_again else ""
    if kept:
        click.echo(kept, err=True)
    rows = read_trials(paths, again=measure_again, keep=keep)
    if output is not None:
        count = write_table(rows, output, form)
    else:
        count = (write_jsonl if form == "jsonl" else write_csv)(rows, sys.stdout)
    click.echo(
        f"{counted(count, 'trial')} from {counted(len(paths), 'log')}" + (f" in {output}" if output else ""), err=True
    )
