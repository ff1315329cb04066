"""``peerward report``."""

from pathlib import Path
from typing import Literal

import click

from peerward.cli.places import PLACE
from peerward.design.counting import counted


@click.command("report")
@click.argument("logs", nargs=-1, required=True, type=PLACE)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("report"),
    show_default=True,
    help="The folder; an earlier report there is replaced, anything else is not.",
)
@click.option(
    "--pages",
    default=2000,
    show_default=True,
    type=click.IntRange(1),
    help="Write a page for every trial up to so many; beyond, for those that the stated rule chooses.",
)
@click.option(
    "--examples",
    default=3,
    show_default=True,
    type=click.IntRange(0),
    help="Quote so many preserved trials of a cell, and as many others drawn at random.",
)
@click.option(
    "--redact", multiple=True, metavar="TEXT", help="Replace this text everywhere. Can be given several times."
)
@click.option(
    "--redact-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The same for every line of a file.",
)
@click.option(
    "--compare",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another report to set beside this one (a new model against the old).",
)
@click.option("--measure-again", is_flag=True, help="Measure every trial again from its record in the log.")
@click.option(
    "--keep",
    type=click.Choice(["first", "last"]),
    default=None,
    help="Which of two finished runs of one trial counts; two are an error unless given.",
)
@click.option("--forks", is_flag=True, help="Take forks of trials too, which are no trials of a study.")
@click.option(
    "--audit",
    type=click.Path(exists=True, path_type=Path),
    help="The audit.json of 'peerward audit score': judged rates are shown corrected beside the raw ones.",
)
@click.option("--no-exploratory", is_flag=True, help="Leave out pairs of conditions that no contrast declares.")
def command(
    logs: tuple[Path, ...],
    output: Path,
    pages: int,
    examples: int,
    redact: tuple[str, ...],
    redact_file: Path | None,
    compare: Path | None,
    measure_again: bool,
    keep: Literal["first", "last"] | None,
    forks: bool,
    audit: Path | None,
    no_exploratory: bool,
) -> None:
    """Write a report on LOGS (files or folders): one folder that opens from disk, without a network."""
    from peerward.cli.reporting import make_report
    from peerward.cli.terminal_summary import print_summary
    from peerward.report import Options
    from peerward.runs.imported_trials import IMPORT, kept_as_imported
    from peerward.runs.logs import find_logs

    kept = kept_as_imported(find_logs(logs)) if measure_again else ""
    secrets = list(redact)
    if redact_file is not None:
        secrets += [line.strip() for line in redact_file.read_text(encoding="utf-8").splitlines() if line.strip()]
    made = make_report(
        logs,
        output,
        Options(pages=pages, examples=examples, redact=tuple(secrets)),
        other=compare,
        again=measure_again,
        keep=keep,
        forks=forks,
        exploratory=not no_exploratory,
        audit=audit,
    )
    print_summary(made.answers)
    imported = sum(cell.trials for cell in made.answers.cells if cell.study.startswith(IMPORT))
    if imported:
        click.echo(
            f"Note: {imported:,} of {counted(made.answers.trials, 'trial')} were imported, not run by peerward: they "
            "are measured in part, on companies rebuilt from their replies, and a dash is no 'no'"
        )
    if kept:
        click.echo(kept, err=True)
    click.echo(f"Report: {output / 'index.html'} ({made.pages} transcript pages). Open it in any browser.")
