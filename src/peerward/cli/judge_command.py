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

NOT_FINISHED = 3
"""The exit code of judging that ended before its end and can be gone on with, as of a run."""


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
@click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    help="The most dollars for judging these logs, all sessions together.",
)
@click.option("--token-budget", type=click.IntRange(1), help="The most tokens for that, all sessions together.")
@price_options
def command(
    logs: tuple[Path, ...],
    rubrics: tuple[str, ...],
    again: bool,
    live: int,
    keep: "Keep | None",
    forks: bool,
    yes: bool,
    budget: float | None,
    token_budget: int | None,
    **given: Any,
) -> None:
    """Judge the trials of LOGS (files or folders): what only a reader can tell.

    What is said goes into the logs, as a score of its own beside the findings, which stay what they are. What these
    judges have judged already is passed over, so that the same command goes on where one was stopped. Exit code 3:
    the budget is reached, and a higher one goes on.
    """
    judges = judges_from(given)
    if judges is None:
        click.echo(NO_JUDGE)
        return
    from peerward.runs.imported_trials import own_logs
    from peerward.runs.judging.appending import refuse_elsewhere
    from peerward.runs.judging.judges_named import bench_of, check_budget, critics_in, prices_of, same_family
    from peerward.runs.judging.paid import spend_on
    from peerward.runs.judging.spent import spent_on
    from peerward.runs.judging.till import Till
    from peerward.runs.log_run import without_forks
    from peerward.runs.logs import find_logs
    from peerward.runs.running.budget import UNLIMITED, Budget

    paths = find_logs(logs) if forks else without_forks(find_logs(logs))
    paths, left_out = own_logs(paths, "judged")
    if left_out:
        click.echo(left_out, err=True)
    for path in paths:
        refuse_elsewhere(path)
    prices, most = prices_from(given, judges), Budget(budget or UNLIMITED, token_budget or UNLIMITED)
    check_budget(most, judges, prices)
    known = prices_of(judges, prices)
    before = spend_on(spent_on(paths)) if most.is_set else None
    bench = bench_of(judges, rubrics, again, Till(most, before, known))
    for warning in same_family(judges, critics_in(paths)):
        click.echo(f"Warning: {warning}.", err=True)
    if judges and not _wanted(cost_lines(paths, bench, known, keep), yes):
        click.echo("Nothing was judged.")
        return
    try:
        tally = judged(paths, bench, live, keep)
    except KeyboardInterrupt:
        click.echo("Stopped: what was judged is kept beside the logs; the same command goes on.", err=True)
        raise
    tell_tally(tally, bench)
    if tally.stopped:
        raise click.exceptions.Exit(NOT_FINISHED)
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
