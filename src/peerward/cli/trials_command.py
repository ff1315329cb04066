"""``peerward trials``."""

import contextlib
import sys
from pathlib import Path

import click


@click.command("trials")
@click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the table goes; the terminal unless given.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl"]),
    default=None,
    help="By the output's ending unless given; CSV else.",
)
@click.option("--measure-again", is_flag=True, help="Measure every trial again from its record in the log.")
def command(logs: tuple[Path, ...], output: Path | None, form: str | None, measure_again: bool) -> None:
    """Write one row a trial out of LOGS (files or folders)."""
    from peerward.runs.logs import find_logs
    from peerward.runs.trials import read_trials, write_csv, write_jsonl

    paths = find_logs(logs)
    write = write_jsonl if form == "jsonl" or (form is None and output and output.suffix == ".jsonl") else write_csv
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(output.open("w", encoding="utf-8", newline="")) if output else sys.stdout
        count = write(read_trials(paths, again=measure_again), file)
    click.echo(f"{count} trials from {len(paths)} logs" + (f" in {output}" if output else ""), err=True)
