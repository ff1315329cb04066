"""``peerward run``: scenarios with levels, or a study; the same call goes on with a run that was stopped."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peerward.cli.asked_study import AskedStudy, asked_study, study_options
from peerward.cli.critics import OPTION_NAMES, critic_options
from peerward.cli.executors import executor_options
from peerward.cli.judge_options import judge_options, judges_from
from peerward.cli.judged_run import check_judges, judge_run, spent_on_judging
from peerward.cli.prices import price_options
from peerward.cli.sandboxes import at_once, require_sandbox, sandbox_option, tell_of_sandbox
from peerward.design.counting import counted

if TYPE_CHECKING:
    from peerward.design.critic import Critic
    from peerward.runs.planning.prices import Prices
    from peerward.runs.running.budget import Budget
    from peerward.runs.study_run import RunReport

NOT_FINISHED = 3
"""The exit code of a run that ended before its end and can be gone on with."""


@click.command("run")
@click.argument("words", nargs=-1, metavar="STUDY | SCENARIO...")
@critic_options
@price_options
@judge_options
@click.option(
    "--prereg", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Hold a study to this registration."
)
@click.option(
    "--control",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Logs of the same critic's control trials, for bars that are set from them (bar=control+K).",
)
@click.option("--log-dir", help="The run's folder or address (s3://...): a new folder in logs/, or one to go on with.")
@click.option("--budget", type=click.FloatRange(0, min_open=True), help="The most dollars, all sessions together.")
@click.option("--token-budget", type=click.IntRange(1), help="The most tokens, all sessions together.")
@click.option("--yes", "-y", is_flag=True, help="Begin without asking.")
@click.option("--live", default=20, show_default=True, type=click.IntRange(1), help="Trials of a critic at once.")
@click.option("--workers", default=0, type=click.IntRange(0), help="Shards at once; as fits this machine unless given.")
@executor_options
@sandbox_option
@click.option("--shard-size", default=1000, show_default=True, type=click.IntRange(1), help="About so many trials.")
@click.option("--attempts", default=2, show_default=True, type=click.IntRange(1), help="Tries of a failed trial.")
@click.option("--max-retries", type=click.IntRange(0), help="Tries of a failed call; without end unless given.")
@click.option("--attempt-timeout", type=click.IntRange(1), help="Seconds after which a call is tried again.")
@click.option(
    "--display",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", "live", "plain", "none"]),
    help="How the run is shown: a live table in a terminal, plain lines elsewhere.",
)
@study_options
def command(words: tuple[str, ...], display: str, yes: bool, **given: Any) -> None:
    """Run a STUDY (a preset or a file), or SCENARIO... (all of them if none is named), and print the rates.

    Levels separated by commas are crossed: --relationship good,bad --stakes shutdown,none makes four arms. A study
    brings its own cells, variants and seed; of the levels only --harness can be given beside it: its cells in these
    harnesses, or all of its cells put into them. A plan is shown first, and asked for.

    Ctrl-C once lets the trials that run come to their end; twice stops. The same command with the same --log-dir goes
    on where a run ended, however it ended. With --judge or --rules the trials are
    judged when all are there. Exit code 3: not finished, can be gone on with.
    """
    asked = asked_study(words, given, "run")
    tell_of_sandbox(given["sandbox"], asked.layout)
    require_sandbox(given["sandbox"], asked.layout)
    odd = [name for name in ("prereg", "control") if given[name] and asked.file is None]
    if odd:
        raise click.UsageError(f"--{odd[0]} belongs to a study")

    from peerward.cli.answers import summarise
    from peerward.cli.terminal_summary import print_summary
    from peerward.runs.running.budget import UNLIMITED, Budget

    judges = judges_from(given, asked.file.study.judges if asked.file and asked.file.study else ())
    critics, prices = _critics(asked, judges, given)
    budget = Budget(given["budget"] or UNLIMITED, given["token_budget"] or UNLIMITED)
    report = _run(asked, critics, judges, prices, budget, display, yes, given)
    if report is None:
        return
    unjudged = judge_run(report, judges, given["live"], budget, prices)
    if report.logs:
        print_summary(summarise(report.logs))
    _tell(report)
    if report.why or unjudged:
        raise click.exceptions.Exit(NOT_FINISHED)


def _critics(asked: AskedStudy, judges: "list[Critic] | None", given: dict[str, Any]) -> "tuple[list[Critic], Prices]":
    """The critics, and the prices that are known of them and of the judges."""
    from peerward.cli.critics import critics_from
    from peerward.cli.prices import prices_from

    of_study = asked.file.study.critics if asked.file and asked.file.study else ()
    critics = critics_from(**{name: given[name] for name in OPTION_NAMES}, of_study=of_study)
    return critics, prices_from(given, [*critics, *(judges or ())])


def _run(
    asked: AskedStudy,
    critics: "list[Critic]",
    judges: "list[Critic] | None",
    prices: "Prices",
    budget: "Budget",
    display: str,
    yes: bool,
    given: dict[str, Any],
) -> "RunReport | None":
    from peerward.cli.confirming import confirmed
    from peerward.cli.executors import executor_from
    from peerward.cli.live_view import watcher_for
    from peerward.runs.execute import RunSettings, new_log_dir
    from peerward.runs.places import place
    from peerward.runs.planning.prices import model_costs
    from peerward.runs.prereg import held_to
    from peerward.runs.running.conduct import Means
    from peerward.runs.running.folder import check_folder
    from peerward.runs.study_run import StudyRun, run_study

    folder = place(given["log_dir"]) if given["log_dir"] else new_log_dir()
    check_folder(folder)
    check_judges(judges, critics, folder, budget, prices)
    prereg = held_to(given["prereg"], asked.layout) if given["prereg"] else ""
    run = StudyRun(
        asked.file, asked.layout, tuple(critics), given["limit"] or 0, given["control"], prereg, given["sandbox"]
    )
    executor = executor_from(given, folder)
    live = at_once(given["sandbox"], given["live"])
    if executor is not None and live < given["live"]:
        raise click.UsageError(f"--sandbox {given['sandbox']} runs one trial at a time: leave out --executor")
    expected = confirmed(run, critics, prices, live, folder, yes, judges)
    if expected is None:
        click.echo("Nothing was begun.")
        return None
    settings = RunSettings(
        log_dir=folder,
        live=live,
        max_sandboxes=live if live < given["live"] else None,
        max_retries=given["max_retries"],
        attempt_timeout=given["attempt_timeout"],
        attempts=given["attempts"],
        prices=model_costs(prices, critics),
    )
    means = Means(
        budget=budget,
        besides=spent_on_judging(judges, folder, budget),
        expected=expected,
        workers=given["workers"] if live == given["live"] else 1,
        executor=executor,
        trials=given["shard_size"],
    )
    try:
        with watcher_for(display, folder) as watcher:
            return run_study(run, settings, means, watcher, _told)
    except KeyboardInterrupt:
        click.echo(
            f"Stopped at once: trials that ran are lost, those that were finished are in {folder}. Go on with the same "
            f"command and --log-dir {folder}",
            err=True,
        )
        raise


def _told(line: str) -> None:
    # Through ``print``, which a live view redirects: the line then stands above it.
    print(line, file=sys.stderr)


def _tell(report: "RunReport") -> None:
    """How the run ended, and what can be done next."""
    for problem in report.problems:
        click.echo(f"Problem: {problem}", err=True)
    if report.failed:
        click.echo(
            f"{counted(report.failed, 'trial')} failed for want of provider, sandbox or harness; the same command "
            "tries again, unless the conversation no longer fitted the model."
        )
    if report.why:
        left = report.planned - report.done
        click.echo(
            f"Not finished: {report.why}. {report.done:,} of {report.planned:,} trials are done, {left:,} are left. Go "
            f"on with the same command and --log-dir {report.root}"
            + (", and a higher budget." if "budget" in report.why else ".")
        )
    click.echo(f"Logs: {report.root}")
    if report.logs:
        click.echo(f"Next: peerward report {report.root} -o report")
