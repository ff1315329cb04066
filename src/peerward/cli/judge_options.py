"""The options that name judges, shared by the commands that judge, and what is said before and after judging."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from peerward.design.counting import counted

if TYPE_CHECKING:
    from decimal import Decimal

    from peerward.design.critic import Critic
    from peerward.runs.copies import Keep
    from peerward.runs.judging.asked import Bench
    from peerward.runs.judging.conduct import Tally
    from peerward.runs.judging.paid import Paid
    from peerward.runs.planning.plan import Plan
    from peerward.runs.planning.prices import Price
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


def cost_lines(
    logs: "Sequence[Path]", bench: "Bench", prices: "Mapping[str, Price]", keep: "Keep | None" = None
) -> list[str]:
    """What judging takes, in a line a judge.

    Args:
        logs: The logs.
        bench: Who judges.
        prices: The prices that are known, by model string.
        keep: As in ``read_trials``.
    """
    from peerward.runs.judging.cost import cost, weigh

    weight = weigh(logs, bench, keep)
    lines = [f"Judging: {counted(weight.trials, 'trial')} under {counted(len(bench.rubrics), 'rubric')}"]
    if weight.passed_over:
        lines[0] += f" ({weight.passed_over:,} are judged already, or failed)"
    return [*lines, *(_taken(name, usage, cost(usage, prices.get(name))) for name, usage in weight.usage.items())]


def planned_lines(plan: "Plan") -> list[str]:
    """What judging the trials of a plan takes, in a line a judge; no line where nothing is judged."""
    from peerward.measures.judges import rubrics
    from peerward.runs.planning.told import money

    if plan.judges is None:
        return []
    if not plan.judges:
        return ["Judging: by the rules, without a model"]
    heading = f"Judging, about: {counted(plan.trials, 'trial')} under {counted(len(rubrics()), 'rubric')}"
    lines = [_taken(each.judge, each.usage, each.dollars) for each in plan.judges]
    return [heading, *lines, f"Critics and judges together: {money(plan.dollars_with_judging)}"]


def _taken(name: str, usage: "Usage", dollars: "Decimal | None") -> str:
    from peerward.runs.planning.told import count, money

    tokens = f"{count(usage.tokens_in)} tokens in, {count(usage.out)} out"
    return f"  {name}: {counted(round(usage.calls), 'call')}, {tokens}; {money(dollars)}"


def paid_line(name: str, paid: "Paid") -> str:
    """What calls of a judge used up, in a line."""
    import math
    from decimal import Decimal

    from peerward.runs.planning.told import count, money

    read = f"{count(paid.tokens_in)} tokens in ({count(paid.tokens_cached)} cached)"
    written = f"{count(paid.tokens_out)} out ({count(paid.tokens_reasoning)} reasoning)"
    dollars = money(None if math.isnan(paid.dollars) else Decimal(str(paid.dollars)))
    line = f"  {name}: {counted(paid.calls, 'call')}, {read}, {written}; {dollars}"
    return line + (f"; of {counted(paid.untold, 'call')} the provider told no tokens" if paid.untold else "")


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
    if tally.stopped:
        part = f" ({counted(tally.in_part, 'trial')} of these only in part)" if tally.in_part else ""
        click.echo(
            f"Judging stopped: {tally.stopped}{part}. What was answered is in the logs; with a higher budget the same "
            "command goes on, and so does peerward judge on these logs."
        )
    if tally.paid:
        click.echo("Spent on judging now:")
    for name, paid in tally.paid.items():
        click.echo(paid_line(name, paid))
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
