"""Judging within ``peerward run``, when all of a run's trials are there."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from peerward.cli.judge_options import NO_JUDGE, judged, tell_tally

if TYPE_CHECKING:
    from peerward.design.critic import Critic
    from peerward.runs.study_run import RunReport


def check_judges(judges: "Sequence[Critic] | None", critics: "Sequence[Critic]", folder: Path) -> None:
    """Tell before anything is spent what would be in the way of judging a run.

    Args:
        judges: The models that judge; none for the rules, None where nothing is judged.
        critics: The run's critics.
        folder: The run's folder.

    Raises:
        click.UsageError: If the run's logs will not lie on this machine.
        RunError: If a judge's model cannot be opened.
    """
    if judges is None:
        return
    from peerward.runs.judging.judges_named import bench_of, same_family
    from peerward.runs.places import is_local

    if not is_local(folder):
        raise click.UsageError(
            f"{folder} lies elsewhere, and judging writes logs anew: leave out the judge, copy the finished run to "
            "this machine, and judge it there with peerward judge"
        )
    bench_of(judges)
    for critic in critics:
        for warning in same_family(judges, [critic.model], critic.family):
            click.echo(f"Warning: {warning}.", err=True)


def judge_run(report: "RunReport", judges: "Sequence[Critic] | None", live: int, quiet: bool = False) -> None:
    """Judge the trials of a run that has come to its end, one critic after another; say so where they are not judged.

    Args:
        report: How the run ended.
        judges: The models that judge; none for the rules, None where nothing is judged.
        live: The most trials at once.
        quiet: Say nothing where no judge is bound.
    """
    if judges is None:
        if not quiet:
            click.echo(NO_JUDGE, err=True)
        return
    if report.why:
        click.echo("Not judged, since the run is not finished; the same command goes on and judges then.", err=True)
        return
    from peerward.runs.judging.judges_named import bench_of

    bench = bench_of(judges)
    # All in one go: a provider's connections do not outlive the loop of events in which they were opened.
    tell_tally(judged(report.logs, bench, live), bench)
