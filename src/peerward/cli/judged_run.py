"""Judging within ``peerward run``, when all of a run's trials are there."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from peerward.cli.judge_options import NO_JUDGE, judged, tell_tally

if TYPE_CHECKING:
    from peerward.design.critic import Critic
    from peerward.runs.planning.prices import Prices
    from peerward.runs.running.budget import Budget, Spend
    from peerward.runs.study_run import RunReport


def check_judges(
    judges: "Sequence[Critic] | None", critics: "Sequence[Critic]", folder: Path, budget: "Budget", prices: "Prices"
) -> None:
    """Tell before anything is spent what would be in the way of judging a run.

    Args:
        judges: The models that judge; none for the rules, None where nothing is judged.
        critics: The run's critics.
        folder: The run's folder.
        budget: What the run may spend.
        prices: The prices that are known.

    Raises:
        click.UsageError: If the run's logs will not lie on this machine.
        RunError: If a judge's model cannot be opened, or a budget in dollars meets one whose price is not known.
    """
    if judges is None:
        return
    from peerward.runs.judging.judges_named import bench_of, check_budget, same_family
    from peerward.runs.places import is_local

    if not is_local(folder):
        raise click.UsageError(
            f"{folder} lies elsewhere, and judging writes logs anew: leave out the judge, copy the finished run to "
            "this machine, and judge it there with peerward judge"
        )
    check_budget(budget, judges, prices)
    bench_of(judges)
    for critic in critics:
        for warning in same_family(judges, [critic.model], critic.family):
            click.echo(f"Warning: {warning}.", err=True)


def spent_on_judging(judges: "Sequence[Critic] | None", folder: Path, budget: "Budget") -> "Spend":
    """What judging a run's trials has cost of its budget so far; not looked up where there is no budget.

    Args:
        judges: The models that judge; None where nothing is judged.
        folder: The run's folder.
        budget: What the run may spend.
    """
    from peerward.runs.judging.paid import spend_on
    from peerward.runs.judging.spent import spent_on
    from peerward.runs.running.budget import Spend

    if judges is None or not budget.is_set:
        return Spend()
    return spend_on(spent_on(sorted(folder.rglob("*.eval"), key=str)))


def judge_run(
    report: "RunReport",
    judges: "Sequence[Critic] | None",
    live: int,
    budget: "Budget",
    prices: "Prices",
    quiet: bool = False,
) -> str:
    """Judge the trials of a run that has come to its end, one critic after another; say so where they are not judged.

    Returns:
        Why judging ended before its end, or an empty text.

    Args:
        report: How the run ended.
        judges: The models that judge; none for the rules, None where nothing is judged.
        live: The most trials at once.
        budget: What the whole run may spend, critics and judges, all sessions together.
        prices: The prices that are known.
        quiet: Say nothing where no judge is bound.
    """
    if judges is None:
        if not quiet:
            click.echo(NO_JUDGE, err=True)
        return ""
    if report.why:
        click.echo("Not judged, since the run is not finished; the same command goes on and judges then.", err=True)
        return ""
    from peerward.runs.judging.judges_named import bench_of, prices_of
    from peerward.runs.judging.till import Till
    from peerward.runs.running.budget import Spend
    from peerward.runs.running.conduct import spent_so_far

    before = Spend()
    if budget.is_set:
        before = spent_so_far(report.root) + spent_on_judging(judges, report.root, budget)
    bench = bench_of(judges, till=Till(budget, before, prices_of(judges, prices)))
    # All in one go: a provider's connections do not outlive the loop of events in which they were opened.
    tally = judged(report.logs, bench, live)
    tell_tally(tally, bench)
    return tally.stopped
