"""The options that name judges, shared by the commands that judge, and what is said before and after judging."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from peerward.design.counting import counted

if TYPE_CHECKING:
    from peerward.design.critic import Critic
    from peerward.runs.copies import Keep
    from peerward.runs.judging.asked import Bench
    from peerward.runs.judging.conduct import Tally
    from peerward.runs.planning.plan import Plan
    from peerward.runs.planning.prices import Prices
    from peerward.runs.planning.reckoning import Usage

Command = TypeVar("Command", bound=Callable[..., Any])

NO_JUDGE = (
    "No judge is bound, so nothing is judged: name a model with --judge MODEL (or --model-role judge=MODEL), or take "
    "the rules with --rules."
)
_PAUSE = 10.0
"""Seconds between two lines on how far it is."""


def judge_options(command: Command) -> Command:
    """Give a command the options that name judges; ``judges_from`` reads them."""
    for option in reversed(
        (
            click.option(
                "--judge",
                "judges",
                multiple=True,
                metavar="MODEL",
                help="A model that judges, by preset or Inspect's name; of several the majority counts.",
            ),
            click.option("--model-role", "roles", multiple=True, metavar="judge=MODEL", help="The same as --judge."),
            click.option("--rules", is_flag=True, help="Judge by rules, without a model: the baseline."),
        )
    ):
        command = option(command)
    return command


def judges_from(given: dict[str, Any], of_study: Sequence[str] = ()) -> "list[Critic] | None":
    """The judges that the options name; an empty list for the rules, None where no judge is bound.

    Args:
        given: The options by name.
        of_study: The judges that the study names, which stand where the options name none.

    Raises:
        click.UsageError: If rules and models are both named, or a role is not ``judge=MODEL``.
        CriticError: If a model cannot be asked as it was named.
    """
    from peerward.cli.critics import critic_named

    names = list(given["judges"])
    for text in given["roles"]:
        role, equals, model = text.partition("=")
        if role != "judge" or not equals or not model:
            raise click.UsageError(f"--model-role {text}: the only role here is judge; write judge=MODEL")
        names.append(model)
    if names and given["rules"]:
        raise click.UsageError("--rules judges without a model: leave out --judge, or leave out --rules")
    if not names and not given["rules"]:
        names = list(of_study)
        if not names:
            return None
    return [critic_named(name) for name in names]


def judged(
    logs: "Sequence[Path]", bench: "Bench", live: int, keep: "Keep | None" = None, quiet: bool = False
) -> "Tally":
    """Judge logs and tell on the way how far it is.

    Args:
        logs: The logs.
        bench: Who judges.
        live: The most trials at once.
        keep: As in ``read_trials``.
        quiet: Say nothing on the way.
    """
    from peerward.runs.judging.conduct import judge_logs

    last = time.monotonic()

    def seen(tally: "Tally") -> None:
        nonlocal last
        if not quiet and time.monotonic() - last >= _PAUSE:
            last = time.monotonic()
            print(f"Judging: {counted(tally.trials, 'trial')} looked at, {tally.judged:,} judged.", file=sys.stderr)

    return judge_logs(logs, bench, live, keep, seen)


def cost_lines(logs: "Sequence[Path]", bench: "Bench", prices: "Prices", keep: "Keep | None" = None) -> list[str]:
    """What judging takes, in a line a judge.

    Args:
        logs: The logs.
        bench: Who judges.
        prices: The prices that are known.
        keep: As in ``read_trials``.
    """
    from peerward.runs.judging.cost import weigh

    weight = weigh(logs, bench, keep)
    lines = [f"Judging: {counted(weight.trials, 'trial')} under {counted(len(bench.rubrics), 'rubric')}"]
    if weight.passed_over:
        lines[0] += f" ({weight.passed_over:,} are judged already, or failed)"
    return [*lines, *_by_judge(weight.usage, prices)]


def planned_lines(plan: "Plan", judges: "Sequence[Critic]", prices: "Prices") -> list[str]:
    """What judging the trials of a plan takes, in a line a judge.

    Args:
        plan: The plan.
        judges: The judges' models; none for the rules.
        prices: The prices that are known.
    """
    from peerward.measures.judges import rubrics
    from peerward.runs.judging.cost import planned

    if not judges:
        return ["Judging: by the rules, without a model"]
    heading = f"Judging, about: {counted(plan.trials, 'trial')} under {counted(len(rubrics()), 'rubric')}"
    return [heading, *_by_judge(planned(plan, [each.model for each in judges], rubrics()), prices)]


def _by_judge(usages: "Mapping[str, Usage]", prices: "Prices") -> list[str]:
    from peerward.runs.judging.cost import cost
    from peerward.runs.planning.prices import price_of
    from peerward.runs.planning.told import count, money

    lines = []
    for name, usage in usages.items():
        told = money(cost(usage, price_of(prices, name)))
        tokens = f"{count(usage.tokens_in)} tokens in, {count(usage.out)} out"
        lines.append(f"  {name}: {counted(round(usage.calls), 'call')}, {tokens}; {told}")
    return lines


def tell_tally(tally: "Tally", bench: "Bench") -> None:
    """Print how judging ended.

    Args:
        tally: How it ended.
        bench: Who judged.
    """
    for problem in tally.problems:
        click.echo(f"Problem: {problem}", err=True)
    who = ", ".join(each.name for each in bench.judges)
    click.echo(f"Judged by {who}: {counted(tally.judged, 'trial')} in {counted(tally.logs, 'log')}.")
    if tally.passed_over:
        click.echo(f"Passed over, judged already by the same under the same versions: {tally.passed_over:,}.")
    if tally.nothing:
        click.echo(f"Nothing to judge, the trial failed: {tally.nothing:,}.")
    for name, missing in sorted(tally.unscored.items()):
        click.echo(f"Unscored under {name}: {missing:,}; the reasons stand in the logs, the same command asks again.")
    if tally.split:
        click.echo(f"The judges disagree under some rubric: {counted(tally.split, 'trial')}.")
    if tally.against_state:
        click.echo(f"The state speaks against a judge, and counts: {counted(tally.against_state, 'trial')}.")
