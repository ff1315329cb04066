"""Before a run begins: its plan in a few lines, and the question whether to begin."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from peerward.cli.judge_options import cost_lines, planned_lines

if TYPE_CHECKING:
    from peerward.design.critic import Critic
    from peerward.runs.layout import Layout
    from peerward.runs.planning.plan import Plan
    from peerward.runs.planning.prices import Prices
    from peerward.runs.running.budget import Spend
    from peerward.runs.study_run import StudyRun


def confirmed(
    run: "StudyRun",
    critics: "Sequence[Critic]",
    prices: "Prices",
    live: int,
    folder: Path,
    yes: bool,
    judges: "Sequence[Critic] | None" = None,
) -> "Spend | None":
    """Show the plan of a run and ask; returns what a trial is expected to cost at most, or None if it is not wanted.

    Scripted critics cost nothing and are not asked for, unless a model is to judge their trials.

    Args:
        run: What is to be run.
        critics: Its critics.
        prices: The prices that are known.
        live: Trials of a critic at once.
        folder: The run's folder.
        yes: Whether it is wanted without being asked for.
        judges: The models that judge its trials; none for the rules, None where nothing is judged.

    Raises:
        click.UsageError: If nobody is there to be asked.
    """
    from peerward.design.families import is_scripted
    from peerward.measures.judges import rubrics
    from peerward.runs.execute import check_critics
    from peerward.runs.given import family_given
    from peerward.runs.judging.cost import with_judging
    from peerward.runs.planning.pace import Pace
    from peerward.runs.planning.plan import Asked, plan_study
    from peerward.runs.planning.told import plan_lines
    from peerward.runs.running.budget import Spend

    if all(is_scripted(critic.model) for critic in critics) and not judges:
        return Spend()
    for critic in critics:
        # What a run would refuse is told before anybody is asked about it.
        family_given(critic.model, critic.family)
    check_critics(critics)
    done, others = already_done(run.layout, critics, folder)
    plan = plan_study(run.layout, critics, Asked(limit=run.limit, done=done, prices=prices, pace=Pace(live=live)))
    for line in plan_lines(plan):
        click.echo(line, err=True)
    if judges is not None:
        plan = with_judging(plan, judges, rubrics(), prices)
    for line in (*others, *planned_lines(plan), *judging_there(judges, prices, folder)):
        click.echo(line, err=True)
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("nobody is there to be asked whether to begin; say --yes")
        if not click.confirm("Run this?", default=False, err=True):
            return None
    return _costliest(plan)


def judging_there(judges: "Sequence[Critic] | None", prices: "Prices", folder: Path) -> list[str]:
    """What judging the trials takes that a run has already, in a line a judge; no line where nothing is left.

    Args:
        judges: The models that judge; none for the rules, None where nothing is judged.
        prices: The prices that are known.
        folder: The run's folder, which need not exist.
    """
    from peerward.runs.judging.judges_named import bench_of, prices_of

    logs = sorted(folder.rglob("*.eval"), key=str) if judges else []
    lines = cost_lines(logs, bench_of(judges), prices_of(judges, prices)) if judges and logs else []
    # A first line alone says that nothing is left to judge of them.
    return [f"Of trials that are there: {lines[0]}", *lines[1:]] if len(lines) > 1 else []


def already_done(layout: "Layout", critics: "Sequence[Critic]", folder: Path) -> tuple[dict[str, int], list[str]]:
    """What is finished of each critic as it is asked now, and a line on each that the folder knows otherwise.

    The same name with other settings is another critic: nothing of it is done, and all of it is paid for again.

    Args:
        layout: The study.
        critics: Its critics.
        folder: A run's folder, which need not exist.
    """
    from peerward.runs.execute import at_the_papers_temperature
    from peerward.runs.running.progress import all_progress

    conditions = [cell.condition for cell in layout.cells]
    named = {at_the_papers_temperature(each, conditions).slug: each.name for each in critics}
    done: dict[str, int] = {}
    others: dict[str, int] = {}
    for each in all_progress(folder):
        if each.slug in named:
            done[named[each.slug]] = done.get(named[each.slug], 0) + each.sum("done")
        elif each.critic in named.values() and each.sum("done"):
            others[each.critic] = others.get(each.critic, 0) + each.sum("done")
    return done, [
        f"Note: {folder} holds finished trials of {name} with other settings or another address ({number:,}): that is "
        "another critic, and none of them counts here."
        for name, number in others.items()
    ]


def _costliest(plan: "Plan") -> "Spend":
    """What the costliest kind of trial is expected to cost, so that the budget holds before any has ended."""
    from peerward.runs.planning.prices import dollars
    from peerward.runs.running.budget import Spend

    found = Spend()
    for critic in plan.critics:
        for row in critic.rows:
            tokens_in, out = float(row.usage.tokens_in), float(row.usage.out)
            # Where the price of cached tokens is not known, they are charged as input, as the run itself charges them.
            cost = dollars(critic.price, row.usage)
            cost = dollars(critic.price, row.usage, caching=False) if cost is None else cost
            found = Spend(
                max(found.dollars, float(cost or 0)), max(found.tokens_in, tokens_in), max(found.tokens_out, out)
            )
    return found
