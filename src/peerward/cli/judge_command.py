"""``peerward judge``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peerward.cli.judge_options import NO_JUDGE, cost_lines, judge_options, judged, judges_from, tell_tally
from peerward.cli.places import PLACE
from peerward.cli.prices import price_options, prices_from
from peerward.design.counting import counted

if TYPE_CHECKING:
    from peerward.runs.copies import Keep


@click.command("judge")
@click.argument("logs", nargs=-1, required=True, type=PLACE)
@judge_options
@click.option("--rubric", "rubrics", multiple=True, metavar="NAME", help="Only this rubric; all of them unless given.")
@click.option("--again", is_flag=True, help="Judge also what these judges have judged under the same versions.")
@click.option("--live", default=10, show_default=True, type=click.IntRange(1), help="Trials that are judged at once.")
@click.option(
    "--keep",
    type=click.Choice(["first", "last"]),
    default=None,
    help="Which run of a trial counts where logs hold two finished ones; an error unless given.",
)
@click.option("--forks", is_flag=True, help="Judge forks of trials too, which are no trials of a study.")
@click.option("--yes", "-y", is_flag=True, help="Begin without asking.")
@price_options
def command(
    logs: tuple[Path, ...],
    rubrics: tuple[str, ...],
    again: bool,
    live: int,
    keep: "Keep | None",
    forks: bool,
    yes: bool,
    **given: Any,
) -> None:
    """Judge the trials of LOGS (files or folders): what only a reader can tell.

    What is said goes into the logs, as a score of its own beside the findings, which stay what they are. What these
    judges have judged already is passed over, so that the same command goes on where one was stopped.
    """
    judges = judges_from(given)
    if judges is None:
        click.echo(NO_JUDGE)
        return
    from peerward.runs.imported_trials import own_logs
    from peerward.runs.judging.appending import refuse_elsewhere
    from peerward.runs.judging.judges_named import bench_of, critics_in, same_family
    from peerward.runs.log_run import without_forks
    from peerward.runs.logs import find_logs

    paths = find_logs(logs) if forks else without_forks(find_logs(logs))
    paths, left_out = own_logs(paths, "judged")
    if left_out:
        click.echo(left_out, err=True)
    for path in paths:
        refuse_elsewhere(path)
    bench = bench_of(judges, rubrics, again)
    for warning in same_family(judges, critics_in(paths)):
        click.echo(f"Warning: {warning}.", err=True)
    if judges and not _wanted(cost_lines(paths, bench, prices_from(given, judges), keep), yes):
        click.echo("Nothing was judged.")
        return
    try:
        tally = judged(paths, bench, live, keep)
    except KeyboardInterrupt:
        click.echo("Stopped: what was judged is kept beside the logs; the same command goes on.", err=True)
        raise
    tell_tally(tally, bench)
    click.echo(f"Next: peerward trials or peerward report on the same {counted(len(paths), 'log')}.")


def _wanted(lines: list[str], yes: bool) -> bool:
    for line in lines:
        click.echo(line, err=True)
    if yes or len(lines) == 1:
        # Nothing is left to ask any model.
        return True
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is there to be asked whether to begin; say --yes")
    return click.confirm("Judge this?", default=False, err=True)
