"""``peerward compare``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from peerward.cli.places import PLACE

if TYPE_CHECKING:
    from peerward.analysis import Answers
    from peerward.interop.beside import Beside

_TABLES = (".parquet", ".pq", ".csv", ".jsonl")


@click.command("compare")
@click.argument("sources", metavar="LOGS|TABLE...", nargs=-1, required=True, type=PLACE)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write compare.csv, compare.json and compare.txt into this folder.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="What is printed.",
)
def command(sources: tuple[Path, ...], output: Path | None, form: str) -> None:
    """Set estimates beside the paper's published numbers: LOGS (files or folders), or one TABLE of `peerward trials`.

    Only trials of the paper's world are compared; others are counted and left out.
    """
    from peerward.cli.compared import written
    from peerward.interop.beside import beside_published

    found = beside_published(_answers(sources))
    if output is None:
        click.echo(written(found, form), nl=False)
        return
    output.mkdir(parents=True, exist_ok=True)
    for ending, each in (("csv", "csv"), ("json", "json"), ("txt", "table")):
        (output / f"compare.{ending}").write_text(written(found, each), encoding="utf-8")
    click.echo(_told(found, output))


def _answers(sources: tuple[Path, ...]) -> "Answers":
    from peerward.report import answers_of
    from peerward.runs.log_run import without_forks
    from peerward.runs.logs import find_logs
    from peerward.runs.table import load_table, table_of
    from peerward.runs.trials import read_trials

    tables = [source for source in sources if source.suffix.lower() in _TABLES]
    if tables and len(sources) > 1:
        raise click.UsageError(
            "give logs, or one table; several tables: peerward trials on all their logs makes one of them"
        )
    table = load_table(tables[0]) if tables else table_of(read_trials(without_forks(find_logs(sources))))
    return answers_of(table, None, exploratory=False)


def _told(found: "Beside", output: Path) -> str:
    return "\n".join((*found.notes, f"{len(found.lines)} lines in {output / 'compare.csv'} (and .json, .txt)."))
